import { type ImagePlane, type PlaneFault, planeFault } from '../core/geometry/image-plane.ts';
import { addScaled, cross, type Lps, length, scale, unit } from '../core/geometry/vector.ts';
import type { NiftiHeader } from './nifti-header.ts';
import { type Ras, rotationOf } from './quaternion.ts';

/** Where voxels are in the world of NIfTI (x to the right, y anterior, z to the head), in the units of the file. */
export interface VoxelGrid {
  readonly origin: Ras;
  /** One step along each voxel axis. */
  readonly i: Ras;
  readonly j: Ras;
  readonly k: Ras;
}

export type Form = 'sform' | 'qform';

/** The form that speaks for the image: the sform where it has a code, else the qform where that has one. */
export function formOf(header: NiftiHeader): Form | undefined {
  if (header.sformCode > 0) return 'sform';
  return header.qformCode > 0 ? 'qform' : undefined;
}

export function gridOf(header: NiftiHeader, form: Form): VoxelGrid {
  return form === 'sform' ? gridOfSform(header) : gridOfQform(header);
}

function gridOfSform({ srow }: NiftiHeader): VoxelGrid {
  const column = (index: 0 | 1 | 2 | 3): Ras => [srow[0][index], srow[1][index], srow[2][index]];
  return { i: column(0), j: column(1), k: column(2), origin: column(3) };
}

/** nifti1.h, method 2: a rotation, a distance for each axis, and qfac, which turns the third axis round. */
function gridOfQform({ quaternion, pixdim, qoffset }: NiftiHeader): VoxelGrid {
  const [i, j, k] = rotationOf(quaternion);
  const distance = (index: 1 | 2 | 3): number => (pixdim[index] > 0 ? pixdim[index] : 1);
  return {
    i: scale(i, distance(1)),
    j: scale(j, distance(2)),
    k: scale(k, distance(3) * qfacOf(pixdim[0])),
    origin: qoffset,
  };
}

/** pixdim[0]; zero counts as one. */
export function qfacOf(value: number): 1 | -1 {
  return value < 0 ? -1 : 1;
}

/** The one place where the world of NIfTI becomes the patient system of DICOM: x and y change their signs. */
export function lpsOfRas([x, y, z]: Ras): Lps {
  return [-x, -y, z];
}

/** The plane of slice `k`, where a row runs along the first voxel axis and a column along the second. */
export function slicePlane(header: NiftiHeader, k: number): ImagePlane | PlaneFault {
  const form = formOf(header);
  if (form === undefined) return { attribute: 'sform_code', fault: 'and qform_code are 0' };
  const grid = gridOf(header, form);
  if (isPlaceholder(grid)) return { attribute: form, fault: 'is a placeholder without a rotation' };
  const { millimetres, size } = header;
  const [i, j] = [lpsOfRas(grid.i), lpsOfRas(grid.j)];
  const plane: ImagePlane = {
    imagePositionPatient: lpsOfRas(scale(addScaled(grid.origin, grid.k, k), millimetres)),
    rowCosines: unit(i),
    columnCosines: unit(j),
    columnSpacingMm: length(i) * millimetres,
    rowSpacingMm: length(j) * millimetres,
    columns: size[0],
    rows: size[1],
  };
  const fault = planeFault(plane);
  return fault === undefined ? plane : { attribute: form, fault: faultInWords(fault) };
}

/**
 * What writers put where they know no geometry: no rotation at all, or axes along the world's and the origin in the
 * first voxel. A short axis never lies so, and converters of true axial scans let the first axis run to the left.
 */
function isPlaceholder({ origin, i, j, k }: VoxelGrid): boolean {
  const aligned = [i[1], i[2], j[0], j[2], k[0], k[1]].every((value) => value === 0);
  return aligned && ((i[0] > 0 && j[1] > 0 && k[2] > 0) || origin.every((value) => value === 0));
}

function faultInWords({ attribute }: PlaneFault): string {
  switch (attribute) {
    case 'ImagePositionPatient':
      return 'has an origin that is not a number';
    case 'PixelSpacing':
      return 'has distances between voxels that none can have';
    default:
      return 'has slices whose two axes are not perpendicular directions';
  }
}

/** Volume of one voxel: zero where the axes lie in one plane. */
export function determinant({ i, j, k }: VoxelGrid): number {
  const [x, y, z] = cross(i, j);
  return x * k[0] + y * k[1] + z * k[2];
}
