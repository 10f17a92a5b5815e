import { ORIENTATION_CODES, type OrientationCode } from '../orientation/d4.ts';
import type { QualityProbabilities, SlicePrediction } from '../orientation/slice-prediction.ts';
import { bestOf, flooredLog, normalised } from './fusion.ts';

/** A slice position counts at least so much, however little of the heart it shows. */
const LEAST_WEIGHT = 0.1;
/** Greatest departure of probabilities from adding up to one. */
export const SUM_TOLERANCE = 1e-3;

/** What the phases of one slice position say together: they show the same anatomy, so their mean counts once. */
export interface PositionOpinion {
  readonly logProbabilities: readonly number[];
  readonly probabilities: readonly number[];
  readonly sax?: number;
  /** In-plane angle of each phase for the code that this phase sees. */
  readonly angles: readonly { readonly code: OrientationCode; readonly degrees: number }[];
  /** From LEAST_WEIGHT to 1, the probability that it shows the heart; 1 where the model does not tell. */
  readonly weight: number;
  /** It is rather blank or noise than a picture: what it says is worth nothing. */
  readonly empty: boolean;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function isDistribution(probabilities: readonly number[]): boolean {
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  return probabilities.every((probability) => probability >= 0) && Math.abs(sum - 1) <= SUM_TOLERANCE;
}

/** Whether a prediction is what it claims to be: probabilities, scores and angles that are numbers. */
export function isValid({ probabilities, sax, angleDegrees, quality }: SlicePrediction): boolean {
  return (
    probabilities.length === ORIENTATION_CODES.length &&
    isDistribution(probabilities) &&
    (sax === undefined || (sax >= 0 && sax <= 1)) &&
    (angleDegrees === undefined || Number.isFinite(angleDegrees)) &&
    (quality === undefined || isDistribution(Object.values(quality)))
  );
}

/** @param phases of one position, at least one */
export function positionOpinion(phases: readonly SlicePrediction[]): PositionOpinion {
  const logProbabilities = ORIENTATION_CODES.map((_, index) =>
    mean(phases.map(({ probabilities }) => flooredLog(probabilities[index] ?? 0))),
  );
  const scores = phases.flatMap(({ sax }) => sax ?? []);
  const qualities = phases.flatMap(({ quality }) => quality ?? []);
  return {
    logProbabilities,
    probabilities: normalised(logProbabilities),
    ...(scores.length === 0 ? {} : { sax: mean(scores) }),
    angles: phases.flatMap(({ probabilities, angleDegrees }) =>
      angleDegrees === undefined ? [] : [{ code: bestOf(probabilities).code, degrees: angleDegrees }],
    ),
    ...heartOf(qualities),
  };
}

/** Only what is surely blank or noise is kept out of agreement and contradiction: a heart must not be. */
const SURELY_EMPTY = 0.8;

function heartOf(qualities: readonly QualityProbabilities[]): Pick<PositionOpinion, 'weight' | 'empty'> {
  if (qualities.length === 0) return { weight: 1, empty: false };
  const weight = Math.max(LEAST_WEIGHT, mean(qualities.map(({ heart = 0 }) => heart)));
  return { weight, empty: mean(qualities.map(({ blank = 0, noise = 0 }) => blank + noise)) > SURELY_EMPTY };
}
