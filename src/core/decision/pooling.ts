import { NodeError } from '../errors.ts';
import { type ObservedOrientation, ORIENTATION_CODES } from '../orientation/d4.ts';
import { meanAngleDegrees } from '../orientation/mean-angle.ts';
import { relationOf } from '../orientation/relation.ts';
import type { SlicePrediction } from '../orientation/slice-prediction.ts';
import { bestOf, normalised, probabilityOf } from './fusion.ts';
import { isValid, type PositionOpinion, positionOpinion } from './position-opinion.ts';

/** Probability from which one slice position is sure of its own code. */
export const SLICE_SURE = 0.9;
/** Part of the slice positions that, sure of a mirror or a half turn of the rest, makes a stack contradict itself. */
export const CONTRADICTING_FRACTION = 0.25;
/** A position whose best code is at most this many times as probable as the pooled one agrees with it. */
export const AGREEMENT_RATIO = 2;

/** A slice's prediction and where the slice lies: equal keys are phases of one slice position. */
export interface PositionedPrediction {
  readonly positionKey: string | number;
  readonly prediction: SlicePrediction;
}

/** What the pictures of one stack say together. Positions that show little of the heart count less in all of it. */
export interface PooledOpinion {
  /** In the order of ORIENTATION_CODES, adding up to one. */
  readonly probabilities: readonly number[];
  /** Short-axis score of the better half of the slice positions: apex and base look like nothing much. */
  readonly sax?: number;
  /** Mean in-plane angle of the positions that see the pooled code, where the model gives one. */
  readonly angleDegrees?: number;
  /** Part of the slice positions that agrees with the pooled code. */
  readonly agreement: number;
  /** Sure slices speak of a mirror or a half turn between them. */
  readonly contradictory: boolean;
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
  const scores = positions.flatMap(({ sax }) => sax ?? []);
  const angleDegrees = pooledAngle(positions, code);
  return {
    probabilities,
    ...(scores.length === 0 ? {} : { sax: meanOfBetterHalf(scores) }),
    ...(angleDegrees === undefined ? {} : { angleDegrees }),
    ...agreementOf(positions, code),
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

function weightOf(positions: readonly PositionOpinion[]): number {
  return positions.reduce((sum, { weight }) => sum + weight, 0);
}

/**
 * However many pictures there are, they count as no more independent witnesses than a whole stack has: phases without
 * geometry cannot be told from slices, and many of the same must not become sure together.
 */
export const MOST_WITNESSES = 5;

/**
 * Neighbouring slices make the same mistakes: a weight of `correlation` together is one independent witness. Up to that
 * the pooled evidence is their mean, neither more nor less than one slice gives; of less than one whole slice, less. Of
 * nothing but blank and noise, nothing.
 */
function pooledProbabilities(positions: readonly PositionOpinion[], correlation: number): readonly number[] {
  if (positions.every(({ empty }) => empty)) return normalised(ORIENTATION_CODES.map(() => 0));
  const weight = weightOf(positions);
  const divisor = Math.max(1, Math.min(correlation, weight), weight / MOST_WITNESSES);
  return normalised(
    ORIENTATION_CODES.map(
      (_, index) =>
        positions.reduce((sum, { logProbabilities, weight }) => sum + weight * (logProbabilities[index] ?? 0), 0) /
        divisor,
    ),
  );
}

function meanOfBetterHalf(scores: readonly number[]): number {
  const best = [...scores].sort((a, b) => b - a).slice(0, Math.ceil(scores.length / 2));
  return best.reduce((sum, score) => sum + score, 0) / best.length;
}

function pooledAngle(positions: readonly PositionOpinion[], code: ObservedOrientation): number | undefined {
  const angles = positions.flatMap(({ angles: ofPhases, weight }) => {
    const seen = ofPhases.filter((angle) => angle.code === code);
    return seen.map(({ degrees }) => ({ degrees, weight: weight / seen.length }));
  });
  return angles.length === 0 ? undefined : meanAngleDegrees(angles);
}

/** Blank and noise see something, too, and may be sure of it: they neither agree nor contradict. */
function agreementOf(
  positions: readonly PositionOpinion[],
  code: ObservedOrientation,
): Pick<PooledOpinion, 'agreement' | 'contradictory'> {
  const seeing = positions.filter(({ empty }) => !empty);
  if (seeing.length === 0) return { agreement: 0, contradictory: false };
  const against = seeing.filter(({ probabilities }) => {
    const own = bestOf(probabilities);
    const relation = relationOf(own.code, code);
    return own.probability > SLICE_SURE && (relation === 'mirror' || relation === 'half-turn');
  });
  const agreeing = seeing.filter(
    ({ probabilities }) => bestOf(probabilities).probability <= AGREEMENT_RATIO * probabilityOf(probabilities, code),
  );
  const whole = weightOf(seeing);
  return {
    agreement: weightOf(agreeing) / whole,
    contradictory: against.length > 0 && weightOf(against) >= CONTRADICTING_FRACTION * whole,
  };
}
