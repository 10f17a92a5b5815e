import { type Proportion, proportion, quantile } from './intervals.ts';
import { type JudgedSlice, subjectOf } from './judged-slice.ts';

/** The short-axis scores of slices that are, or are not, short axes. */
export interface ScoreDistribution {
  /** Counts in bins of equal width from 0 to 1. */
  readonly counts: readonly number[];
  readonly median: number | undefined;
  readonly p5: number | undefined;
  readonly p95: number | undefined;
  /** Slices that are taken for a short axis. */
  readonly accepted: Proportion;
}

export interface ShortAxisScores {
  readonly threshold: number;
  readonly shortAxes: ScoreDistribution;
  readonly others: ScoreDistribution;
  /** Probability that a short axis has a higher score than something else; undefined where one of them is missing. */
  readonly areaUnderCurve: number | undefined;
}

export const SCORE_BINS = 20;

/** Undefined where the model has no such score. */
export function shortAxisScores(slices: readonly JudgedSlice[], threshold: number): ShortAxisScores | undefined {
  const scored = slices.flatMap((slice) => {
    const { sax } = slice.prediction;
    return sax === undefined ? [] : [{ subject: subjectOf(slice), shortAxis: slice.shortAxis, score: sax }];
  });
  if (scored.length === 0) return undefined;
  const shortAxes = scored.filter(({ shortAxis }) => shortAxis === true);
  const others = scored.filter(({ shortAxis }) => shortAxis === false);
  return {
    threshold,
    shortAxes: distributionOf(shortAxes, threshold),
    others: distributionOf(others, threshold),
    areaUnderCurve: areaUnderCurve(shortAxes.map(scoreOf), others.map(scoreOf)),
  };
}

interface ScoredSlice {
  readonly subject: string;
  readonly score: number;
}

const scoreOf = ({ score }: ScoredSlice): number => score;

function distributionOf(slices: readonly ScoredSlice[], threshold: number): ScoreDistribution {
  const scores = slices.map(scoreOf);
  const counts = Array.from({ length: SCORE_BINS }, () => 0);
  for (const score of scores) {
    const bin = Math.min(SCORE_BINS - 1, Math.floor(score * SCORE_BINS));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return {
    counts,
    median: quantile(scores, 0.5),
    p5: quantile(scores, 0.05),
    p95: quantile(scores, 0.95),
    accepted: proportion(slices.map(({ subject, score }) => ({ subject, hit: score >= threshold }))),
  };
}

/** Mann and Whitney's statistic: ties count half. */
export function areaUnderCurve(positives: readonly number[], negatives: readonly number[]): number | undefined {
  if (positives.length === 0 || negatives.length === 0) return undefined;
  const all = [
    ...positives.map((score) => ({ score, positive: true })),
    ...negatives.map((score) => ({ score, positive: false })),
  ].sort((a, b) => a.score - b.score);
  let wins = 0;
  let negativesBelow = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    let tied = 0;
    let tiedNegatives = 0;
    for (; to < all.length && all[to]?.score === all[from]?.score; to++) {
      if (all[to]?.positive === true) tied += 1;
      else tiedNegatives += 1;
    }
    wins += tied * (negativesBelow + tiedNegatives / 2);
    negativesBelow += tiedNegatives;
    from = to;
  }
  return wins / (positives.length * negatives.length);
}
