import { meanAngleDegrees } from '../orientation/mean-angle.ts';
import type { SlicePrediction } from '../orientation/slice-prediction.ts';
import { bestOf } from './fusion.ts';

/** The predictions of one position, as one: for a report on every instance of it. Undefined where there is none. */
export function meanPrediction(predictions: readonly SlicePrediction[]): SlicePrediction | undefined {
  const [first] = predictions;
  if (first === undefined) return undefined;
  const probabilities = first.probabilities.map((_, i) => mean(predictions.map((one) => one.probabilities[i] ?? 0)));
  const { code } = bestOf(probabilities);
  // An angle belongs to the code that its picture sees.
  const angles = predictions.flatMap((one) =>
    one.angleDegrees === undefined || bestOf(one.probabilities).code !== code ? [] : one.angleDegrees,
  );
  const scores = predictions.flatMap(({ sax }) => sax ?? []);
  return {
    probabilities,
    ...(scores.length === 0 ? {} : { sax: mean(scores) }),
    ...(angles.length === 0
      ? {}
      : { angleDegrees: meanAngleDegrees(angles.map((degrees) => ({ degrees, weight: 1 }))) }),
    ...(first.kind === undefined ? {} : { kind: meanByLabel(predictions.flatMap(({ kind }) => kind ?? [])) }),
    ...(first.quality === undefined
      ? {}
      : { quality: meanByLabel(predictions.flatMap(({ quality }) => quality ?? [])) }),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanByLabel<Label extends string>(
  all: readonly Readonly<Partial<Record<Label, number>>>[],
): Readonly<Partial<Record<Label, number>>> {
  const labels = Object.keys(all[0] ?? {}) as Label[];
  return Object.fromEntries(labels.map((label) => [label, mean(all.map((one) => one[label] ?? 0))])) as Partial<
    Record<Label, number>
  >;
}
