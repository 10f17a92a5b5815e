import type { DeliveryCause } from '../core/delivery/delivery-cause.ts';
import type { Reader, Transaction } from './database.ts';
import { insertRecords, selectList, type TableShape, toRecord } from './table-shape.ts';

/** One try to deliver, as it is kept. */
export interface DeliveryAttemptRecord {
  readonly id: number;
  readonly deliveryId: number;
  readonly at: number;
  readonly outcome: 'delivered' | 'failed' | 'dead';
  readonly reason: string | null;
  readonly cause: DeliveryCause | null;
}

interface Failure {
  readonly deliveryId: number;
  readonly at: number;
  readonly cause: DeliveryCause;
  /** How many failures in a row, this one among them, had a cause of the same kind. */
  readonly causeFailures: number;
  readonly reason: string;
}

/** How a try ended. Reasons are plain words. */
export type AttemptOutcome =
  | { readonly deliveryId: number; readonly at: number; readonly outcome: 'delivered'; readonly warning?: string }
  | (Failure & { readonly outcome: 'failed'; readonly nextAttemptAt: number })
  | (Failure & { readonly outcome: 'dead' });

const DELIVERY_ATTEMPTS: TableShape<DeliveryAttemptRecord> = {
  table: 'delivery_attempts',
  fields: { id: 'plain', deliveryId: 'plain', at: 'plain', outcome: 'plain', reason: 'plain', cause: 'plain' },
};

const STATE_AFTER = { delivered: 'delivered', failed: 'pending', dead: 'dead' } as const;

/** Puts the outcomes of a batch on record: each delivery moves on, and the attempt is kept. */
export async function recordOutcomes(tx: Transaction, outcomes: readonly AttemptOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  const attempts = outcomes.map((one) => ({
    deliveryId: one.deliveryId,
    at: one.at,
    outcome: one.outcome,
    reason: one.outcome === 'delivered' ? (one.warning ?? null) : one.reason,
    cause: one.outcome === 'delivered' ? null : one.cause,
  }));
  const moves = outcomes.map((one, index) => [
    one.deliveryId,
    STATE_AFTER[one.outcome],
    attempts[index]!.reason,
    one.outcome === 'failed' ? one.nextAttemptAt : null,
    one.outcome === 'delivered' ? one.at : null,
    attempts[index]!.cause,
    one.outcome === 'delivered' ? 0 : one.causeFailures,
  ]);
  await tx.run(
    // What a later decision replaced while it was under way is not tried again.
    `update deliveries
      set state = iif(superseded_at is not null and move.value ->> 1 = 'pending', 'dead', move.value ->> 1), reason = move.value ->> 2, attempts = attempts + 1,
        next_attempt_at = coalesce(move.value ->> 3, next_attempt_at), delivered_at = move.value ->> 4,
        cause = move.value ->> 5, cause_failures = move.value ->> 6
      from json_each(?) as move where deliveries.id = move.value ->> 0`,
    [JSON.stringify(moves)],
  );
  await insertRecords(tx, DELIVERY_ATTEMPTS, attempts);
}

/** Oldest first. */
export async function attemptsOf(reader: Reader, deliveryId: number): Promise<readonly DeliveryAttemptRecord[]> {
  const sql = `select ${selectList(DELIVERY_ATTEMPTS)} from delivery_attempts where delivery_id = ? order by id`;
  return (await reader.all(sql, [deliveryId])).map((row) => toRecord(DELIVERY_ATTEMPTS, row));
}
