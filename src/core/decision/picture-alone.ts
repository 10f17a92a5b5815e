import { type ObservedOrientation, ORIENTATION_CODES, observed } from '../orientation/d4.ts';
import { angleUnder, relationOf } from '../orientation/relation.ts';
import type { Evidence } from './decision.ts';
import { type Finding, settledOn } from './finding.ts';
import type { Flag } from './flags.ts';
import { bestOf, probabilityOf } from './fusion.ts';
import type { PooledOpinion } from './pooling.ts';
import type { DecisionSettings, DecisionThresholds } from './thresholds.ts';

/** Kept from `harmDegrees`, since the picture's own angle is an estimate: its error is a few degrees on most hearts. */
export const HARM_MARGIN_DEGREES = 10;

/**
 * The neighbour a quarter turn from the picture's own code, where by the picture's angle the anatomy lies within the
 * harmless range of *down* whichever of the two it is corrected by. Undefined for a model that gives no angle.
 */
function harmlessNeighbour(
  { probabilities, angleDegrees }: PooledOpinion,
  { harmDegrees }: DecisionThresholds,
): ObservedOrientation | undefined {
  if (angleDegrees === undefined) return undefined;
  const { code } = bestOf(probabilities);
  const off = (other: ObservedOrientation) => Math.abs(angleUnder({ code, angleDegrees }, other) ?? Number.NaN);
  const limit = harmDegrees - HARM_MARGIN_DEGREES;
  const [nearest] = ORIENTATION_CODES.map((name) => observed(name))
    .filter((other) => relationOf(code, other) === 'quarter-turn')
    .sort((a, b) => off(a) - off(b));
  return nearest !== undefined && off(code) <= limit && off(nearest) <= limit ? nearest : undefined;
}

/** Nothing is known that speaks against the picture: where some instances of the stack have geometry, it must agree. */
function headerAllows(code: string, { header }: Evidence, { sideStrong }: DecisionThresholds): boolean {
  return header === undefined || (header.code === code && Math.abs(header.side) >= sideStrong);
}

/**
 * No geometry: the picture alone, and only where a person asked for that. A mirror too: nothing else can tell. Near the
 * border it is enough to be sure of two neighbours together, since either is harmless; least change prefers 000.
 */
export function judgeWithoutGeometry(
  evidence: Evidence,
  pooled: PooledOpinion,
  { thresholds, settings }: { readonly thresholds: DecisionThresholds; readonly settings: DecisionSettings },
): Finding {
  const picture = bestOf(pooled.probabilities);
  const neighbour = harmlessNeighbour(pooled, thresholds);
  const support = picture.probability + (neighbour === undefined ? 0 : probabilityOf(pooled.probabilities, neighbour));
  const sure = support >= thresholds.missingGeometry && !pooled.contradictory;
  const chosen = neighbour === '000' ? neighbour : picture.code;
  const flags: readonly Flag[] = neighbour === undefined ? ['no-geometry'] : ['no-geometry', 'near-border'];
  const seen = { flags: ['no-geometry'] as const, observedCode: picture.code, fused: pooled.probabilities };
  if (settings.onMissingGeometry === 'pass-through') return { ...seen, action: 'pass-through', reason: 'no-geometry' };
  const shortAxis = pooled.sax === undefined || pooled.sax >= thresholds.missingGeometrySax;
  if (shortAxis && sure && chosen === '000') return { ...seen, ...settledOn(chosen, flags) };
  if (settings.onMissingGeometry === 'hold-for-review') {
    return { ...seen, action: 'hold-for-review', reason: 'no-geometry' };
  }
  if (!shortAxis) {
    return { action: 'pass-through', reason: 'not-short-axis', flags: ['not-short-axis', 'no-geometry'] };
  }
  if (!sure || !headerAllows(chosen, evidence, thresholds)) {
    return { ...seen, action: settings.onUncertain, reason: 'uncertain', flags: ['no-geometry', 'uncertain'] };
  }
  if (evidence.positions >= thresholds.minimumSlicePositions) return { ...seen, ...settledOn(chosen, flags) };
  return { ...seen, action: 'pass-through', reason: 'few-slices', flags: ['no-geometry', 'few-slices'] };
}
