import { bestOf } from '../core/decision/fusion.ts';
import { NodeError } from '../core/errors.ts';
import { ORIENTATION_CODES, type OrientationCode } from '../core/orientation/d4.ts';
import { meanAngleDegrees } from '../core/orientation/mean-angle.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { CropOutputs } from './model-heads.ts';
import type { ModelManifest } from './model-manifest.ts';

/**
 * The mean over the crops, calibrated as the manifest says. Of the short-axis score the least: a short axis looks like
 * one however much of it is in view, and a scout passes for one in some crop.
 * @throws NodeError classifier-failed where the model gave no number
 */
export function calibratedPrediction(
  outputs: CropOutputs,
  {
    labels,
    calibration,
    kinds = [],
    qualities = [],
  }: Pick<ModelManifest, 'labels' | 'calibration' | 'kinds' | 'qualities'>,
): SlicePrediction {
  const { logProbabilities, saxLogit, angleDegrees, kindLogits, qualityLogits } = outputs;
  const byLabel = softmax(columnMeans(logProbabilities, labels.length), calibration.temperature);
  const probabilities = ORIENTATION_CODES.map((code) => byLabel[labels.indexOf(code)] as number);
  const prediction: SlicePrediction = {
    probabilities,
    ...(saxLogit === undefined ? {} : { sax: saxScore(saxLogit, calibration) }),
    ...(angleDegrees === undefined ? {} : { angleDegrees: angleOf(angleDegrees, labels, probabilities) }),
    ...(kindLogits === undefined ? {} : { kind: named(kinds, kindLogits, calibration.kindTemperature) }),
    ...(qualityLogits === undefined
      ? {}
      : { quality: named(qualities, qualityLogits, calibration.qualityTemperature) }),
  };
  const { sax = 0, angleDegrees: angle = 0, kind = {}, quality = {} } = prediction;
  const numbers = [...probabilities, sax, angle, ...Object.values(kind), ...Object.values(quality)];
  if (numbers.every(Number.isFinite)) return prediction;
  throw new NodeError('classifier-failed', 'The model gave a value that is not a number');
}

/** The angle that the picture has where it is corrected by its most probable code. */
function angleOf(angles: Float32Array, labels: readonly OrientationCode[], probabilities: readonly number[]): number {
  const column = labels.indexOf(bestOf(probabilities).code);
  return meanAngleDegrees(columnOf(angles, labels.length, column).map((degrees) => ({ degrees, weight: 1 })));
}

function saxScore(
  logits: Float32Array,
  { saxScale = 1, saxOffset = 0 }: Pick<ModelManifest['calibration'], 'saxScale' | 'saxOffset'>,
): number {
  const logit = Math.min(...logits);
  return 1 / (1 + Math.exp(-(logit * saxScale + saxOffset)));
}

function named<Label extends string>(
  labels: readonly Label[],
  logits: Float32Array,
  temperature: number,
): Readonly<Partial<Record<Label, number>>> {
  const shares = softmax(columnMeans(logits, labels.length), temperature);
  return Object.fromEntries(labels.map((label, i) => [label, shares[i]])) as Partial<Record<Label, number>>;
}

function softmax(values: readonly number[], temperature: number): number[] {
  const largest = Math.max(...values);
  const shares = values.map((value) => Math.exp((value - largest) / temperature));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

/** The mean over the crops of each of `width` numbers. */
function columnMeans(values: Float32Array, width: number): number[] {
  return Array.from({ length: width }, (_, column) => {
    const ofCrops = columnOf(values, width, column);
    return ofCrops.reduce((sum, value) => sum + value, 0) / ofCrops.length;
  });
}

function columnOf(values: Float32Array, width: number, column: number): number[] {
  return Array.from({ length: values.length / width }, (_, crop) => values[crop * width + column] as number);
}
