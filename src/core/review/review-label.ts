import type { DecisionReason } from '../decision/decision.ts';
import type { ObservedOrientation } from '../orientation/d4.ts';
import type { ReviewAct } from './review-acts.ts';

/** One review of a series, with the decision that the person looked at. */
export interface ReviewedDecision {
  readonly act: ReviewAct;
  /** What the person said that the picture shows. */
  readonly code: ObservedOrientation | null;
  readonly looked: { readonly metricReason: DecisionReason; readonly observedCode: ObservedOrientation | null } | null;
}

/** Decisions that say what the picture shows; to approve another is to say that leaving it alone was right. */
const SAYS_WHAT_IT_SHOWS: ReadonlySet<DecisionReason> = new Set(['turned', 'standard']);

/**
 * The index of the review that tells what the picture of a series shows, and the code that it tells; undefined where
 * none does. The last act counts (sending again says nothing): who put a series back took the label back.
 */
export function reviewLabel(
  reviews: readonly ReviewedDecision[],
): { readonly index: number; readonly code: ObservedOrientation } | undefined {
  for (let index = reviews.length - 1; index >= 0; index--) {
    const { act, code, looked } = reviews[index] as ReviewedDecision;
    switch (act) {
      case 'resend':
        continue;
      case 'overrule':
      case 'trust-header':
      case 'trust-image':
        return code === null ? undefined : { index, code };
      case 'approve': {
        // Who approves a person's word, says it again.
        if (looked?.metricReason === 'reviewed') continue;
        const shown = looked !== null && SAYS_WHAT_IT_SHOWS.has(looked.metricReason) ? looked.observedCode : null;
        return shown === null ? undefined : { index, code: shown };
      }
      case 'leave-as-received':
      case 'put-back':
        return undefined;
      default:
        return act satisfies never;
    }
  }
  return undefined;
}
