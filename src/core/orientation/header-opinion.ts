import { geodesicDegrees, type PictureFrame } from '../geometry/frame.ts';
import { type ImagePlane, planeFault, reorientPlane, sliceNormal } from '../geometry/image-plane.ts';
import { addScaled, dot, type Lps, unit } from '../geometry/vector.ts';
import { correctionFor, type ObservedOrientation, ORIENTATION_CODES, observed } from './d4.ts';

/** From apex to base in most patients, LPS: the normal of the standard picture. */
export const APEX_TO_BASE: Lps = unit([-0.63, 0.66, 0.41]);
/** Between inferior and posterior, LPS: what the columns of the standard picture run along. */
export const DOWN: Lps = unit([-0.2, 0.5, -0.85]);
/** Typical direction cosines of the standard picture. */
export const CANONICAL_FRAME: PictureFrame = { rowCosines: [0.71, 0.7, -0.03], columnCosines: [-0.31, 0.27, -0.91] };

/**
 * Greatest difference, in nats, that the header can make between two codes. Together with what a settled frame can
 * add it stays below ln(.95 / .05) = 2.94, so that a picture which is sure at .95 is never outvoted.
 */
export const HEADER_LOG_PRIOR_BOUND = 2.4;
/** Up to this |side| the header is silent: long axes, chamber views and scouts reach .61. */
export const SIDE_SILENT = 0.65;
/** From this |side| on the header says what it says in full: short axes of real patients begin at .97. */
export const SIDE_FULL = 0.95;
/** In-plane angle from which a code is as unlikely as the header can make it. */
const WORST_ANGLE_DEGREES = 90;

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
  /** One value for each of ORIENTATION_CODES, from -HEADER_LOG_PRIOR_BOUND to 0. */
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

interface Candidate {
  readonly code: ObservedOrientation;
  readonly corrected: ImagePlane;
  readonly rightSide: boolean;
  readonly angleDegrees: number;
}

function candidatesOf(plane: ImagePlane): readonly Candidate[] {
  return ORIENTATION_CODES.map((name) => {
    const code = observed(name);
    const corrected = reorientPlane(plane, correctionFor(code));
    return { code, corrected, rightSide: sideOf(corrected) >= 0, angleDegrees: downAngleDegrees(corrected) };
  });
}

/** Flat where the side is weak; else graded by angle, so that two neighbours are equal where they meet at 45°. */
function logPriorOf(candidates: readonly Candidate[], side: number): readonly number[] {
  const weight = Math.min(1, Math.max(0, (Math.abs(side) - SIDE_SILENT) / (SIDE_FULL - SIDE_SILENT)));
  const penalties = candidates.map(({ rightSide, angleDegrees }) =>
    rightSide ? Math.min(1, Math.abs(angleDegrees) / WORST_ANGLE_DEGREES) : 1,
  );
  const least = Math.min(...penalties);
  return penalties.map((penalty) => (least - penalty) * weight * HEADER_LOG_PRIOR_BOUND);
}

/** The header's opinion, or undefined where the plane is no plane. */
export function headerOpinion(plane: ImagePlane): HeaderOpinion | undefined {
  if (planeFault(plane) !== undefined) return undefined;
  const side = sideOf(plane);
  const candidates = candidatesOf(plane);
  const nearest = candidates
    .filter(({ rightSide }) => rightSide)
    .reduce((best, next) => (Math.abs(next.angleDegrees) < Math.abs(best.angleDegrees) ? next : best));
  return {
    code: nearest.code,
    angleDegrees: nearest.angleDegrees,
    side,
    identityAngleDegrees: downAngleDegrees(plane),
    geodesicDegrees: geodesicDegrees(nearest.corrected, CANONICAL_FRAME),
    logPrior: logPriorOf(candidates, side),
  };
}
