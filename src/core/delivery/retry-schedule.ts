import { type CauseKind, type DeliveryCause, kindOfCause } from './delivery-cause.ts';

export interface RetrySettings {
  /** Wait after the first failure; doubles with each. */
  readonly retrySeconds: number;
  readonly maxRetrySeconds: number;
  /** After so many failures in a row of one kind an instance is given up. */
  readonly deadAfterAttempts: Readonly<Record<CauseKind, number | 'never'>>;
}

export type NextStep = { readonly step: 'wait'; readonly milliseconds: number } | { readonly step: 'give-up' };

/** What waiting cannot mend is tried at a slower pace, so that the few tries last long enough for a person to act. */
const SLOWER_FOR_INSTANCE = 12;
/** Waits are shortened by up to this share by chance, so that not everything comes at the same moment. */
const JITTER = 0.25;

/**
 * Waiting grows with every failure, up to a limit.
 * @param failures in a row before this one
 * @param random in [0, 1)
 */
export function waitMs(failures: number, random: number, settings: RetrySettings, slower = 1): number {
  const { retrySeconds, maxRetrySeconds } = settings;
  const seconds = Math.min(retrySeconds * slower * 2 ** Math.min(failures, 20), maxRetrySeconds);
  return seconds * 1000 * (1 - JITTER * random);
}

/**
 * What to do after an instance did not arrive.
 * @param failures how many before this one had, in a row, a cause of the same kind
 * @param random in [0, 1)
 */
export function nextStep(
  cause: DeliveryCause,
  failures: number,
  { random, settings }: { readonly random: number; readonly settings: RetrySettings },
): NextStep {
  const kind = kindOfCause(cause);
  const limit = settings.deadAfterAttempts[kind];
  if (limit !== 'never' && failures + 1 >= limit) return { step: 'give-up' };
  const slower = kind === 'instance' ? SLOWER_FOR_INSTANCE : 1;
  return { step: 'wait', milliseconds: waitMs(failures, random, settings, slower) };
}

/** No instance waits longer than this: what is due later was queued while a clock was wrong. Twice for who goes last. */
export function longestWaitMs({ maxRetrySeconds }: Pick<RetrySettings, 'maxRetrySeconds'>): number {
  return 2 * maxRetrySeconds * 1000;
}
