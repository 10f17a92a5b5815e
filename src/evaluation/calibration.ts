import { seededRandom } from '../phantom/random.ts';

/** Something that was said with a probability, and whether it was right. */
export interface Statement {
  readonly probability: number;
  readonly right: boolean;
}

/** Statements of about the same probability. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** Undefined where n is 0. */
  readonly meanProbability: number | undefined;
  readonly shareRight: number | undefined;
}

export interface Calibration {
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error: the mean distance between probability and share right, bins weighted by their n. */
  readonly ece: number | undefined;
  /** What the ECE of a perfectly honest recogniser would be for so many statements, by chance alone: its mean. */
  readonly eceByChance: number | undefined;
}

export const RELIABILITY_BINS = 15;
const CHANCE_RUNS = 100;
const SEED = 'honest statements';

export function calibrationOf(statements: readonly Statement[]): Calibration {
  const bins = binned(statements);
  return { bins, ece: eceOf(bins, statements.length), eceByChance: eceByChance(statements) };
}

function binned(statements: readonly Statement[]): ReliabilityBin[] {
  const sums = Array.from({ length: RELIABILITY_BINS }, () => ({ n: 0, probability: 0, right: 0 }));
  for (const { probability, right } of statements) {
    const sum = sums[Math.min(RELIABILITY_BINS - 1, Math.floor(probability * RELIABILITY_BINS))];
    if (sum === undefined) continue;
    sum.n += 1;
    sum.probability += probability;
    sum.right += right ? 1 : 0;
  }
  return sums.map(({ n, probability, right }, bin) => ({
    from: bin / RELIABILITY_BINS,
    to: (bin + 1) / RELIABILITY_BINS,
    n,
    meanProbability: n === 0 ? undefined : probability / n,
    shareRight: n === 0 ? undefined : right / n,
  }));
}

function eceOf(bins: readonly ReliabilityBin[], total: number): number | undefined {
  if (total === 0) return undefined;
  const distance = ({ n, meanProbability = 0, shareRight = 0 }: ReliabilityBin): number =>
    (n / total) * Math.abs(meanProbability - shareRight);
  return bins.reduce((sum, bin) => sum + distance(bin), 0);
}

function eceByChance(statements: readonly Statement[]): number | undefined {
  if (statements.length === 0) return undefined;
  const random = seededRandom(SEED);
  let sum = 0;
  for (let run = 0; run < CHANCE_RUNS; run++) {
    const honest = statements.map(({ probability }) => ({ probability, right: random.next() < probability }));
    sum += eceOf(binned(honest), honest.length) as number;
  }
  return sum / CHANCE_RUNS;
}

/** What is left, and how much of it is wrong, where only statements at least this probable are believed. */
export interface CoveragePoint {
  readonly probability: number;
  readonly coverage: number;
  /** Share of what is left that is not the right code; and that does harm. */
  readonly wrong: number;
  readonly harm: number;
}

/** At most so many points are kept: a curve, not a table. */
const CURVE_POINTS = 200;

/** From the surest statement alone to all of them. */
export function coverageCurve(
  statements: readonly { readonly probability: number; readonly right: boolean; readonly harm: boolean }[],
): readonly CoveragePoint[] {
  const sorted = [...statements].sort((a, b) => b.probability - a.probability);
  const points: CoveragePoint[] = [];
  let wrong = 0;
  let harm = 0;
  sorted.forEach((statement, index) => {
    if (!statement.right) wrong += 1;
    if (statement.harm) harm += 1;
    // Statements of the same probability are believed together.
    if (sorted[index + 1]?.probability === statement.probability) return;
    const kept = index + 1;
    points.push({
      probability: statement.probability,
      coverage: kept / sorted.length,
      wrong: wrong / kept,
      harm: harm / kept,
    });
  });
  const step = Math.max(1, points.length / CURVE_POINTS);
  const thinned = Array.from({ length: Math.ceil(points.length / step) }, (_, i) => points[Math.floor(i * step)]);
  return [...new Set([...thinned, points.at(-1)])].filter((point) => point !== undefined);
}
