import type { DecisionKind } from '../decision/decision.ts';
import type { Flag } from '../decision/flags.ts';
import { REVIEW_ACTS, type ReviewAct } from './review-acts.ts';

/**
 * Flags that ask for a person: something may be wrong that nobody but a person can tell, or a series that should have
 * been turned was not. Not here: what is so by the rules of the site (no geometry, no short axis, few slices, near the
 * border), and what is told for the record.
 */
export const ASKING_FLAGS = [
  'uncertain',
  'contradiction',
  'possible-situs-variant',
  'group-split',
  'cannot-reorient',
  'proof-failed',
  'duplicate-uid',
  'late-contradiction',
  'classifier-failed',
] as const satisfies readonly Flag[];

/** Acts that answer the question; to send again says nothing about the decision. */
export const ANSWERING_ACTS: readonly ReviewAct[] = REVIEW_ACTS.filter((act) => act !== 'resend');

/** Whether a flag among these asks for a person. */
export function asksForPerson(flags: readonly Flag[]): boolean {
  return flags.some((flag) => (ASKING_FLAGS as readonly Flag[]).includes(flag));
}

/** Whether a person has yet to look at a series. */
export function reviewNeeded(series: {
  /** That stands; null while the series arrives. */
  readonly decision: DecisionKind | null;
  readonly byPerson: boolean;
  readonly flags: readonly Flag[];
  /** By an answering act that looked at this decision or at a later one, and nothing came since that speaks against it. */
  readonly answered: boolean;
}): boolean {
  const { decision, byPerson, flags, answered } = series;
  if (decision === null || byPerson || answered) return false;
  return decision === 'hold-for-review' || asksForPerson(flags);
}
