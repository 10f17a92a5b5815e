import type { Sample } from './samples.ts';

/**
 * What may grow, over the second half, by how much at most: by a tenth of what it is, and never is less than `least` held
 * against it. A heap rests anywhere between two collections, tens of megabytes apart, and a pool has a few connections
 * more or less; a leak passes any bound, if the soak is long enough: one of 4 KB an instance after about 8,000 instances.
 */
const MAY_GROW = [
  { column: 'nodeMegabytes', least: 32 },
  { column: 'recogniserMegabytes', least: 32 },
  { column: 'descriptors', least: 16 },
] as const satisfies readonly { readonly column: keyof Sample; readonly least: number }[];
const SHARE = 0.1;

/** The ingest rate at the end must be at least so much of that at the start. */
export const LEAST_RATE = 0.9;

/** What grew without an end, in plain words; nothing where all is well. The second half must be that of one process. */
export function growthProblems(samples: readonly Sample[]): readonly string[] {
  const later = secondHalf(samples);
  const first = later[0];
  const last = later.at(-1);
  if (first === undefined || last === undefined || later.length < 4) return ['too few samples to tell growth'];
  if (first.process !== last.process) return ['the node was restarted in the second half: its growth cannot be told'];
  return MAY_GROW.flatMap(({ column, least }) => {
    const grew = slope(later.map((sample) => [sample.seconds, sample[column]])) * (last.seconds - first.seconds);
    const bound = Math.max(least, SHARE * median(later.map((sample) => sample[column])));
    if (grew <= bound) return [];
    return [`${column} grew by ${grew.toFixed(1)} over the second half; ${bound.toFixed(1)} may be`];
  });
}

export function secondHalf(samples: readonly Sample[]): readonly Sample[] {
  const middle = (samples.at(-1)?.seconds ?? 0) / 2;
  return samples.filter(({ seconds }) => seconds >= middle);
}

/** Theil and Sen: the median of the slopes between all pairs, which one high sample before a collection does not move. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const slopes = points.flatMap(([x, y], i) =>
    points.slice(i + 1).flatMap(([otherX, otherY]) => (otherX === x ? [] : [(otherY - y) / (otherX - x)])),
  );
  return median(slopes);
}

/** Medians over the first and the last quarter of what was sent. */
export function ratesAtBothEnds(rates: readonly number[]): { readonly start: number; readonly end: number } {
  const quarter = Math.max(1, Math.floor(rates.length / 4));
  return { start: median(rates.slice(0, quarter)), end: median(rates.slice(-quarter)) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
