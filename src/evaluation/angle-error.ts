import { angleUnder, wrapDegrees } from '../core/orientation/relation.ts';
import { type Interval, quantile, resampled } from './intervals.ts';
import { type MeasuredSlice, subjectOf } from './judged-slice.ts';

/** How far the angle that the recogniser gave is from the true one, code and angle together, in degrees. */
export interface AngleErrors {
  /** Slices whose true angle is known, of which the recogniser gave an angle on the right side. */
  readonly n: number;
  /** Slices of which it named a mirror of the truth: no angle can be told. */
  readonly mirrored: number;
  readonly mean: number;
  readonly median: number;
  readonly p90: number;
  /** Of the mean, whole subjects drawn anew. */
  readonly meanInterval: Interval | undefined;
}

/** Undefined for a mirror, and where truth or recogniser gives no angle. */
export function angleErrorDegrees({ truth, named, prediction }: MeasuredSlice): number | undefined {
  if (truth.angleDegrees === undefined || prediction.angleDegrees === undefined) return undefined;
  const left = angleUnder({ code: truth.code, angleDegrees: truth.angleDegrees }, named);
  return left === undefined ? undefined : Math.abs(wrapDegrees(prediction.angleDegrees - left));
}

/** Undefined where no slice has both angles. */
export function angleErrorsOf(slices: readonly MeasuredSlice[]): AngleErrors | undefined {
  const known = slices.filter(
    ({ truth, prediction }) => truth.angleDegrees !== undefined && prediction.angleDegrees !== undefined,
  );
  const bySubject = new Map<string, number[]>();
  for (const slice of known) {
    const error = angleErrorDegrees(slice);
    if (error === undefined) continue;
    const subject = subjectOf(slice);
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), error]);
  }
  const subjects = [...bySubject.values()];
  const errors = subjects.flat();
  if (errors.length === 0) return undefined;
  const sums = subjects.map((own) => ({ n: own.length, sum: own.reduce((sum, error) => sum + error, 0) }));
  const meanOf = (drawn: readonly { readonly n: number; readonly sum: number }[]): number =>
    drawn.reduce((total, { sum }) => total + sum, 0) / drawn.reduce((total, { n }) => total + n, 0);
  return {
    n: errors.length,
    mirrored: known.length - errors.length,
    mean: meanOf(sums),
    median: quantile(errors, 0.5) as number,
    p90: quantile(errors, 0.9) as number,
    meanInterval: resampled(sums, meanOf),
  };
}
