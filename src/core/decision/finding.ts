import { correctionFor, type ObservedOrientation } from '../orientation/d4.ts';
import type { DecisionKind, DecisionReason } from './decision.ts';
import type { Flag } from './flags.ts';

/** What was found about one stack, before what forbids turning it is looked at and words are put to it. */
export interface Finding {
  readonly action: DecisionKind;
  readonly reason: DecisionReason;
  readonly flags: readonly Flag[];
  readonly observedCode?: ObservedOrientation;
  readonly fused?: readonly number[];
}

/** A stack that is surely in `code`: turned, or left where that is the standard picture already. */
export function settledOn(code: ObservedOrientation, flags: readonly Flag[]): Finding {
  const standard = correctionFor(code) === '000';
  return {
    action: standard ? 'pass-through' : 'standardize',
    reason: standard ? 'standard' : 'turned',
    flags,
    observedCode: code,
  };
}
