import { HEADER_MODEL } from './header-model.ts';

/**
 * Greatest difference, in nats, that the header can make between two codes. Together with what a settled frame can
 * add it stays below ln(.95 / .05) = 2.94, so that a picture which is sure at .95 is never outvoted.
 */
export const HEADER_LOG_PRIOR_BOUND = 2.4;
/** Up to this |side| the header is silent: no scout or long axis reaches it (see HEADER_MODEL.greatestOtherSide). */
export const SIDE_SILENT = 0.7;

/** The plane of a picture after the correction of one of the eight codes. */
export interface CorrectedPlane {
  /** Normal · apex-to-base, -1 to 1. */
  readonly side: number;
  /** In-plane angle against *down*, degrees. */
  readonly angleDegrees: number;
}

/** Density of the normals of short axes at a side, in units of that of planes that may lie anyhow. */
function axisDensity(side: number): number {
  return 2 * HEADER_MODEL.axisConcentration * Math.exp(HEADER_MODEL.axisConcentration * (side - 1));
}

/** Density of in-plane angles, in units of that of pictures that may stand anyhow: a wrapped normal about *down*. */
function angleDensity(degrees: number): number {
  const spread = HEADER_MODEL.inPlaneSpreadDegrees;
  const turns = [-360, 0, 360].map((turn) => Math.exp(-(((degrees + turn) / spread) ** 2) / 2));
  return (360 / (spread * Math.sqrt(2 * Math.PI))) * turns.reduce((sum, value) => sum + value, 0);
}

/**
 * ln p(header | code), one value for each of the planes that the eight codes lead to, the greatest 0. The header is
 * one of three things:
 * - an honest one of a short axis, that lies as those of HEADER_MODEL do: it knows the code;
 * - one that knows nothing of the code, since the pixels were turned and the header was not: then it is a short axis'
 *   under any of the codes. Its share makes the bound: for one honest code and `n` codes in all, the odds can be no
 *   more than 1 + n (1 - share) / share. It is greater than the share of such headers in any hospital, because to
 *   find these is what the picture is read for;
 * - one of a plane that is no short axis, or broken: then it may lie anyhow, and all codes are equal.
 */
export function headerLogLikelihoods(planes: readonly CorrectedPlane[]): readonly number[] {
  const lying = planes.length / (Math.exp(HEADER_LOG_PRIOR_BOUND) + planes.length - 1);
  const honest = planes.map(
    ({ side, angleDegrees }) => Math.max(0, axisDensity(side) - axisDensity(SIDE_SILENT)) * angleDensity(angleDegrees),
  );
  const anyCode = honest.reduce((sum, value) => sum + value, 0) / planes.length;
  const logs = honest.map((value) =>
    Math.log((1 - HEADER_MODEL.noShortAxis) * ((1 - lying) * value + lying * anyCode) + HEADER_MODEL.noShortAxis),
  );
  const greatest = Math.max(...logs);
  return logs.map((value) => value - greatest);
}
