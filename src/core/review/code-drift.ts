import { ORIENTATION_CODES, type OrientationCode } from '../orientation/d4.ts';

/** How often each code was observed, each study counted once for each code that it showed. */
export type CodeCounts = Readonly<Partial<Record<OrientationCode, number>>>;

export interface CodeSamples {
  readonly recent: CodeCounts;
  readonly before: CodeCounts;
}

export interface CodeDrift {
  /** Probability of so great a difference by chance in at least one code, if the scanner's habit is what it was. */
  readonly pValue: number;
  /** Also after the correction for all that are compared. */
  readonly changed: boolean;
  readonly sentence: string;
}

/** With less than this nothing can be told. */
export const LEAST_RECENT = 5;
export const LEAST_BEFORE = 20;
/** Of all comparisons of one look together: looked at daily, an alarm by chance comes once in three years. */
export const SIGNIFICANCE = 0.001;

/** Whether there is enough of both to compare them. */
export function canCompare({ recent, before }: CodeSamples): boolean {
  return sum(recent) >= LEAST_RECENT && sum(before) >= LEAST_BEFORE;
}

/**
 * Compares what scanners sent of late with what they sent before. For each code Fisher's exact test of that code against
 * all others (two-sided: Fisher, Statistical Methods for Research Workers, §21.02), times the number of codes that occur
 * (Bonferroni); over all comparisons Holm's step-down procedure (Scand J Statist 6:65, 1979). Exact where a code that was
 * never seen before appears a few times, which is where the chi-squared approximation fails, and what has to be found.
 * @param samples each of which can be compared
 * @returns in the same order
 */
export function codeDrifts(samples: readonly CodeSamples[]): readonly CodeDrift[] {
  const tests = samples.map(mostMoved);
  const inOrder = tests.map((_, index) => index).sort((a, b) => tests[a]!.pValue - tests[b]!.pValue);
  // The smallest has to pass all comparisons, the next one less, and none behind one that failed.
  const failed = inOrder.findIndex((test, rank) => tests[test]!.pValue > SIGNIFICANCE / (inOrder.length - rank));
  const changed = new Set(failed === -1 ? inOrder : inOrder.slice(0, failed));
  return samples.map((sample, index) => {
    const { pValue, code } = tests[index]!;
    return { pValue, changed: changed.has(index), sentence: sentenceOf(sample, code, changed.has(index)) };
  });
}

function mostMoved({ recent, before }: CodeSamples): { readonly pValue: number; readonly code: OrientationCode } {
  const codes = ORIENTATION_CODES.filter((code) => (recent[code] ?? 0) + (before[code] ?? 0) > 0);
  const [recentAll, beforeAll] = [sum(recent), sum(before)];
  const tests = codes.map((code) => {
    const [a, c] = [recent[code] ?? 0, before[code] ?? 0];
    return { code, pValue: fisherExact([a, recentAll - a, c, beforeAll - c]) };
  });
  const least = tests.reduce((one, other) => (other.pValue < one.pValue ? other : one));
  return { code: least.code, pValue: Math.min(1, least.pValue * codes.length) };
}

/** Rounding must not leave out a table that is as improbable as the one at hand. */
const RELATIVE_TOLERANCE = 1e-7;

/**
 * Two-sided p-value of a table of two by two counts [a, b, c, d] with rows [a, b] and [c, d]: of all tables with the same
 * sums, those that are no more probable than this one.
 */
export function fisherExact([a, b, c, d]: readonly [number, number, number, number]): number {
  const factorials = logFactorials(a + b + c + d);
  const log = (n: number): number => factorials[n] as number;
  const fixed = log(a + b) + log(c + d) + log(a + c) + log(b + d) - log(a + b + c + d);
  const probability = (first: number): number =>
    Math.exp(fixed - log(first) - log(a + b - first) - log(a + c - first) - log(d - a + first));
  const limit = probability(a) * (1 + RELATIVE_TOLERANCE);
  let total = 0;
  for (let first = Math.max(0, a - d); first <= Math.min(a + b, a + c); first++) {
    const p = probability(first);
    if (p <= limit) total += p;
  }
  return Math.min(1, total);
}

function logFactorials(most: number): Float64Array {
  const logs = new Float64Array(most + 1);
  for (let n = 2; n <= most; n++) logs[n] = (logs[n - 1] as number) + Math.log(n);
  return logs;
}

function sentenceOf({ recent, before }: CodeSamples, code: OrientationCode, changed: boolean): string {
  const studies = sum(recent);
  if (!changed) return `As before: the ${studies} observations of the last week fit those of the eight weeks before.`;
  const of = (counts: CodeCounts): string => `${counts[code] ?? 0} of ${sum(counts)}`;
  const more = (recent[code] ?? 0) / studies > (before[code] ?? 0) / sum(before);
  return `Code ${code} comes ${more ? 'more' : 'less'} often than before: ${of(recent)} in the last week, ${of(before)} in the eight weeks before. Ask what was changed at the scanner.`;
}

function sum(counts: CodeCounts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
