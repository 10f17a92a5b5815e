import { type ObservedOrientation, ORIENTATION_CODES, observed } from '../orientation/d4.ts';
import type { SettledOpinion } from '../orientation/settled-frame.ts';

/** What a settled frame adds, in nats, to the code that leads to it (see HEADER_LOG_PRIOR_BOUND for the sum of both). */
export const SETTLED_LOG_PRIOR = 0.5;
/** Smallest probability that counts, so that no single slice can veto a code on its own. */
export const PROBABILITY_FLOOR = 1e-4;

export function flooredLog(probability: number): number {
  return Math.log(Math.max(probability, PROBABILITY_FLOOR));
}

/** Probabilities, adding up to one, of log-probabilities that need not be normalised. */
export function normalised(logProbabilities: readonly number[]): readonly number[] {
  const greatest = Math.max(...logProbabilities);
  const weights = logProbabilities.map((value) => Math.exp(value - greatest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

export interface RankedCode {
  readonly code: ObservedOrientation;
  readonly probability: number;
}

/** The first of the most probable codes. */
export function bestOf(probabilities: readonly number[]): RankedCode {
  return ORIENTATION_CODES.map((name, index) => ({
    code: observed(name),
    probability: probabilities[index] ?? 0,
  })).reduce((best, next) => (next.probability > best.probability ? next : best));
}

export function probabilityOf(probabilities: readonly number[], code: ObservedOrientation): number {
  return probabilities[ORIENTATION_CODES.indexOf(code)] ?? 0;
}

/** The picture's probabilities with the bounded word of the header and of what was settled before. */
export function fuse(
  picture: readonly number[],
  headerLogPrior: readonly number[],
  settled: SettledOpinion | undefined,
): readonly number[] {
  return normalised(
    ORIENTATION_CODES.map(
      (code, index) =>
        flooredLog(picture[index] ?? 0) +
        (headerLogPrior[index] ?? 0) +
        (settled?.code === code ? SETTLED_LOG_PRIOR : 0),
    ),
  );
}
