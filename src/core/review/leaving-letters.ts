import { relabelPlane } from '../attributes/relabel-edits.ts';
import { type EdgeLetters, edgeLetters } from '../geometry/edge-letters.ts';
import { type ImagePlane, reorientPlane } from '../geometry/image-plane.ts';
import type { Correction } from '../orientation/d4.ts';

/** How a series is turned: see DerivationRecord. */
export interface Turning {
  readonly correction: Correction;
  readonly assertedOperation: Correction | undefined;
}

/** The letters at the edges of a picture as it leaves; undefined `turning`: as it was received. */
export function leavingLetters(plane: ImagePlane, turning: Turning | undefined): EdgeLetters {
  if (turning === undefined) return edgeLetters(plane);
  const { correction, assertedOperation } = turning;
  const placed = assertedOperation === undefined ? plane : relabelPlane(plane, assertedOperation);
  return edgeLetters(reorientPlane(placed, correction));
}
