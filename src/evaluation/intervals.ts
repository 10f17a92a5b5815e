import { seededRandom } from '../phantom/random.ts';

/** A 95 % interval. */
export type Interval = readonly [lower: number, upper: number];

/** How often something was so, and how sure that is. */
export interface Proportion {
  readonly hits: number;
  readonly n: number;
  /** Subjects that the items belong to. */
  readonly subjects: number;
  /** hits / n; undefined where n is 0. */
  readonly value: number | undefined;
  /** As if the items were independent (Wilson's score interval). */
  readonly wilson: Interval | undefined;
  /** Whole subjects drawn anew; undefined for fewer than two subjects. Says nothing where all items are alike. */
  readonly bySubject: Interval | undefined;
}

/** What counts as one item, and whose it is. */
export interface Trial {
  readonly subject: string;
  readonly hit: boolean;
}

/** Two-sided 95 % of a normal distribution. */
const Z = 1.959964;
const RESAMPLES = 1000;
const SEED = 'subjects drawn anew';

/** Wilson's score interval of `hits` among `n` independent trials. */
export function wilsonInterval(hits: number, n: number): Interval | undefined {
  if (n === 0) return undefined;
  const share = hits / n;
  const middle = (share + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const half = (Z / (1 + Z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
  return [hits === 0 ? 0 : middle - half, hits === n ? 1 : middle + half];
}

export function proportion(trials: Iterable<Trial>): Proportion {
  const clusters = new Map<string, { hits: number; n: number }>();
  let hits = 0;
  let n = 0;
  for (const { subject, hit } of trials) {
    const cluster = clusters.get(subject) ?? { hits: 0, n: 0 };
    clusters.set(subject, cluster);
    cluster.n += 1;
    n += 1;
    if (hit) {
      cluster.hits += 1;
      hits += 1;
    }
  }
  return {
    hits,
    n,
    subjects: clusters.size,
    value: n === 0 ? undefined : hits / n,
    wilson: wilsonInterval(hits, n),
    bySubject: bootstrapInterval([...clusters.values()]),
  };
}

function bootstrapInterval(clusters: readonly { readonly hits: number; readonly n: number }[]): Interval | undefined {
  return resampled(clusters, (drawn) => {
    let hits = 0;
    let n = 0;
    for (const cluster of drawn) {
      hits += cluster.hits;
      n += cluster.n;
    }
    return hits / n;
  });
}

/** 95 % of a statistic over whole subjects drawn with replacement; the same subjects always give the same interval. */
export function resampled<Subject>(
  subjects: readonly Subject[],
  statistic: (drawn: readonly Subject[]) => number,
): Interval | undefined {
  if (subjects.length < 2) return undefined;
  const random = seededRandom(SEED);
  const values = Array.from({ length: RESAMPLES }, () =>
    statistic(subjects.map(() => subjects[Math.floor(random.next() * subjects.length)] as Subject)),
  );
  return [quantile(values, 0.025) as number, quantile(values, 0.975) as number];
}

/** Linear between the two nearest ranks; undefined of nothing. */
export function quantile(values: readonly number[], share: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (at - Math.floor(at)) * (above - below);
}
