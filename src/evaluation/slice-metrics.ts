import { ORIENTATION_CODES, type OrientationCode } from '../core/orientation/d4.ts';
import { type Proportion, proportion } from './intervals.ts';
import { type MeasuredSlice, subjectOf } from './judged-slice.ts';

/** How often the right code was named, and how often naming it would do no harm. */
export interface Accuracy {
  readonly strict: Proportion;
  readonly harmless: Proportion;
}

export function accuracyOf(slices: readonly MeasuredSlice[]): Accuracy {
  const share = (hit: (slice: MeasuredSlice) => boolean): Proportion =>
    proportion(slices.map((slice) => ({ subject: subjectOf(slice), hit: hit(slice) })));
  return {
    strict: share(({ verdict }) => verdict === 'right'),
    harmless: share(({ verdict }) => verdict !== 'harm'),
  };
}

/** By the true code; codes that nothing shows have n = 0. */
export function accuracyByCode(
  slices: readonly MeasuredSlice[],
): readonly { readonly code: OrientationCode; readonly accuracy: Accuracy }[] {
  return ORIENTATION_CODES.map((code) => ({
    code,
    accuracy: accuracyOf(slices.filter(({ truth }) => truth.code === code)),
  }));
}

/** Counts: a row for each true code, a column for each code that was named, in the order of ORIENTATION_CODES. */
export function confusionOf(slices: readonly MeasuredSlice[]): readonly (readonly number[])[] {
  const counts = ORIENTATION_CODES.map(() => ORIENTATION_CODES.map(() => 0));
  for (const { truth, named } of slices) {
    const row = counts[ORIENTATION_CODES.indexOf(truth.code)] as number[];
    const column = ORIENTATION_CODES.indexOf(named);
    row[column] = (row[column] as number) + 1;
  }
  return counts;
}
