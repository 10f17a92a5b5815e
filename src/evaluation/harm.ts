import type { OrientationCode } from '../core/orientation/d4.ts';
import { angleUnder, relationOf } from '../core/orientation/relation.ts';
import { HARM_DEGREES, type OrientationTruth } from './orientation-truth.ts';

/** What it would mean to turn a picture by the code that was named: `harmless` is a quarter turn near the border. */
export const VERDICTS = ['right', 'harmless', 'harm'] as const;
export type Verdict = (typeof VERDICTS)[number];

/**
 * A mirror and a half turn always do harm. A quarter turn does, unless the picture then lies within 60° of *down*; where
 * nobody knows the angle, a label that says "near the border" excuses it.
 */
export function verdictOn(named: OrientationCode, truth: OrientationTruth): Verdict {
  const relation = relationOf(truth.code, named);
  if (relation === 'same') return 'right';
  if (relation !== 'quarter-turn') return 'harm';
  const { code, angleDegrees, nearBorder } = truth;
  if (angleDegrees === undefined) return nearBorder === true ? 'harmless' : 'harm';
  const left = angleUnder({ code, angleDegrees }, named);
  return left !== undefined && Math.abs(left) <= HARM_DEGREES ? 'harmless' : 'harm';
}
