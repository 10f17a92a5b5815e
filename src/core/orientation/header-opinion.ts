import { geodesicDegrees, type PictureFrame } from '../geometry/frame.ts';
import { type ImagePlane, planeFault, reorientPlane, sliceNormal } from '../geometry/image-plane.ts';
import { addScaled, dot, type Lps, unit } from '../geometry/vector.ts';
import { correctionFor, type ObservedOrientation, ORIENTATION_CODES, observed } from './d4.ts';
import { type CorrectedPlane, headerLogLikelihoods } from './header-likelihood.ts';
import { HEADER_MODEL } from './header-model.ts';

/** From apex to base in most patients, LPS: the normal of the standard picture. */
export const APEX_TO_BASE: Lps = unit(HEADER_MODEL.apexToBase);
/** Between inferior and posterior, LPS: what the columns of the standard picture run along. */
export const DOWN: Lps = unit(HEADER_MODEL.down);
/** Typical direction cosines of the standard picture. */
export const CANONICAL_FRAME: PictureFrame = { rowCosines: [0.71, 0.7, -0.03], columnCosines: [-0.31, 0.27, -0.91] };

/** From this |side| on a plane is a short axis beyond doubt: those of real patients begin at .97. */
export const SIDE_FULL = 0.95;

/** What the geometry header says about the orientation of a short-axis picture, independent of the picture. */
export interface HeaderOpinion {
  /** Of the four codes whose correction gives a positive side, the one whose columns then lie nearest to *down*. */
  readonly code: ObservedOrientation;
  /**
   * Angle from the corrected columns to *down*, counter-clockwise positive as seen: by how much the anatomy in the
   * corrected picture stands turned counter-clockwise. Never beyond ±45°.
   */
  readonly angleDegrees: number;
  /** Normal of the stored picture · apex-to-base: -1 to 1. Small where the plane is no short axis. */
  readonly side: number;
  /** The same angle for the picture as it is stored; means something only where `side` is positive. */
  readonly identityAngleDegrees: number;
  /** Rotation between the corrected picture and the canonical frame: plausibility, for the record. */
  readonly geodesicDegrees: number;
  /** ln p(header | code), one value for each of ORIENTATION_CODES, from -HEADER_LOG_PRIOR_BOUND to 0. */
  readonly logPrior: readonly number[];
}

/** Signed angle from the columns to *down* in the plane, counter-clockwise positive on the screen. */
function downAngleDegrees(plane: ImagePlane): number {
  const normal = unit(sliceNormal(plane));
  const down = addScaled(DOWN, normal, -dot(DOWN, normal));
  // Columns run down the screen and rows to the right: from six o'clock to three o'clock is counter-clockwise.
  return (Math.atan2(dot(down, plane.rowCosines), dot(down, plane.columnCosines)) * 180) / Math.PI;
}

function sideOf(plane: ImagePlane): number {
  return dot(unit(sliceNormal(plane)), APEX_TO_BASE);
}

interface Candidate extends CorrectedPlane {
  readonly code: ObservedOrientation;
  readonly corrected: ImagePlane;
}

function candidatesOf(plane: ImagePlane): readonly Candidate[] {
  return ORIENTATION_CODES.map((name) => {
    const code = observed(name);
    const corrected = reorientPlane(plane, correctionFor(code));
    return { code, corrected, side: sideOf(corrected), angleDegrees: downAngleDegrees(corrected) };
  });
}

/** The header's opinion, or undefined where the plane is no plane. */
export function headerOpinion(plane: ImagePlane): HeaderOpinion | undefined {
  if (planeFault(plane) !== undefined) return undefined;
  const candidates = candidatesOf(plane);
  const nearest = candidates
    .filter(({ side }) => side >= 0)
    .reduce((best, next) => (Math.abs(next.angleDegrees) < Math.abs(best.angleDegrees) ? next : best));
  return {
    code: nearest.code,
    angleDegrees: nearest.angleDegrees,
    side: sideOf(plane),
    identityAngleDegrees: downAngleDegrees(plane),
    geodesicDegrees: geodesicDegrees(nearest.corrected, CANONICAL_FRAME),
    logPrior: headerLogLikelihoods(candidates),
  };
}
