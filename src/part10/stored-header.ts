import { isPixelDataTag } from '../core/attributes/tags.ts';
import { NodeError } from '../core/errors.ts';
import { implicitVr } from './data-dictionary.ts';
import { DataSet } from './data-set.ts';
import type { Encoding } from './transfer-syntax.ts';

/** The bytes of a data set that lies somewhere, to be read piece by piece. */
export interface ByteReader {
  readonly length: number;
  /** As many bytes as asked for; fewer only at the end. */
  read(start: number, length: number): Promise<Uint8Array>;
}

/** Where the pixels of a data set lie in its bytes. */
export interface PixelDataPlace {
  readonly tag: number;
  readonly vr: string;
  /** First byte of the value; of encapsulated pixels, of the first item (PS3.5 A.4). */
  readonly start: number;
  /** Undefined for encapsulated pixels: their items tell where they end. */
  readonly length: number | undefined;
}

export interface StoredHeader {
  /** Every element before the pixels; where the data set is small, also those behind them, and the pixels themselves. */
  readonly dataSet: DataSet;
  readonly pixelData: PixelDataPlace | undefined;
}

const FIRST_HEAD_BYTES = 128 * 1024;
/** A longer header is none that a viewer can want. */
const GREATEST_HEAD_BYTES = 64 * 1024 * 1024;
const UNDEFINED_LENGTH = 0xffffffff;

/**
 * Reads the header of a data set that is not deflated, without its pixels where these are large.
 * @throws NodeError not-an-instance, truncated, contradicts-context
 */
export async function readStoredHeader(reader: ByteReader, encoding: Encoding): Promise<StoredHeader> {
  for (let size = FIRST_HEAD_BYTES; ; size *= 4) {
    const bytes = await reader.read(0, Math.min(size, reader.length));
    const dataSet = DataSet.read(bytes, encoding, reader.length);
    if (bytes.length === reader.length) return { dataSet, pixelData: placeAmong(dataSet) };
    const next = dataSet.elements.at(-1)?.end ?? 0;
    const pixelData = placeAmong(dataSet) ?? placeOfNext(bytes, next, encoding);
    if (pixelData !== undefined) return { dataSet, pixelData };
    if (size >= GREATEST_HEAD_BYTES) throw new NodeError('not-an-instance', 'the header of the data set has no end');
  }
}

function placeAmong(dataSet: DataSet): PixelDataPlace | undefined {
  const element = dataSet.elements.find(({ tag }) => isPixelDataTag(tag));
  if (element === undefined) return undefined;
  const { tag, vr = implicitVr(tag, false), valueStart, valueEnd, undefinedLength } = element;
  return { tag, vr, start: valueStart, length: undefinedLength ? undefined : valueEnd - valueStart };
}

/** The element that the head cuts off, where it holds the pixels. */
function placeOfNext(head: Uint8Array, at: number, { explicitVr, littleEndian }: Encoding): PixelDataPlace | undefined {
  if (at + 12 > head.length) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const tag = view.getUint16(at, littleEndian) * 0x10000 + view.getUint16(at + 2, littleEndian);
  if (!isPixelDataTag(tag)) return undefined;
  const vr = explicitVr ? String.fromCharCode(head[at + 4]!, head[at + 5]!) : implicitVr(tag, false);
  // The VRs that pixels may have all have a length of four bytes (PS3.5 7.1.2).
  const length = view.getUint32(at + (explicitVr ? 8 : 4), littleEndian);
  return { tag, vr, start: at + (explicitVr ? 12 : 8), length: length === UNDEFINED_LENGTH ? undefined : length };
}
