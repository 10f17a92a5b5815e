import { SAMPLE_TOLERANCE_MM } from '../core/geometry/image-plane.ts';
import { addScaled, scale } from '../core/geometry/vector.ts';
import { type Correction, isMirror, stepsOf } from '../core/orientation/d4.ts';
import { reorientMatrix } from '../core/pixels/reorient-frame.ts';
import { HeaderWriter } from './header-writer.ts';
import { type NiftiHeader, readNiftiHeader } from './nifti-header.ts';
import { gridGap } from './prove-volume.ts';
import { quaternionOf, type Ras, type Rotation, rotationOf } from './quaternion.ts';
import { gridOf, qfacOf, type VoxelGrid } from './voxel-grid.ts';
import { pictureBytes } from './voxels.ts';

export interface ReorientedVolume {
  readonly bytes: Uint8Array;
  /** The quaternion cannot say where the voxels are; the sform says it. */
  readonly qformDropped: boolean;
}

/**
 * The volume with every slice turned and every voxel at the world coordinate where it was: voxels move within their
 * slice, dim, pixdim, dim_info, sform and qform follow, and every other byte stays.
 */
export function reorientVolume(source: Uint8Array, header: NiftiHeader, correction: Correction): ReorientedVolume {
  // Not slice(): of a Buffer that is a view, and the source must stay as it is.
  const bytes = new Uint8Array(source);
  moveVoxels(new Uint8Array(source.buffer, source.byteOffset, source.byteLength), bytes, header, correction);
  const writer = new HeaderWriter(bytes, header);
  const { transpose } = stepsOf(correction);
  if (transpose) writer.swapFirstAxes();
  if (header.sformCode > 0) writer.sform(reorientGrid(gridOf(header, 'sform'), header, correction));
  if (header.qformCode <= 0) return { bytes, qformDropped: false };
  const grid = reorientGrid(gridOf(header, 'qform'), header, correction);
  writer.qform(turnedQuaternion(header, correction), grid.origin, {
    qfac: isMirror(correction) ? -qfacOf(header.pixdim[0]) : undefined,
  });
  const written = readNiftiHeader(bytes);
  if (gridGap(gridOf(written, 'qform'), grid, written) * header.millimetres <= SAMPLE_TOLERANCE_MM / 2) {
    return { bytes, qformDropped: false };
  }
  if (header.sformCode <= 0) {
    writer.sform(grid);
    writer.codes({ sform: header.qformCode, qform: 0 });
  } else writer.codes({ sform: header.sformCode, qform: 0 });
  return { bytes, qformDropped: true };
}

function moveVoxels(source: Uint8Array, into: Uint8Array, header: NiftiHeader, correction: Correction): void {
  const [columns, rows, slices] = header.size;
  const length = pictureBytes(header);
  for (let picture = 0; picture < slices * header.phases; picture++) {
    const at = header.voxelOffset + picture * length;
    const bytes = source.subarray(at, at + length);
    into.set(reorientMatrix({ rows, columns, cellBytes: header.bitsPerVoxel / 8, bytes }, correction).bytes, at);
  }
}

/** The grid of the turned matrix: steps in the order transpose, vertical, horizontal. */
export function reorientGrid(grid: VoxelGrid, { size }: NiftiHeader, correction: Correction): VoxelGrid {
  const { transpose, vertical, horizontal } = stepsOf(correction);
  let { origin, i, j } = grid;
  let [columns, rows] = size as readonly [number, number, number];
  if (transpose) {
    [i, j] = [j, i];
    [columns, rows] = [rows, columns];
  }
  if (vertical) {
    origin = addScaled(origin, j, rows - 1);
    j = scale(j, -1);
  }
  if (horizontal) {
    origin = addScaled(origin, i, columns - 1);
    i = scale(i, -1);
  }
  return { origin, i, j, k: grid.k };
}

/** A mirror turns the handedness of the first two axes, so that the third one is qfac's to turn. */
function turnedQuaternion({ quaternion }: NiftiHeader, correction: Correction): Ras {
  const { transpose, vertical, horizontal } = stepsOf(correction);
  const [first, second, third] = rotationOf(quaternion);
  const [i, j] = transpose ? [second, first] : [first, second];
  const rotation: Rotation = [
    horizontal ? scale(i, -1) : i,
    vertical ? scale(j, -1) : j,
    isMirror(correction) ? scale(third, -1) : third,
  ];
  return quaternionOf(rotation);
}

/** Fields of the header that may change, as [first byte, byte after the last one]. */
export function changeableRanges({ fields }: NiftiHeader): readonly (readonly [number, number])[] {
  const { dimInfo, dim, dimensionBytes, pixdim, realBytes, qformCode, sformCode, codeBytes } = fields;
  return [
    [dimInfo, dimInfo + 1],
    [dim + dimensionBytes, dim + 3 * dimensionBytes],
    [pixdim, pixdim + 3 * realBytes],
    [qformCode, qformCode + codeBytes],
    [sformCode, sformCode + codeBytes],
    [fields.quaternB, fields.srowX + 12 * realBytes],
  ];
}
