import type { Reader, Transaction } from './database.ts';

/**
 * Whether a delivery is safe at its archive, as a condition on a row of `deliveries`: delivered, and committed to where
 * the archive is asked to commit.
 */
export const IS_CONFIRMED = `deliveries.state = 'delivered' and not exists (select 1 from commitments
  where commitments.delivery_id = deliveries.id and commitments.confirmed_at is null)`;

/** From now on these are asked to commit to what they take; what the others still owed is owed no more. */
export async function setCommitmentDestinations(tx: Transaction, destinations: readonly string[]): Promise<void> {
  const names = JSON.stringify(destinations);
  await tx.run('delete from commitment_destinations');
  await tx.run('insert into commitment_destinations (destination) select value from json_each(?)', [names]);
  await tx.run(
    'delete from commitments where confirmed_at is null and destination not in (select value from json_each(?))',
    [names],
  );
}

export interface CommitmentToAsk {
  readonly deliveryId: number;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

export interface CommitmentOpening {
  readonly destination: string;
  readonly transactionUid: string;
  readonly now: number;
  readonly limit: number;
  /** When it is asked again if no answer came: doubled with every time that it was asked, a day at most. */
  readonly answerMs: number;
}

const DAY_MS = 86_400_000;
/** As SQL: doubled with every time, a day at most. */
const growingWait = (answerMs: string, doublings: string): string =>
  `min(${answerMs} * (1 << min(${doublings}, 16)), ${DAY_MS})`;

/** Puts a request on record, which is then to be made: instances that were delivered and are due. Empty where none is. */
export async function openCommitment(tx: Transaction, opening: CommitmentOpening): Promise<readonly CommitmentToAsk[]> {
  const { destination, transactionUid, now, limit, answerMs } = opening;
  const due = await tx.all<CommitmentToAsk>(
    `select deliveries.id as "deliveryId", sop_class_uid as "sopClassUid", sop_instance_uid as "sopInstanceUid"
      from commitments indexed by commitments_due join deliveries on deliveries.id = commitments.delivery_id
      where commitments.destination = ? and confirmed_at is null and due_at <= ? and deliveries.state = 'delivered'
      order by due_at limit ?`,
    [destination, now, limit],
  );
  await tx.run(
    `update commitments set transaction_uid = ?, asked = asked + 1, due_at = ? + ${growingWait('?', 'asked')}
      where delivery_id in (select value from json_each(?))`,
    [transactionUid, now, answerMs, JSON.stringify(due.map(({ deliveryId }) => deliveryId))],
  );
  return due;
}

/** The request could not be made, as far as this side knows; should an answer come all the same, it counts. */
export async function postponeCommitment(
  tx: Transaction,
  {
    transactionUid,
    dueAt,
    reason,
  }: { readonly transactionUid: string; readonly dueAt: number; readonly reason: string },
): Promise<void> {
  await tx.run('update commitments set due_at = ?, reason = ? where transaction_uid = ? and confirmed_at is null', [
    dueAt,
    reason,
    transactionUid,
  ]);
}

/** What an archive owes an answer for. */
interface OpenCommitment {
  readonly deliveryId: number;
  readonly destination: string;
  readonly sopInstanceUid: string;
}

export async function commitmentsOfTransaction(
  reader: Reader,
  transactionUid: string,
): Promise<readonly OpenCommitment[]> {
  return reader.all<OpenCommitment>(
    `select delivery_id as "deliveryId", commitments.destination, sop_instance_uid as "sopInstanceUid"
      from commitments join deliveries on deliveries.id = commitments.delivery_id
      where transaction_uid = ? and confirmed_at is null`,
    [transactionUid],
  );
}

/** Whether this was answered before: an archive that did not hear so answers again. */
export async function isAnsweredCommitment(reader: Reader, transactionUid: string): Promise<boolean> {
  const sql = 'select 1 from commitments where transaction_uid = ? and confirmed_at is not null limit 1';
  return (await reader.all(sql, [transactionUid])).length > 0;
}

export async function confirmDeliveries(tx: Transaction, deliveryIds: readonly number[], at: number): Promise<void> {
  await tx.run(
    'update commitments set confirmed_at = ?, reason = null where delivery_id in (select value from json_each(?))',
    [at, JSON.stringify(deliveryIds)],
  );
}

/**
 * The archive does not have what it took: it is delivered again, the first time at once. Not what a later delivery of
 * its UID replaced there, which would come back, nor what the disk does not hold any more; of these nothing is owed.
 */
export async function redeliverUncommitted(
  tx: Transaction,
  uncommitted: readonly { readonly deliveryId: number; readonly reason: string }[],
  { at, answerMs }: { readonly at: number; readonly answerMs: number },
): Promise<void> {
  const rows = JSON.stringify(uncommitted.map(({ deliveryId, reason }) => [deliveryId, reason]));
  await tx.run(
    `update commitments set reason = failed.value ->> 1
      from json_each(?) as failed where delivery_id = failed.value ->> 0`,
    [rows],
  );
  await tx.run(
    `update deliveries set state = 'pending', delivered_at = null, reason = commitments.reason,
        next_attempt_at = ?2 + iif(asked <= 1, 0, ${growingWait('?3', 'asked - 2')})
      from commitments, json_each(?1) as failed
      where deliveries.id = failed.value ->> 0 and commitments.delivery_id = deliveries.id
        and deliveries.state = 'delivered' and superseded_at is null
        and (select removed_at from instances where instances.id = deliveries.instance_id) is null
        and not exists (select 1 from instances as own
          join instances as versions on versions.sop_instance_uid = own.sop_instance_uid
          join deliveries as later on later.instance_id = versions.id
          where own.id = deliveries.instance_id and later.destination = deliveries.destination
            and later.sop_instance_uid = deliveries.sop_instance_uid and later.id > deliveries.id)`,
    [rows, at, answerMs],
  );
  await tx.run(
    `delete from commitments where delivery_id in (select value ->> 0 from json_each(?))
      and (select state from deliveries where id = delivery_id) = 'delivered'`,
    [rows],
  );
}
