import { type AttributeReader, firstDecimal, firstShort, firstString } from '../core/attributes/attribute-reader.ts';
import { tagOf } from '../core/attributes/tags.ts';
import type { ByteReader, PixelDataPlace } from './stored-header.ts';

/** Bytes of the data set that belong together: from `start`, `length` of them. */
export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/** What cannot be done with the pixels, in words about the instance. */
export interface FramesFault {
  readonly fault: string;
}

/** Each frame as the ranges that hold its bytes. */
export type FramePlaces = readonly (readonly ByteRange[])[];

const ITEM = 0xfffee000;
const SEQUENCE_DELIMITER = 0xfffee0dd;
const ITEM_HEADER_LENGTH = 8;
/** More fragments are an attack on the memory, not a picture. */
const MOST_FRAGMENTS = 100_000;

export function isFramesFault(places: FramePlaces | FramesFault): places is FramesFault {
  return 'fault' in places;
}

/** Where each frame of an instance lies, encapsulated or not (PS3.5 A.4, PS3.3 C.7.6.3). */
export async function framePlaces(
  header: AttributeReader,
  pixelData: PixelDataPlace,
  reader: ByteReader,
): Promise<FramePlaces | FramesFault> {
  const frames = firstDecimal(header, tagOf('NumberOfFrames')) ?? 1;
  if (!Number.isInteger(frames) || frames < 1 || frames > MOST_FRAGMENTS) {
    return { fault: 'its Number of Frames cannot be' };
  }
  return pixelData.length === undefined
    ? encapsulatedFrames(frames, pixelData, reader)
    : nativeFrames(header, { frames, start: pixelData.start, length: pixelData.length });
}

function nativeFrames(
  header: AttributeReader,
  { frames, start, length }: { readonly frames: number; readonly start: number; readonly length: number },
): FramePlaces | FramesFault {
  const number = (keyword: 'Rows' | 'Columns' | 'BitsAllocated'): number => firstShort(header, tagOf(keyword)) ?? 0;
  const samples = firstShort(header, tagOf('SamplesPerPixel')) ?? 1;
  const photometric = firstString(header, tagOf('PhotometricInterpretation'));
  // Two neighbours share their colour (PS3.3 C.7.6.3.1.2).
  const perPixel = photometric === 'YBR_FULL_422' ? 2 : samples;
  const bits = number('Rows') * number('Columns') * perPixel * number('BitsAllocated');
  if (bits === 0 || bits % 8 !== 0) return { fault: 'its frames are not whole bytes' };
  const bytes = bits / 8;
  if (frames * bytes > length) return { fault: 'its Pixel Data are shorter than its Rows and Columns ask for' };
  return Array.from({ length: frames }, (_, i) => [{ start: start + i * bytes, length: bytes }]);
}

async function encapsulatedFrames(
  frames: number,
  { start }: PixelDataPlace,
  reader: ByteReader,
): Promise<FramePlaces | FramesFault> {
  const items = await itemsFrom(start, reader);
  const [offsetTable, ...fragments] = items ?? [];
  if (offsetTable === undefined || fragments.length === 0) return { fault: 'its fragments cannot be read' };
  if (frames === 1) return [fragments];
  if (fragments.length === frames) return fragments.map((fragment) => [fragment]);
  const offsets = offsetsIn(await reader.read(offsetTable.start, offsetTable.length));
  const starts = offsets.map((offset) => offsetTable.start + offsetTable.length + offset);
  return offsets.length === frames
    ? fragmentsByStart(fragments, starts)
    : { fault: 'it does not tell which fragments belong to which frame' };
}

/** The fragments from the first item of a frame up to the first item of the next. */
function fragmentsByStart(fragments: readonly ByteRange[], starts: readonly number[]): FramePlaces | FramesFault {
  const places: ByteRange[][] = [];
  for (const fragment of fragments) {
    if (fragment.start - ITEM_HEADER_LENGTH === starts[places.length]) places.push([]);
    places.at(-1)?.push(fragment);
  }
  return places.length === starts.length ? places : { fault: 'its Basic Offset Table points beside its fragments' };
}

/** The values of the items of encapsulated pixels, Basic Offset Table first; undefined where they have no end. */
async function itemsFrom(start: number, reader: ByteReader): Promise<readonly ByteRange[] | undefined> {
  const items: ByteRange[] = [];
  for (let at = start; items.length <= MOST_FRAGMENTS; ) {
    const header = await reader.read(at, ITEM_HEADER_LENGTH);
    if (header.length < ITEM_HEADER_LENGTH) return undefined;
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    const tag = view.getUint16(0, true) * 0x10000 + view.getUint16(2, true);
    const length = view.getUint32(4, true);
    if (tag === SEQUENCE_DELIMITER) return items;
    const valueStart = at + ITEM_HEADER_LENGTH;
    if (tag !== ITEM || valueStart + length > reader.length) return undefined;
    items.push({ start: valueStart, length });
    at = valueStart + length;
  }
  return undefined;
}

function offsetsIn(table: Uint8Array): readonly number[] {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  return Array.from({ length: table.byteLength >> 2 }, (_, i) => view.getUint32(i * 4, true));
}
