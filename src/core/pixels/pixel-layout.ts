import { type AttributeReader, firstDecimal, firstShort, firstString } from '../attributes/attribute-reader.ts';
import { type Keyword, tagOf } from '../attributes/tags.ts';
import type { GreyImage, GreySamples } from './grey-image.ts';

/** How the pixels of one single-frame instance are laid out in Pixel Data (PS3.3 C.7.6.3). */
export interface PixelLayout {
  readonly keyword: 'PixelData' | 'FloatPixelData' | 'DoubleFloatPixelData';
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly bytesPerSample: number;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** Planar Configuration 1: colour by plane. */
  readonly byPlane: boolean;
  /** Without the padding byte. */
  readonly byteLength: number;
}

export interface LayoutFault {
  readonly attribute: Keyword;
  readonly fault: string;
}

/** The layout of uncompressed pixels, or the reason why they cannot be read. */
export function readPixelLayout(header: AttributeReader): PixelLayout | LayoutFault {
  const keyword = (['PixelData', 'FloatPixelData', 'DoubleFloatPixelData'] as const).find((k) => header.has(tagOf(k)));
  if (keyword === undefined) return { attribute: 'PixelData', fault: 'is missing' };
  if ((firstDecimal(header, tagOf('NumberOfFrames')) ?? 1) !== 1) {
    return { attribute: 'NumberOfFrames', fault: 'is not 1' };
  }
  const layout = readFrameLayout(header, keyword);
  if (isLayoutFault(layout)) return layout;
  const { byteLength } = layout;
  const present = header.bytes(tagOf(keyword))?.byteLength ?? 0;
  // Some writers leave out the byte that makes the length even.
  if (present !== byteLength && present !== byteLength + (byteLength % 2)) {
    return { attribute: keyword, fault: `has ${present} bytes where Rows and Columns ask for ${byteLength}` };
  }
  return layout;
}

/** The layout of one frame by what the header says of it, wherever its bytes are. */
export function readFrameLayout(header: AttributeReader, keyword: PixelLayout['keyword']): PixelLayout | LayoutFault {
  const rows = firstShort(header, tagOf('Rows')) ?? 0;
  const columns = firstShort(header, tagOf('Columns')) ?? 0;
  if (rows === 0) return { attribute: 'Rows', fault: 'is missing or zero' };
  if (columns === 0) return { attribute: 'Columns', fault: 'is missing or zero' };
  const bitsAllocated = firstShort(header, tagOf('BitsAllocated')) ?? 0;
  if (![8, 16, 32, 64].includes(bitsAllocated)) return { attribute: 'BitsAllocated', fault: 'is not 8, 16, 32 or 64' };
  const samplesPerPixel = firstShort(header, tagOf('SamplesPerPixel')) ?? 1;
  const bytesPerSample = bitsAllocated / 8;
  return {
    keyword,
    rows,
    columns,
    samplesPerPixel,
    bytesPerSample,
    bitsStored: firstShort(header, tagOf('BitsStored')) ?? bitsAllocated,
    signed: firstShort(header, tagOf('PixelRepresentation')) === 1,
    byPlane: samplesPerPixel > 1 && firstShort(header, tagOf('PlanarConfiguration')) === 1,
    byteLength: rows * columns * samplesPerPixel * bytesPerSample,
  };
}

export function isLayoutFault(layout: PixelLayout | LayoutFault): layout is LayoutFault {
  return 'fault' in layout;
}

/**
 * The stored samples as numbers, MONOCHROME1 inverted, for the recogniser. Little-endian bytes.
 * @returns undefined where there is not exactly one sample per pixel
 */
export function greyImageOf(
  header: AttributeReader,
  layout: PixelLayout,
  spacing: { readonly rowSpacingMm: number; readonly columnSpacingMm: number },
): GreyImage | undefined {
  if (layout.samplesPerPixel !== 1) return undefined;
  const bytes = header.bytes(tagOf(layout.keyword)) as Uint8Array;
  const samples = readSamples(bytes, layout);
  const inverted = firstString(header, tagOf('PhotometricInterpretation')) === 'MONOCHROME1';
  const { rows, columns } = layout;
  return { rows, columns, ...spacing, samples: inverted ? negated(samples) : samples };
}

/** Floats, since the least stored value has no opposite of 16 bits. */
function negated(samples: GreySamples): Float32Array {
  const opposite = new Float32Array(samples.length);
  for (let i = 0; i < opposite.length; i++) opposite[i] = -(samples[i] as number);
  return opposite;
}

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * The samples of a frame of one sample per pixel, little-endian. Bits above Bits Stored may carry overlays (retired) or
 * nothing: they are cut off, the sign is extended.
 */
export function readSamples(bytes: Uint8Array, layout: PixelLayout): GreySamples {
  if (layout.bytesPerSample === 2 && IS_LITTLE_ENDIAN) return storedShorts(bytes, layout);
  const count = layout.rows * layout.columns;
  const samples = new Float32Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (layout.keyword === 'FloatPixelData') {
    for (let i = 0; i < count; i++) samples[i] = view.getFloat32(i * 4, true);
    return samples;
  }
  if (layout.keyword === 'DoubleFloatPixelData') {
    for (let i = 0; i < count; i++) samples[i] = view.getFloat64(i * 8, true);
    return samples;
  }
  const shift = Math.max(0, 32 - Math.min(layout.bitsStored, 32));
  const read =
    layout.bytesPerSample === 1
      ? (i: number) => bytes[i] as number
      : layout.bytesPerSample === 2
        ? (i: number) => view.getUint16(i * 2, true)
        : (i: number) => view.getUint32(i * layout.bytesPerSample, true);
  for (let i = 0; i < count; i++) {
    const raised = read(i) << shift;
    samples[i] = layout.signed ? raised >> shift : raised >>> shift;
  }
  return samples;
}

/** As nearly all MR images are stored: a view of the bytes where they hold nothing else, far faster than a copy. */
function storedShorts(bytes: Uint8Array, { rows, columns, bitsStored, signed }: PixelLayout): Int16Array | Uint16Array {
  const count = rows * columns;
  // Not `slice`: that of a Node Buffer is a view of the same, unaligned memory.
  const { buffer, byteOffset } = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  const shift = 32 - Math.min(bitsStored, 32);
  const unsigned = new Uint16Array(buffer, byteOffset, count);
  if (!signed) {
    if (bitsStored >= 16 || bitsOf(unsigned) < 2 ** bitsStored) return unsigned;
    return unsigned.map((sample) => (sample << shift) >>> shift);
  }
  const stored = new Int16Array(buffer, byteOffset, count);
  return bitsStored >= 16 ? stored : stored.map((sample) => (sample << shift) >> shift);
}

/** All bits that any of the samples has. */
function bitsOf(samples: Uint16Array): number {
  let bits = 0;
  for (let i = 0; i < samples.length; i++) bits |= samples[i] as number;
  return bits;
}
