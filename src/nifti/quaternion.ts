/** A vector in the world of NIfTI: x to the right, y anterior, z to the head. */
export type Ras = readonly [number, number, number];

/** Columns of a rotation: the directions of the three voxel axes. */
export type Rotation = readonly [Ras, Ras, Ras];

/** Below this the first component counts as zero, and the other three are brought to length one (nifti1_io.c). */
const ZERO_SQUARE = 1e-7;

/** The rotation of a NIfTI quaternion, whose first component is what is missing to length one. */
export function rotationOf([qb, qc, qd]: Ras): Rotation {
  const rest = 1 - (qb * qb + qc * qc + qd * qd);
  const shrink = rest < ZERO_SQUARE ? 1 / Math.sqrt(qb * qb + qc * qc + qd * qd) : 1;
  const a = rest < ZERO_SQUARE ? 0 : Math.sqrt(rest);
  const [b, c, d] = [qb * shrink, qc * shrink, qd * shrink];
  return [
    [a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)],
    [2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b)],
    [2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - c * c - b * b],
  ];
}

/** The three components that NIfTI keeps of a rotation's quaternion, the first one being positive. */
export function quaternionOf([[r11, r21, r31], [r12, r22, r32], [r13, r23, r33]]: Rotation): Ras {
  const squares = [1 + r11 + r22 + r33, 1 + r11 - r22 - r33, 1 - r11 + r22 - r33, 1 - r11 - r22 + r33];
  // Four times the square of each component: dividing by the greatest loses least.
  const greatest = squares.indexOf(Math.max(...squares));
  const root = 2 * Math.sqrt(Math.max(...squares));
  const candidates: readonly (readonly [number, number, number, number])[] = [
    [root / 4, (r32 - r23) / root, (r13 - r31) / root, (r21 - r12) / root],
    [(r32 - r23) / root, root / 4, (r12 + r21) / root, (r13 + r31) / root],
    [(r13 - r31) / root, (r12 + r21) / root, root / 4, (r23 + r32) / root],
    [(r21 - r12) / root, (r13 + r31) / root, (r23 + r32) / root, root / 4],
  ];
  const [a, b, c, d] = candidates[greatest] as readonly [number, number, number, number];
  return a < 0 ? [-b, -c, -d] : [b, c, d];
}
