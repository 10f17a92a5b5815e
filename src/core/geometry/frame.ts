import { addScaled, cross, distance, dot, type Lps, unit } from './vector.ts';

/** The directions of a picture in the patient: what Image Orientation (Patient) says. */
export interface PictureFrame {
  readonly rowCosines: Lps;
  readonly columnCosines: Lps;
}

/** Row, column and normal, each of length one and perpendicular; the row keeps its direction. */
export function orthonormalAxes({ rowCosines, columnCosines }: PictureFrame): readonly [Lps, Lps, Lps] {
  const row = unit(rowCosines);
  const column = unit(addScaled(columnCosines, row, -dot(columnCosines, row)));
  return [row, column, cross(row, column)];
}

/** Degrees of the one rotation that leads from a frame to another: the geodesic distance on SO(3), 0 to 180. */
export function geodesicDegrees(one: PictureFrame, other: PictureFrame): number {
  const [row, column, normal] = orthonormalAxes(one);
  const [otherRow, otherColumn, otherNormal] = orthonormalAxes(other);
  // ‖A - B‖² = 8 sin²(angle / 2): exact near zero, where the arc cosine of the trace is not.
  const chord = Math.hypot(distance(row, otherRow), distance(column, otherColumn), distance(normal, otherNormal));
  return (360 / Math.PI) * Math.asin(Math.min(1, chord / Math.sqrt(8)));
}

/** Degrees between the normals of two frames, 0 to 180. */
export function normalDegrees(one: PictureFrame, other: PictureFrame): number {
  const [, , normal] = orthonormalAxes(one);
  const [, , otherNormal] = orthonormalAxes(other);
  return (360 / Math.PI) * Math.asin(Math.min(1, distance(normal, otherNormal) / 2));
}
