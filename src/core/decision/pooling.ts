import { NodeError } from '../errors.ts';
import { ORIENTATION_CODES } from '../orientation/d4.ts';
import { relationOf } from '../orientation/relation.ts';
import type { SlicePrediction } from '../orientation/slice-prediction.ts';
import { bestOf, flooredLog, normalised, probabilityOf } from './fusion.ts';

/** Probability from which one slice position is sure of its own code. */
export const SLICE_SURE = 0.9;
/** Fraction of slice positions that, sure of a mirror or a half turn of the rest, make a stack contradict itself. */
export const CONTRADICTING_FRACTION = 0.25;
/** A position whose best code is at most this many times as probable as the pooled one agrees with it. */
export const AGREEMENT_RATIO = 2;
/** Greatest departure of eight probabilities from adding up to one. */
export const SUM_TOLERANCE = 1e-3;

/** A slice's prediction and where the slice lies: equal keys are phases of one slice position. */
export interface PositionedPrediction {
  readonly positionKey: string | number;
  readonly prediction: SlicePrediction;
}

/** What the pictures of one stack say together. */
export interface PooledOpinion {
  /** In the order of ORIENTATION_CODES, adding up to one. */
  readonly probabilities: readonly number[];
  /** Short-axis score of the better half of the slice positions: apex and base look like nothing much. */
  readonly sax: number;
  /** Mean in-plane angle of the positions that see the pooled code, where the model gives one. */
  readonly angleDegrees?: number;
  /** Fraction of slice positions that agree with the pooled code. */
  readonly agreement: number;
  /** Sure slices speak of a mirror or a half turn between them. */
  readonly contradictory: boolean;
}

interface PositionOpinion {
  readonly logProbabilities: readonly number[];
  readonly probabilities: readonly number[];
  readonly sax: number;
  readonly angles: readonly { readonly code: string; readonly degrees: number }[];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function isValid({ probabilities, sax, angleDegrees }: SlicePrediction): boolean {
  return (
    probabilities.length === ORIENTATION_CODES.length &&
    probabilities.every((probability) => probability >= 0) &&
    Math.abs(probabilities.reduce((sum, probability) => sum + probability, 0) - 1) <= SUM_TOLERANCE &&
    sax >= 0 &&
    sax <= 1 &&
    (angleDegrees === undefined || Number.isFinite(angleDegrees))
  );
}

/** Phases of one position show the same anatomy: their mean counts once. */
function positionOpinion(phases: readonly SlicePrediction[]): PositionOpinion {
  const logProbabilities = ORIENTATION_CODES.map((_, index) =>
    mean(phases.map(({ probabilities }) => flooredLog(probabilities[index] ?? 0))),
  );
  return {
    logProbabilities,
    probabilities: normalised(logProbabilities),
    sax: mean(phases.map(({ sax }) => sax)),
    angles: phases.flatMap(({ probabilities, angleDegrees }) =>
      angleDegrees === undefined ? [] : [{ code: bestOf(probabilities).code, degrees: angleDegrees }],
    ),
  };
}

function positionsOf(predictions: readonly PositionedPrediction[]): readonly PositionOpinion[] {
  const phases = new Map<string | number, SlicePrediction[]>();
  for (const { positionKey, prediction } of predictions) {
    const seen = phases.get(positionKey);
    if (seen === undefined) phases.set(positionKey, [prediction]);
    else seen.push(prediction);
  }
  return [...phases.values()].map(positionOpinion);
}

/**
 * Neighbouring slices make the same mistakes: `correlation` of them count as one independent witness. Up to that many
 * positions the pooled evidence is their mean, neither more nor less than one slice gives.
 */
function pooledProbabilities(positions: readonly PositionOpinion[], correlation: number): readonly number[] {
  const divisor = Math.max(1, Math.min(correlation, positions.length));
  return normalised(
    ORIENTATION_CODES.map(
      (_, index) => positions.reduce((sum, { logProbabilities }) => sum + (logProbabilities[index] ?? 0), 0) / divisor,
    ),
  );
}

function betterHalfSax(positions: readonly PositionOpinion[]): number {
  const best = positions.map(({ sax }) => sax).sort((a, b) => b - a);
  return mean(best.slice(0, Math.ceil(best.length / 2)));
}

/**
 * What the slices of one stack say together.
 * @throws NodeError classifier-failed where there is no prediction or one is not a probability distribution
 */
export function poolSlices(
  predictions: readonly PositionedPrediction[],
  { correlation }: { readonly correlation: number },
): PooledOpinion {
  if (predictions.length === 0) throw new NodeError('classifier-failed', 'no slice of the stack was recognised');
  if (!predictions.every(({ prediction }) => isValid(prediction)) || !(correlation >= 1)) {
    throw new NodeError('classifier-failed', 'the recogniser gave something that is not a probability distribution');
  }
  const positions = positionsOf(predictions);
  const probabilities = pooledProbabilities(positions, correlation);
  const { code } = bestOf(probabilities);
  const own = positions.map((position) => ({ ...bestOf(position.probabilities), position }));
  const against = own.filter((vote) => {
    const relation = relationOf(vote.code, code);
    return vote.probability > SLICE_SURE && (relation === 'mirror' || relation === 'half-turn');
  });
  const agreeing = own.filter(
    (vote) => vote.probability <= AGREEMENT_RATIO * probabilityOf(vote.position.probabilities, code),
  );
  const angles = positions.flatMap((position) => {
    const seen = position.angles.filter((angle) => angle.code === code).map(({ degrees }) => degrees);
    return seen.length === 0 ? [] : [mean(seen)];
  });
  return {
    probabilities,
    sax: betterHalfSax(positions),
    ...(angles.length > 0 ? { angleDegrees: mean(angles) } : {}),
    agreement: agreeing.length / positions.length,
    contradictory: against.length >= CONTRADICTING_FRACTION * positions.length && against.length > 0,
  };
}
