import type { DecisionReason } from '../core/decision/decision.ts';
import type { OrientationCode } from '../core/orientation/d4.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { Proportion } from './intervals.ts';
import { proportion } from './intervals.ts';
import { type JudgedSlice, subjectOf } from './judged-slice.ts';
import type { OrientationTruth } from './orientation-truth.ts';
import type { SeriesOutcome } from './series-outcome.ts';

/** One series of the folder and what would become of it, as it is stored or turned in each of eight ways. */
export interface JudgedSeries extends Pick<JudgedSlice, 'dataSet' | 'subject' | 'series' | 'side' | 'shortAxis'> {
  /** By which it was decided: its own, or what somebody who is asked to test the recogniser alone calls it. */
  readonly kind: SequenceKind;
  /** As it is stored in the folder. */
  readonly truth: OrientationTruth | undefined;
  readonly slices: number;
  readonly outcomes: readonly SeriesOutcome[];
}

/**
 * Short-axis series of which the truth is known. A series counts once: where it was turned in eight ways, `covered`
 * means all of them, and everything bad means any of them.
 */
export interface SeriesSummary {
  readonly series: number;
  /** Turned, or found standard. */
  readonly covered: Proportion;
  /** Turned into a picture that does harm. */
  readonly harmed: Proportion;
  /** Found standard, though it is harmfully far from it. */
  readonly leftWrong: Proportion;
  /** Of those that are standard already: turned all the same. */
  readonly changedStandard: Proportion;
  /** Cases (series times the ways they were stored) by what became of them and how right that was. */
  readonly cases: Readonly<Record<'turned' | 'left', Readonly<Record<'right' | 'harmless' | 'harm', number>>>>;
  /** Series that were refused in any of the ways, by the reason of the first one. */
  readonly refused: readonly { readonly reason: DecisionReason; readonly series: number }[];
}

const STANDARD: OrientationCode = '000';

export function seriesSummary(series: readonly JudgedSeries[]): SeriesSummary {
  const known = series.filter(({ truth }) => truth !== undefined);
  const share = (some: readonly JudgedSeries[], hit: (outcomes: readonly SeriesOutcome[]) => boolean): Proportion =>
    proportion(some.map((one) => ({ subject: subjectOf(one), hit: hit(one.outcomes) })));
  const standard = known.filter(({ outcomes }) => outcomes.some(isStandard));
  const count = (fate: string, verdict: string): number =>
    known.flatMap(({ outcomes }) => outcomes).filter((one) => one.fate === fate && one.verdict === verdict).length;
  const verdicts = (fate: string) => ({
    right: count(fate, 'right'),
    harmless: count(fate, 'harmless'),
    harm: count(fate, 'harm'),
  });
  return {
    series: known.length,
    covered: share(known, (outcomes) => outcomes.every(({ fate }) => fate !== 'refused')),
    harmed: share(known, (outcomes) => outcomes.some(({ fate, verdict }) => fate === 'turned' && verdict === 'harm')),
    leftWrong: share(known, (outcomes) => outcomes.some(({ fate, verdict }) => fate === 'left' && verdict === 'harm')),
    changedStandard: share(standard, (outcomes) => outcomes.some((one) => isStandard(one) && one.fate === 'turned')),
    cases: { turned: verdicts('turned'), left: verdicts('left') },
    refused: refusals(known),
  };
}

/** What became of series that are no short axes. */
export interface NotShortAxisSummary {
  /** Turned in any of the ways in which they were stored. */
  readonly turned: Proportion;
  readonly reasons: readonly { readonly reason: DecisionReason; readonly series: number }[];
}

export function notShortAxisSummary(series: readonly JudgedSeries[]): NotShortAxisSummary {
  const turned = series.map((one) => ({
    subject: subjectOf(one),
    hit: one.outcomes.some(({ fate }) => fate === 'turned'),
  }));
  return { turned: proportion(turned), reasons: counted(series.flatMap(({ outcomes }) => outcomes[0]?.reason ?? [])) };
}

function isStandard({ truth }: SeriesOutcome): boolean {
  return truth?.code === STANDARD;
}

function refusals(series: readonly JudgedSeries[]): SeriesSummary['refused'] {
  return counted(series.flatMap(({ outcomes }) => outcomes.find(({ fate }) => fate === 'refused')?.reason ?? []));
}

function counted(reasons: readonly DecisionReason[]): { readonly reason: DecisionReason; readonly series: number }[] {
  return [...new Set(reasons)]
    .map((reason) => ({ reason, series: reasons.filter((one) => one === reason).length }))
    .sort((a, b) => b.series - a.series);
}
