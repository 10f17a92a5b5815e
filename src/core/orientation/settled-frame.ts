import { geodesicDegrees, normalDegrees, type PictureFrame } from '../geometry/frame.ts';
import { type ImagePlane, planeFault, reorientPlane } from '../geometry/image-plane.ts';
import { correctionFor, type ObservedOrientation, ORIENTATION_CODES, observed } from './d4.ts';

/** Greatest angle between the normals of two stacks that still show the same axis of the heart. */
export const SETTLED_NORMAL_DEGREES = 30;

/** What a series of the same patient frame that was settled earlier says about this one. */
export interface SettledOpinion {
  /** The code whose correction brings this stack nearest to the settled frame. */
  readonly code: ObservedOrientation;
  /** Rotation that then remains. */
  readonly geodesicDegrees: number;
}

/**
 * Compares a stack with the standard frame on which another series of the same study and Frame of Reference settled.
 * Undefined where the two cut the heart along different axes and so say nothing about each other.
 */
export function settledOpinion(plane: ImagePlane, settled: PictureFrame): SettledOpinion | undefined {
  if (planeFault(plane) !== undefined) return undefined;
  const [nearest] = ORIENTATION_CODES.map((name) => {
    const code = observed(name);
    const corrected = reorientPlane(plane, correctionFor(code));
    const degrees = geodesicDegrees(corrected, settled);
    return { code, geodesicDegrees: degrees, normal: normalDegrees(corrected, settled) };
  }).sort((a, b) => a.geodesicDegrees - b.geodesicDegrees);
  if (nearest === undefined || !(nearest.normal <= SETTLED_NORMAL_DEGREES)) return undefined;
  return { code: nearest.code, geodesicDegrees: nearest.geodesicDegrees };
}
