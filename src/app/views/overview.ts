import type { Overview } from '../../api/overview.ts';
import { ORIENTATION_CODES } from '../../core/orientation/d4.ts';
import { type CodeCounts, canCompare, codeDrifts } from '../../core/review/code-drift.ts';
import type { SequenceKind } from '../../core/series/sequence-kind.ts';
import type { Reader } from '../../store/database.ts';
import {
  countsByHour,
  countsByScanner,
  type ObservedCodes,
  observedCodes,
  type ScannerAndKind,
  type SeriesCounts,
} from '../../store/overview-counts.ts';
import { deliveryCounts } from '../../store/summary.ts';
import type { DestinationInUse } from './deliveries.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HOURS = 24;
const RECENT_DAYS = 7;
const BEFORE_DAYS = 56;

/** What came in since a moment, by default since midnight here; what waits; and which scanners changed their habits. */
export async function overviewOf(
  query: { readonly since?: string | undefined },
  { db, now }: { readonly db: Reader; readonly now: () => number },
  inUse: readonly Pick<DestinationInUse, 'name' | 'problem'>[],
): Promise<Overview> {
  const at = now();
  const since = query.since === undefined ? new Date(at).setHours(0, 0, 0, 0) : Date.parse(query.since);
  const scanners = await countsByScanner(db, since);
  return {
    since: new Date(since).toISOString(),
    counts: totalOf(scanners),
    scanners: [...scanners],
    hours: await lastHours(db, at),
    queues: await queuesOf(db, at, inUse),
    drift: await driftOf(db, at),
  };
}

const NOTHING: SeriesCounts = {
  received: 0,
  turned: 0,
  wouldTurn: 0,
  leftAlone: 0,
  flagged: 0,
  needReview: 0,
  held: 0,
  receiving: 0,
  failing: 0,
  reviewed: 0,
};

function totalOf(rows: readonly SeriesCounts[]): SeriesCounts {
  const names = Object.keys(NOTHING) as (keyof SeriesCounts)[];
  const total = (name: keyof SeriesCounts): number => rows.reduce((sum, row) => sum + row[name], 0);
  return Object.fromEntries(names.map((name) => [name, total(name)])) as Record<keyof SeriesCounts, number>;
}

/** The hour at hand is the last one. */
async function lastHours(db: Reader, at: number): Promise<Overview['hours']> {
  const first = Math.floor(at / HOUR_MS) - HOURS + 1;
  const known = new Map((await countsByHour(db, first)).map((counts) => [counts.hour, counts]));
  return Array.from({ length: HOURS }, (_, index) => {
    const { instances = 0, series = 0, delivered = 0 } = known.get(first + index) ?? {};
    return { hour: new Date((first + index) * HOUR_MS).toISOString(), instances, series, delivered };
  });
}

/** Every destination of the configuration, and those of an earlier one for which something still waits. */
async function queuesOf(
  db: Reader,
  at: number,
  inUse: readonly Pick<DestinationInUse, 'name' | 'problem'>[],
): Promise<Overview['queues']> {
  const counts = new Map((await deliveryCounts(db)).map((one) => [one.destination, one]));
  const problems = new Map(inUse.map(({ name, problem }) => [name, problem ?? null]));
  const left = [...counts.values()].filter(({ pending, dead }) => pending + dead > 0);
  return [...new Set([...problems.keys(), ...left.map(({ destination }) => destination)])].map((destination) => {
    const { pending = 0, dead = 0, oldestPendingAt = null } = counts.get(destination) ?? {};
    const oldestSeconds = oldestPendingAt === null ? null : Math.max(0, (at - oldestPendingAt) / 1000);
    return { destination, waiting: pending, dead, oldestSeconds, problem: problems.get(destination) ?? null };
  });
}

type Compared = Omit<ScannerAndKind, 'kind'> & {
  readonly kind: SequenceKind;
  readonly recent: CodeCounts;
  readonly before: CodeCounts;
};

/** The most changed first. */
async function driftOf(db: Reader, at: number): Promise<Overview['drift']> {
  const recent = at - RECENT_DAYS * DAY_MS;
  const compared = byScanner(await observedCodes(db, { recent, before: recent - BEFORE_DAYS * DAY_MS }));
  const comparable = compared.filter(canCompare);
  const drifts = codeDrifts(comparable);
  return comparable
    .map((one, index) => ({ ...one, ...drifts[index]!, recent: allCodes(one.recent), before: allCodes(one.before) }))
    .sort((a, b) => a.pValue - b.pValue);
}

function byScanner(rows: readonly ObservedCodes[]): readonly Compared[] {
  const compared = new Map<string, Compared>();
  for (const { callingAeTitle, stationName, kind, code, recent, before } of rows) {
    const key = JSON.stringify([callingAeTitle, stationName, kind]);
    const known = compared.get(key) ?? { callingAeTitle, stationName, kind, recent: {}, before: {} };
    compared.set(key, {
      ...known,
      recent: { ...known.recent, [code]: recent },
      before: { ...known.before, [code]: before },
    });
  }
  return [...compared.values()];
}

function allCodes(counts: CodeCounts): Overview['drift'][number]['recent'] {
  return Object.fromEntries(
    ORIENTATION_CODES.map((code) => [code, counts[code] ?? 0]),
  ) as Overview['drift'][number]['recent'];
}
