import { readFile } from 'node:fs/promises';

/** A volume of 16-bit integers in NIfTI-1, as dcm2niix writes it, and where its voxels lie. */
export interface NiftiVolume {
  readonly size: readonly [number, number, number, number];
  /** Millimetres of the voxel i, j, k: three rows of four. */
  readonly affine: readonly (readonly number[])[];
  readonly voxel: (i: number, j: number, k: number, t: number) => number;
}

export async function readNifti(file: string): Promise<NiftiVolume> {
  const bytes = await readFile(file);
  if (bytes.readInt32LE(0) !== 348 || ![4, 512].includes(bytes.readInt16LE(70))) throw new Error(`${file}: other kind`);
  const size = [1, 2, 3, 4].map((i) => Math.max(1, bytes.readInt16LE(40 + 2 * i))) as [number, number, number, number];
  const affine = [280, 296, 312].map((row) => [0, 4, 8, 12].map((i) => bytes.readFloatLE(row + i)));
  const start = bytes.readFloatLE(108);
  const [ni, nj, nk] = size;
  return { size, affine, voxel: (i, j, k, t) => bytes.readInt16LE(start + 2 * (i + ni * (j + nj * (k + nk * t)))) };
}

/** How many voxels of `a` have another value, or none, at their place in `b`; the grids may run in other directions. */
export function voxelsThatDiffer(a: NiftiVolume, b: NiftiVolume): number {
  const toB = intoVoxels(b.affine);
  const [ni, nj, nk, nt] = a.size;
  let differ = a.size.reduce((x, y) => x * y) === b.size.reduce((x, y) => x * y) ? 0 : 1;
  for (let k = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      for (let i = 0; i < ni; i++) {
        const there = toB(a.affine.map((row) => dot(row, [i, j, k, 1])));
        const [x, y, z] = there.map(Math.round) as [number, number, number];
        const near = there.every((one) => Math.abs(one - Math.round(one)) < 0.02);
        const inside = [x, y, z].every((one, axis) => one >= 0 && one < (b.size[axis] as number));
        for (let t = 0; t < nt; t++) if (!near || !inside || a.voxel(i, j, k, t) !== b.voxel(x, y, z, t)) differ += 1;
      }
    }
  }
  return differ;
}

/** From millimetres to voxels: Cramer's rule on the columns of the affine. */
function intoVoxels(affine: NiftiVolume['affine']): (point: readonly number[]) => number[] {
  const column = (i: number): number[] => affine.map((row) => row[i] as number);
  const [a, b, c, origin] = [column(0), column(1), column(2), column(3)];
  const determinant = dot(a, cross(b, c));
  return (point) => {
    const p = point.map((one, i) => one - (origin[i] as number));
    return [dot(p, cross(b, c)), dot(p, cross(c, a)), dot(p, cross(a, b))].map((one) => one / determinant);
  };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, one, i) => sum + one * (b[i] as number), 0);
}

function cross([a = 0, b = 0, c = 0]: readonly number[], [x = 0, y = 0, z = 0]: readonly number[]): number[] {
  return [b * z - c * y, c * x - a * z, a * y - b * x];
}
