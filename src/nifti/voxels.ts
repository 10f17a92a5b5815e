import type { GreyImage, GreySamples } from '../core/pixels/grey-image.ts';
import type { NiftiHeader } from './nifti-header.ts';
import { slicePlane } from './voxel-grid.ts';

type Reader = (view: DataView, at: number, littleEndian: boolean) => number;

/** Data types of one number per voxel (nifti1.h). */
const READERS: Readonly<Record<number, Reader>> = {
  2: (view, at) => view.getUint8(at),
  4: (view, at, little) => view.getInt16(at, little),
  8: (view, at, little) => view.getInt32(at, little),
  16: (view, at, little) => view.getFloat32(at, little),
  64: (view, at, little) => view.getFloat64(at, little),
  256: (view, at) => view.getInt8(at),
  512: (view, at, little) => view.getUint16(at, little),
  768: (view, at, little) => view.getUint32(at, little),
  1024: (view, at, little) => Number(view.getBigInt64(at, little)),
  1280: (view, at, little) => Number(view.getBigUint64(at, little)),
};
/** Those that 16 bits hold stay integers: they are recognised faster. */
const STORED_AS: Readonly<Record<number, new (length: number) => GreySamples>> = {
  2: Uint16Array,
  4: Int16Array,
  256: Int16Array,
  512: Uint16Array,
};
const BITS: Readonly<Record<number, number>> = {
  2: 8,
  4: 16,
  8: 32,
  16: 32,
  64: 64,
  256: 8,
  512: 16,
  768: 32,
  1024: 64,
  1280: 64,
};

/** Why the voxels cannot be read, or undefined where they can. */
export function voxelFault(
  header: NiftiHeader,
  fileBytes: number,
): { readonly attribute: string; readonly fault: string } | undefined {
  if (READERS[header.datatype] === undefined) return { attribute: 'datatype', fault: 'is not one number per voxel' };
  if (BITS[header.datatype] !== header.bitsPerVoxel) return { attribute: 'bitpix', fault: 'does not fit datatype' };
  const asked = header.voxelOffset + voxelBytes(header);
  if (asked > fileBytes) return { attribute: 'dim', fault: `asks for ${asked} bytes where the file has ${fileBytes}` };
  return undefined;
}

/** Length of all voxels together. */
export function voxelBytes({ size, phases, bitsPerVoxel }: NiftiHeader): number {
  return size[0] * size[1] * size[2] * phases * (bitsPerVoxel / 8);
}

/** Bytes of one picture: one slice of one phase. */
export function pictureBytes({ size, bitsPerVoxel }: NiftiHeader): number {
  return size[0] * size[1] * (bitsPerVoxel / 8);
}

/** One slice of one phase for the recogniser: stored values, inverted where the slope is negative. */
export function pictureOfSlice(
  bytes: Uint8Array,
  header: NiftiHeader,
  { k, phase }: { readonly k: number; readonly phase: number },
): GreyImage {
  const [columns, rows, slices] = header.size;
  const read = READERS[header.datatype] as Reader;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = header.bitsPerVoxel / 8;
  const start = header.voxelOffset + (phase * slices + k) * pictureBytes(header);
  const sign = header.slope < 0 ? -1 : 1;
  const Samples = (sign > 0 ? STORED_AS[header.datatype] : undefined) ?? Float32Array;
  const samples = new Samples(rows * columns);
  for (let n = 0; n < samples.length; n++) samples[n] = sign * read(view, start + n * width, header.littleEndian);
  return { rows, columns, ...spacingOf(header), samples };
}

/** Without geometry the distances of pixdim are believed where they are sound, else voxels are square. */
function spacingOf(header: NiftiHeader): Pick<GreyImage, 'rowSpacingMm' | 'columnSpacingMm'> {
  const plane = slicePlane(header, 0);
  if (!('fault' in plane)) return { rowSpacingMm: plane.rowSpacingMm, columnSpacingMm: plane.columnSpacingMm };
  const [, i, j] = header.pixdim.map((value) => value * header.millimetres) as [number, number, number, number];
  const sound = [i, j].every((value) => value > 0 && value < 1e3);
  return sound ? { columnSpacingMm: i, rowSpacingMm: j } : { columnSpacingMm: 1, rowSpacingMm: 1 };
}
