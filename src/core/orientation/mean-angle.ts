const RADIANS = Math.PI / 180;

/** An angle in degrees and how much it counts. */
export interface WeightedAngle {
  readonly degrees: number;
  readonly weight: number;
}

/**
 * The mean direction, in degrees from -180 to 180: angles on either side of 180 have a mean there and not at zero.
 * @returns not a number for no angle at all
 */
export function meanAngleDegrees(angles: readonly WeightedAngle[]): number {
  if (angles.length === 0) return Number.NaN;
  let [sine, cosine] = [0, 0];
  for (const { degrees, weight } of angles) {
    sine += weight * Math.sin(degrees * RADIANS);
    cosine += weight * Math.cos(degrees * RADIANS);
  }
  return Math.atan2(sine, cosine) / RADIANS;
}
