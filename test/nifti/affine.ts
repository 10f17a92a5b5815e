/** An independent account of where a NIfTI file says that its voxels are: rotations by angles, quaternions by matrices. */
export type Matrix = readonly (readonly number[])[];

export function rotationFromEuler(degrees: readonly [number, number, number]): {
  readonly matrix: Matrix;
  readonly quaternion: readonly [number, number, number];
} {
  let q = [1, 0, 0, 0];
  degrees.forEach((angle, axis) => {
    const half = (angle * Math.PI) / 360;
    const turn = [Math.cos(half), 0, 0, 0];
    turn[axis + 1] = Math.sin(half);
    q = product(turn, q);
  });
  const sign = (q[0] as number) < 0 ? -1 : 1;
  const [, b, c, d] = q.map((value) => value * sign) as [number, number, number, number];
  return { matrix: matrixOf(b, c, d), quaternion: [b, c, d] };
}

function product(p: readonly number[], q: readonly number[]): number[] {
  const [a1, b1, c1, d1] = p as [number, number, number, number];
  const [a2, b2, c2, d2] = q as [number, number, number, number];
  return [
    a1 * a2 - b1 * b2 - c1 * c2 - d1 * d2,
    a1 * b2 + b1 * a2 + c1 * d2 - d1 * c2,
    a1 * c2 - b1 * d2 + c1 * a2 + d1 * b2,
    a1 * d2 + b1 * c2 - c1 * b2 + d1 * a2,
  ];
}

/** nifti1.h, "QUATERNION REPRESENTATION OF ROTATION MATRIX". */
function matrixOf(qb: number, qc: number, qd: number): Matrix {
  const rest = 1 - qb * qb - qc * qc - qd * qd;
  const norm = rest < 1e-7 ? Math.hypot(qb, qc, qd) : 1;
  const [a, b, c, d] = [rest < 1e-7 ? 0 : Math.sqrt(rest), qb / norm, qc / norm, qd / norm];
  return [
    [a * a + b * b - c * c - d * d, 2 * b * c - 2 * a * d, 2 * b * d + 2 * a * c],
    [2 * b * c + 2 * a * d, a * a + c * c - b * b - d * d, 2 * c * d - 2 * a * b],
    [2 * b * d - 2 * a * c, 2 * c * d + 2 * a * b, a * a + d * d - c * c - b * b],
  ];
}

export interface ReadVolume {
  readonly size: readonly number[];
  readonly sform: Matrix | undefined;
  readonly qform: Matrix | undefined;
  /** Bytes of one voxel as hexadecimal digits. */
  readonly voxel: (i: number, j: number, k: number, phase: number) => string;
  readonly dimInfo: number;
}

/** Reads a file of `niftiSample` again. */
export function readSample(bytes: Uint8Array, version: 1 | 2, little: boolean): ReadVolume {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const one = version === 1;
  const width = one ? 4 : 8;
  const real = (at: number): number => (one ? view.getFloat32(at, little) : view.getFloat64(at, little));
  const code = (at: number): number => (one ? view.getInt16(at, little) : view.getInt32(at, little));
  const long = (at: number): number => Number(view.getBigInt64(at, little));
  const size = [1, 2, 3, 4].map((i) => (one ? view.getInt16(40 + 2 * i, little) : long(16 + 8 * i)) || 1);
  const pixdim = [0, 1, 2, 3].map((i) => real((one ? 76 : 104) + i * width));
  const voxelBytes = view.getInt16(one ? 72 : 14, little) / 8;
  const start = one ? real(108) : long(168);
  const at = one
    ? { qform: 252, sform: 254, quatern: 256, srow: 280 }
    : { qform: 344, sform: 348, quatern: 352, srow: 400 };
  const [b, c, d, x, y, z] = Array.from({ length: 6 }, (_, i) => real(at.quatern + i * width)) as number[];
  const steps = [pixdim[1], pixdim[2], (pixdim[3] as number) * ((pixdim[0] as number) < 0 ? -1 : 1)] as number[];
  const rotation = matrixOf(b as number, c as number, d as number);
  const qform = rotation.map((row, r) => [
    ...row.map((value, n) => value * (steps[n] as number)),
    [x, y, z][r] as number,
  ]);
  const sform = [0, 1, 2].map((r) => [0, 1, 2, 3].map((n) => real(at.srow + (r * 4 + n) * width)));
  const [columns = 1, rows = 1, slices = 1] = size;
  return {
    size,
    sform: code(at.sform) > 0 ? sform : undefined,
    qform: code(at.qform) > 0 ? qform : undefined,
    voxel: (i, j, k, phase) => {
      const from = start + (((phase * slices + k) * rows + j) * columns + i) * voxelBytes;
      return Buffer.from(bytes.subarray(from, from + voxelBytes)).toString('hex');
    },
    dimInfo: bytes[one ? 39 : 524] as number,
  };
}

export function worldOf(affine: Matrix, i: number, j: number, k: number): number[] {
  return affine.map(([a, b, c, d]) => (a as number) * i + (b as number) * j + (c as number) * k + (d as number));
}
