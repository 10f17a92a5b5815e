import { ORIENTATION_CODES, type OrientationCode } from '../core/orientation/d4.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import { gathered } from './breakdown.ts';
import type { CopyOf } from './judge-folders.ts';
import type { JudgedSlice } from './judged-slice.ts';
import { type Basis, type SeriesRules, seriesOutcome, seriesTruth } from './series-outcome.ts';
import type { JudgedSeries } from './series-summary.ts';

/** How the series of the folders are put before the policy. */
export interface SeriesTrial {
  readonly basis: Basis;
  /** Under all eight codes: `copyOf` gives the turned slices. */
  readonly allCodes: boolean;
  readonly copyOf: CopyOf;
  readonly rules: SeriesRules;
  /** Said of series whose own kind is `other`, which would pass through without a look. */
  readonly callOthers?: SequenceKind;
}

/** The slices of each series, those of different kinds apart, as the product sees them. */
export function slicesBySeries(slices: readonly JudgedSlice[]): readonly (readonly JudgedSlice[])[] {
  return [...gathered(slices, ({ dataSet, series, kind }) => JSON.stringify([dataSet, series, kind])).values()];
}

/** Decides one series as it is stored, or in all eight ways. */
export function judgeSeries(slices: readonly JudgedSlice[], trial: SeriesTrial): JudgedSeries {
  const [first] = slices as readonly [JudgedSlice];
  const { dataSet, subject, series, side } = first;
  const kind = first.kind === 'other' ? (trial.callOthers ?? first.kind) : first.kind;
  const codes: readonly OrientationCode[] = trial.allCodes ? ORIENTATION_CODES : ['000'];
  return {
    dataSet,
    subject,
    series,
    side,
    kind,
    shortAxis: slices.find(({ shortAxis }) => shortAxis !== undefined)?.shortAxis,
    truth: seriesTruth(slices),
    slices: slices.length,
    outcomes: codes.map((turnedBy) => {
      const copies = turnedBy === '000' ? slices : slices.map((slice) => trial.copyOf(slice, turnedBy));
      return seriesOutcome(copies, trial.rules, { basis: trial.basis, turnedBy, kind });
    }),
  };
}
