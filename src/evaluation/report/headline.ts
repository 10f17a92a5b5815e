import type { Proportion } from '../intervals.ts';
import type { Breakdown, ModelEvaluation, SeriesEvaluation } from '../model-evaluation.ts';
import type { Accuracy } from '../slice-metrics.ts';
import { fraction, intervals, milliseconds, NOTHING, percent, shareText } from './figure-text.ts';

/** One figure that stands for the whole, and what it ought to be. */
export interface HeadlineRow {
  readonly measure: string;
  readonly value: string;
  /** 95 %: as if independent; by subject. */
  readonly intervals: string;
  readonly goal: string;
  /** Undefined where there is no goal or nothing was measured. */
  readonly reached: boolean | undefined;
}

const LEAST_ACCURACY: Readonly<Record<string, number>> = { cine: 0.995, LGE: 0.99, T2: 0.99 };
const GREATEST_ECE = 0.03;
const LEAST_COVERAGE = 0.97;
const GREATEST_MS = 2;

/** The figures that a site asks for first, in the same order for every recogniser. */
export function headline(model: ModelEvaluation): readonly HeadlineRow[] {
  return [
    ...kindRows(model.breakdowns.find(({ title }) => title === 'Sequence kind')),
    eceRow(model),
    ...model.series.flatMap(seriesRows),
    ...model.notShortAxis.map(({ title, summary }) =>
      share(`No short axis, turned: ${title}`, summary.turned, { goal: '0', reached: (value) => value === 0 }),
    ),
    ...consistencyRow(model),
    ...speedRow(model),
  ];
}

function kindRows(byKind: Breakdown<Accuracy> | undefined): HeadlineRow[] {
  return (byKind?.parts ?? []).flatMap(({ label, measured }) => {
    const least = LEAST_ACCURACY[label];
    const goal =
      least === undefined ? undefined : { goal: `≥ ${percent(least)} %`, reached: (value: number) => value >= least };
    return [
      share(`Slices, ${label}: right or harmless`, measured.harmless, goal),
      share(`Slices, ${label}: right code`, measured.strict),
    ];
  });
}

function eceRow({ slices: { calibration } }: ModelEvaluation): HeadlineRow {
  const { ece, eceByChance } = calibration.strict;
  return {
    measure: 'Calibration error of slices (15 bins)',
    value: fraction(ece),
    intervals: ece === undefined ? NOTHING : `${fraction(eceByChance)} by chance alone`,
    goal: `≤ ${GREATEST_ECE}`,
    reached: ece === undefined ? undefined : ece <= GREATEST_ECE,
  };
}

function seriesRows({ basis, summary }: SeriesEvaluation): HeadlineRow[] {
  const on = basis === 'geometry' ? 'with geometry' : 'by the picture alone';
  const none = { goal: '0', reached: (value: number) => value === 0 };
  return [
    share(`Series ${on}: turned and wrong (harm)`, summary.harmed, none),
    share(`Series ${on}: decided (coverage)`, summary.covered, {
      goal: `≥ ${percent(LEAST_COVERAGE)} %`,
      reached: (value) => value >= LEAST_COVERAGE,
    }),
    share(`Series ${on}: standard, and changed`, summary.changedStandard, none),
    share(`Series ${on}: left as standard, and wrong`, summary.leftWrong, none),
  ];
}

function consistencyRow({ consistency }: ModelEvaluation): HeadlineRow[] {
  if (consistency === undefined) return [];
  return [
    {
      measure: 'Same answer for all eight turns of a picture',
      value: `${percent(consistency.sameCode)} % (${consistency.pictures} pictures)`,
      intervals: `probabilities differ by ≤ ${consistency.greatestDifference.toExponential(1)}`,
      goal: '100 %',
      reached: consistency.sameCode === 1,
    },
  ];
}

function speedRow({ speed }: ModelEvaluation): HeadlineRow[] {
  if (speed === undefined) return [];
  const { processorTime, oneThread, load, cores } = speed;
  return [
    {
      measure: 'A slice on one thread, preprocessing included',
      value: `${milliseconds(processorTime)} of the processor`,
      intervals: `median ${milliseconds(oneThread.median)} passed, at a load of ${load.toFixed(1)} on ${cores} cores`,
      goal: `≤ ${GREATEST_MS} ms`,
      reached: processorTime <= GREATEST_MS,
    },
  ];
}

function share(
  measure: string,
  found: Proportion,
  goal?: { readonly goal: string; readonly reached: (value: number) => boolean },
): HeadlineRow {
  const { value } = found;
  return {
    measure,
    value: shareText(found),
    intervals: value === undefined ? NOTHING : `${intervals(found)} %`,
    goal: goal?.goal ?? '',
    reached: goal === undefined || value === undefined ? undefined : goal.reached(value),
  };
}
