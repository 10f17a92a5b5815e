import type { Decision } from './decision.ts';

/** How the evidence with a late instance stands to the decision that the series follows. */
export type LateVerdict = 'follows' | 'late-contradiction';

/**
 * Compares the decision that was carried out with the one that all instances, the late ones included, would lead to.
 * The late instance follows the former whatever comes out: a series never gets a second direction (DESIGN §4.5).
 */
export function lateVerdict(followed: Decision, recomputed: Decision): LateVerdict {
  if (followed.decision === 'hold-for-review') return 'follows';
  if (followed.metricReason !== 'turned' && followed.metricReason !== 'standard') {
    // What passed as received without an opinion is contradicted only by evidence that would now turn it.
    return recomputed.decision === 'standardize' ? 'late-contradiction' : 'follows';
  }
  const against =
    recomputed.metricReason === 'contradiction' ||
    recomputed.metricReason === 'possible-situs-variant' ||
    recomputed.metricReason === 'not-short-axis';
  // Where nothing is known of the picture any more (an obstacle, a failed recogniser), nothing speaks against it.
  const other = recomputed.observedCode !== undefined && recomputed.observedCode !== followed.observedCode;
  return against || other ? 'late-contradiction' : 'follows';
}
