import type { DeliveryCause } from '../core/delivery/delivery-cause.ts';
import type { Reader, Transaction } from './database.ts';
import { insertRecords, selectList, type TableShape, toRecord } from './table-shape.ts';

/** One instance on its way to one destination. */
export interface DeliveryRecord {
  /** Grows in the order in which deliveries were queued. */
  readonly id: number;
  readonly destination: string;
  readonly instanceId: number;
  /** The derived file that is sent, or null where it is the instance as received. */
  readonly resultId: number | null;
  readonly purpose: 'result' | 'original';
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** Path in the spool. */
  readonly file: string;
  readonly dataSetOffset: number;
  readonly dataSetLength: number;
  readonly callingAeTitle: string;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly nextAttemptAt: number;
  /** Why the last try failed. */
  readonly cause: DeliveryCause | null;
  /** How many failures in a row had a cause of the same kind. */
  readonly causeFailures: number;
  /** Plain words of the last failure, or of a warning that came with the success. */
  readonly reason: string | null;
  readonly queuedAt: number;
  readonly deliveredAt: number | null;
  /** When a later decision took the place of the one that it followed: it is never opened again. */
  readonly supersededAt: number | null;
}

type Progress =
  | 'id'
  | 'state'
  | 'attempts'
  | 'nextAttemptAt'
  | 'cause'
  | 'causeFailures'
  | 'reason'
  | 'deliveredAt'
  | 'supersededAt';
export type NewDelivery = Omit<DeliveryRecord, Progress>;

export const DELIVERIES: TableShape<DeliveryRecord> = {
  table: 'deliveries',
  fields: {
    id: 'plain',
    destination: 'plain',
    instanceId: 'plain',
    resultId: 'plain',
    purpose: 'plain',
    sopInstanceUid: 'plain',
    sopClassUid: 'plain',
    transferSyntaxUid: 'plain',
    file: 'plain',
    dataSetOffset: 'plain',
    dataSetLength: 'plain',
    callingAeTitle: 'plain',
    state: 'plain',
    attempts: 'plain',
    nextAttemptAt: 'plain',
    cause: 'plain',
    causeFailures: 'plain',
    reason: 'plain',
    queuedAt: 'plain',
    deliveredAt: 'plain',
    supersededAt: 'plain',
  },
};

const COLUMNS = selectList(DELIVERIES);

/** Queues deliveries, due at once, and returns their ids in the order given. */
export function enqueue(tx: Transaction, deliveries: readonly NewDelivery[]): Promise<readonly number[]> {
  const fresh = deliveries.map((delivery) => ({
    ...delivery,
    state: 'pending' as const,
    attempts: 0,
    nextAttemptAt: delivery.queuedAt,
    cause: null,
    causeFailures: 0,
    reason: null,
    deliveredAt: null,
    supersededAt: null,
  }));
  return insertRecords(tx, DELIVERIES, fresh);
}

export interface BatchRequest {
  readonly destination: string;
  readonly now: number;
  readonly limit: number;
  /** Deliveries that are under way already. */
  readonly except?: readonly number[];
}

/**
 * What to send next: pending and due, longest due first. An instance waits while an earlier delivery of its SOP Instance
 * UID to the destination is pending, so that versions arrive in order; and a result that retention removed until it is
 * derived again.
 */
export async function nextBatch(reader: Reader, request: BatchRequest): Promise<readonly DeliveryRecord[]> {
  const { destination, now, limit, except = [] } = request;
  const rows = await reader.all(
    `select ${COLUMNS} from deliveries indexed by deliveries_due
      where destination = ? and state = 'pending' and next_attempt_at <= ?
        and id not in (select value from json_each(?))
        and not exists (select 1 from deliveries as earlier
          where earlier.state = 'pending' and earlier.destination = deliveries.destination
            and earlier.sop_instance_uid = deliveries.sop_instance_uid and earlier.id < deliveries.id)
        and (result_id is null or not exists (select 1 from results_wanted where result_id = deliveries.result_id))
      order by next_attempt_at, id limit ?`,
    [destination, now, JSON.stringify(except), limit],
  );
  return rows.map((row) => toRecord(DELIVERIES, row));
}

/** When the next delivery that is not due yet becomes due, or undefined where none waits. */
export async function nextDueAt(reader: Reader, destination: string, now: number): Promise<number | undefined> {
  const rows = await reader.all<{ at: number | null }>(
    `select min(next_attempt_at) as at from deliveries
      where destination = ? and state = 'pending' and next_attempt_at > ?`,
    [destination, now],
  );
  return rows[0]?.at ?? undefined;
}

/** What is due after `latest` was queued while a clock was wrong, and is due now. Returns how many. */
export async function dueAtLast(
  tx: Transaction,
  { destination, now, latest }: { readonly destination: string; readonly now: number; readonly latest: number },
): Promise<number> {
  const { changes } = await tx.run(
    `update deliveries set next_attempt_at = ? where destination = ? and state = 'pending' and next_attempt_at > ?`,
    [now, destination, latest],
  );
  return changes;
}

/** When the delivery becomes due that is due last, or undefined where none waits. */
export async function lastDueAt(reader: Reader, destination: string): Promise<number | undefined> {
  const sql = "select max(next_attempt_at) as at from deliveries where destination = ? and state = 'pending'";
  return (await reader.all<{ at: number | null }>(sql, [destination]))[0]?.at ?? undefined;
}

/** What waits for a destination, in the order of queueing. */
export async function pendingAfter(
  reader: Reader,
  { destination, after, limit }: { readonly destination: string; readonly after: number; readonly limit: number },
): Promise<readonly number[]> {
  const rows = await reader.all<{ id: number }>(
    `select id from deliveries indexed by deliveries_due
      where destination = ? and state = 'pending' and id > ? order by id limit ?`,
    [destination, after, limit],
  );
  return rows.map(({ id }) => id);
}

/** When the oldest delivery that still waits was queued, or undefined where none waits. */
export async function oldestPending(reader: Reader, destination: string): Promise<number | undefined> {
  const sql = "select min(queued_at) as at from deliveries where destination = ? and state = 'pending'";
  return (await reader.all<{ at: number | null }>(sql, [destination]))[0]?.at ?? undefined;
}

/** In the order in which they were queued. */
export async function deliveriesOfInstances(
  reader: Reader,
  instanceIds: readonly number[],
): Promise<readonly DeliveryRecord[]> {
  const sql = `select ${COLUMNS} from deliveries where instance_id in (select value from json_each(?)) order by id`;
  return (await reader.all(sql, [JSON.stringify(instanceIds)])).map((row) => toRecord(DELIVERIES, row));
}

const REOPEN = `update deliveries
  set state = 'pending', attempts = 0, next_attempt_at = ?1, cause = null, cause_failures = 0, reason = null,
    delivered_at = null`;

export interface Resend {
  readonly instanceIds: readonly number[];
  readonly at: number;
  /** Only to this one; all, where it is not given. */
  readonly destination?: string;
  /** They hold what they were sent as it was received: that does not go there again. */
  readonly holders?: readonly string[];
}

/**
 * Sends again what was last sent of these instances, and what still waits at once. Only the newest delivery for each
 * destination and purpose is opened, so that nothing that a later decision replaced goes out again; of several versions
 * of a SOP Instance UID, give the newest. Returns how many.
 */
export async function reopenDeliveries(tx: Transaction, resend: Resend): Promise<number> {
  const { instanceIds, at, destination, holders = [] } = resend;
  const { changes } = await tx.run(
    `${REOPEN} where id in (select max(id) from deliveries
        where instance_id in (select value from json_each(?2)) and (?3 is null or destination = ?3)
          and superseded_at is null
        group by instance_id, destination, purpose)
      and not (state = 'delivered' and result_id is null and destination in (select value from json_each(?4)))`,
    [at, JSON.stringify(instanceIds), destination ?? null, JSON.stringify(holders)],
  );
  return changes;
}

/** Sends these again, and what of them still waits at once; not what a later decision replaced. Returns how many. */
export async function reopen(tx: Transaction, deliveryIds: readonly number[], at: number): Promise<number> {
  const { changes } = await tx.run(
    `${REOPEN} where id in (select value from json_each(?2)) and superseded_at is null`,
    [at, JSON.stringify(deliveryIds)],
  );
  return changes;
}

const OF_SERIES = 'instance_id in (select id from instances where series_id = ?) and superseded_at is null';

/**
 * The destinations that have, or may have, what stands of the series, turned or as it was received, or wait for something
 * of it: if it is decided otherwise, they are to hear of it.
 */
export async function concernedDestinations(reader: Reader, seriesId: number): Promise<readonly string[]> {
  const rows = await reader.all<{ destination: string }>(
    `select distinct destination from deliveries
      where ${OF_SERIES} and (purpose = 'result' or state = 'pending') order by destination`,
    [seriesId],
  );
  return rows.map(({ destination }) => destination);
}

/** Another decision stands for the series: what followed the earlier one is not sent any more, nor ever again. */
export async function supersedeDeliveries(
  tx: Transaction,
  { seriesId, at, reason }: { readonly seriesId: number; readonly at: number; readonly reason: string },
): Promise<void> {
  await tx.run(`update deliveries set superseded_at = ? where ${OF_SERIES}`, [at, seriesId]);
  // One that is under way at this moment may still arrive, and is delivered then.
  await tx.run(
    `update deliveries set state = 'dead', reason = ?
      where state = 'pending' and superseded_at is not null
        and instance_id in (select id from instances where series_id = ?)`,
    [reason, seriesId],
  );
}
