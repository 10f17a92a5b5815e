import type { DecisionReason } from '../core/decision/decision.ts';
import type { Flag } from '../core/decision/flags.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { Reader } from './database.ts';
import type { DecisionRecord } from './decisions.ts';
import type { InstanceRecord } from './instances.ts';
import type { DeliveryRecord } from './outbox.ts';
import type { SeriesRecord } from './series.ts';

export interface DecisionCount {
  readonly decision: DecisionRecord['decision'];
  readonly mode: DecisionRecord['mode'];
  readonly kind: SequenceKind;
  readonly reason: DecisionReason;
  readonly count: number;
}

export interface DestinationCount {
  readonly destination: string;
  readonly pending: number;
  readonly delivered: number;
  readonly dead: number;
  /** When the oldest delivery that still waits was queued. */
  readonly oldestPendingAt: number | null;
}

/** What `status` prints and `/metrics` tells. */
export interface StoreSummary {
  readonly instances: Readonly<Record<InstanceRecord['state'], number>>;
  readonly series: Readonly<Record<SeriesRecord['state'], number>>;
  /** All decisions ever made, superseded ones included. */
  readonly decisions: readonly DecisionCount[];
  /** The same by flag; a decision with two flags counts under both. */
  readonly flagged: readonly (DecisionCount & { readonly flag: Flag })[];
  readonly deliveries: readonly DestinationCount[];
  readonly auditEntries: number;
}

async function instanceCounts(reader: Reader): Promise<StoreSummary['instances']> {
  // `max(id)` counts without reading: ids are never used again and instances are never removed.
  const [row] = await reader.all<{ received: number; undecided: number }>(
    `select (select coalesce(max(id), 0) from instances) as received,
      (select count(*) from instances where state = 'undecided') as undecided`,
  );
  return { undecided: row!.undecided, decided: row!.received - row!.undecided };
}

async function seriesCounts(reader: Reader): Promise<StoreSummary['series']> {
  const rows = await reader.all<{ state: SeriesRecord['state']; count: number }>(
    'select state, count(*) as count from series group by state',
  );
  const counts = { receiving: 0, decided: 0 };
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}

async function decisionCounts(reader: Reader): Promise<Pick<StoreSummary, 'decisions' | 'flagged'>> {
  const rows = await reader.all<DecisionCount & { flag: Flag | '' }>(
    'select decision, mode, kind, reason, flag, decisions as count from decision_counts',
  );
  return {
    decisions: rows.filter(({ flag }) => flag === '').map(({ flag: _, ...count }) => count),
    flagged: rows.filter((row): row is DecisionCount & { flag: Flag } => row.flag !== ''),
  };
}

/** By destination; destinations without any delivery are not among them. */
export async function deliveryCounts(reader: Reader): Promise<StoreSummary['deliveries']> {
  const rows = await reader.all<{
    destination: string;
    state: DeliveryRecord['state'];
    count: number;
    oldestPendingAt: number | null;
  }>(
    `select destination, state, deliveries as count,
      (select min(queued_at) from deliveries
        where state = 'pending' and deliveries.destination = delivery_counts.destination) as "oldestPendingAt"
      from delivery_counts order by destination`,
  );
  const counts = new Map<string, DestinationCount>();
  for (const { destination, state, count, oldestPendingAt } of rows) {
    const known = counts.get(destination) ?? { destination, pending: 0, delivered: 0, dead: 0, oldestPendingAt };
    counts.set(destination, { ...known, [state]: count });
  }
  return [...counts.values()];
}

/** Counts of everything; a few milliseconds whatever the size of the database. */
export async function summarize(reader: Reader): Promise<StoreSummary> {
  const [head] = await reader.all<{ seq: number }>('select seq from audit_head');
  return {
    instances: await instanceCounts(reader),
    series: await seriesCounts(reader),
    ...(await decisionCounts(reader)),
    deliveries: await deliveryCounts(reader),
    auditEntries: head?.seq ?? 0,
  };
}
