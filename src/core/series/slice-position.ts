import { type ImagePlane, pixelCentreLps, sliceNormal } from '../geometry/image-plane.ts';
import { dot, unit } from '../geometry/vector.ts';

/** Planes of one stack nearer to each other than this, along the normal, show one slice: phases of one position. */
export const SAME_POSITION_MM = 0.5;

/**
 * Millimetres of each plane of one stack along the normal of the first. A plane lies where its matrix's centre lies, so
 * that slightly tilted neighbours and turned storage count alike; from the geometry, never from Slice Location.
 */
export function positionsAlongNormal(planes: readonly ImagePlane[]): number[] {
  const [first] = planes;
  if (first === undefined) return [];
  const normal = unit(sliceNormal(first));
  return planes.map((plane) => dot(pixelCentreLps(plane, (plane.columns - 1) / 2, (plane.rows - 1) / 2), normal));
}

/** For each plane of one stack the number of its slice position, counted from 0 along the normal of the first plane. */
export function slicePositionIndices(planes: readonly ImagePlane[]): number[] {
  const along = positionsAlongNormal(planes);
  const order = along.map((_, i) => i).sort((a, b) => (along[a] as number) - (along[b] as number));
  const indices = new Array<number>(planes.length).fill(0);
  let position = -1;
  let start = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    if ((along[i] as number) - start > SAME_POSITION_MM) {
      position += 1;
      start = along[i] as number;
    }
    indices[i] = position;
  }
  return indices;
}
