import { type AngleErrors, angleErrorsOf } from './angle-error.ts';
import { type Calibration, type CoveragePoint, calibrationOf, coverageCurve } from './calibration.ts';
import type { MeasuredSlice } from './judged-slice.ts';
import { type Accuracy, accuracyByCode, accuracyOf, confusionOf } from './slice-metrics.ts';

/** All that is measured on slices whose truth is known. */
export interface SliceSummary {
  readonly accuracy: Accuracy;
  /** Probability of the named code against how often it was right; and against how often it did no harm. */
  readonly calibration: { readonly strict: Calibration; readonly harmless: Calibration };
  readonly coverage: readonly CoveragePoint[];
  /** Wrong answers, and how many of them were given with a probability beyond SURELY. */
  readonly wrong: number;
  readonly surelyWrong: readonly MeasuredSlice[];
  readonly angles: AngleErrors | undefined;
}

/** Every code under which the slices were shown, and what was said. */
export interface CodeTable {
  readonly byCode: ReturnType<typeof accuracyByCode>;
  readonly confusion: ReturnType<typeof confusionOf>;
}

/** A wrong answer more probable than this was given surely. */
export const SURELY = 0.9;

export function sliceSummary(slices: readonly MeasuredSlice[]): SliceSummary {
  const statements = slices.map(({ probability, verdict }) => ({
    probability,
    right: verdict === 'right',
    harm: verdict === 'harm',
  }));
  return {
    accuracy: accuracyOf(slices),
    calibration: {
      strict: calibrationOf(statements),
      harmless: calibrationOf(statements.map(({ probability, harm }) => ({ probability, right: !harm }))),
    },
    coverage: coverageCurve(statements),
    wrong: statements.filter(({ right }) => !right).length,
    surelyWrong: slices
      .filter(({ verdict, probability }) => verdict !== 'right' && probability > SURELY)
      .sort((a, b) => b.probability - a.probability),
    angles: angleErrorsOf(slices),
  };
}

export function codeTable(slices: readonly MeasuredSlice[]): CodeTable {
  return { byCode: accuracyByCode(slices), confusion: confusionOf(slices) };
}
