import type { ObservedOrientation } from '../orientation/d4.ts';
import { angleUnder, wrapDegrees } from '../orientation/relation.ts';
import { type Evidence, type PictureAngle, usableHeader } from './decision.ts';
import { bestOf } from './fusion.ts';
import type { DecisionThresholds } from './thresholds.ts';

/** Compares the picture's in-plane angle with the code that was decided on, and with the header. */
export function pictureAngle(
  evidence: Evidence,
  observedCode: ObservedOrientation | undefined,
  { sideStrong }: DecisionThresholds,
): PictureAngle {
  const { pooled } = evidence;
  if (pooled?.angleDegrees === undefined || observedCode === undefined) return {};
  const picture = { code: bestOf(pooled.probabilities).code, angleDegrees: pooled.angleDegrees };
  const angleDegrees = angleUnder(picture, observedCode);
  const header = usableHeader(evidence);
  const comparable = header !== undefined && Math.abs(header.side) >= sideStrong;
  const underHeader = comparable ? angleUnder(picture, header.code) : undefined;
  return {
    ...(angleDegrees === undefined ? {} : { angleDegrees }),
    ...(header === undefined || underHeader === undefined
      ? {}
      : { angleDifferenceDegrees: wrapDegrees(underHeader - header.angleDegrees) }),
  };
}
