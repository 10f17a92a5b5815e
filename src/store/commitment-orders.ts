import { IS_CONFIRMED } from './commitments.ts';
import type { Reader, Transaction } from './database.ts';

/** The outcome of an instance that is committed to; any other is a Failure Reason. */
export const COMMITTED = 0;

export interface NewCommitmentOrder {
  readonly transactionUid: string;
  readonly callingAeTitle: string;
  readonly instances: readonly { readonly sopClassUid: string; readonly sopInstanceUid: string }[];
  readonly at: number;
}

export interface CommitmentOrder {
  readonly id: number;
  readonly transactionUid: string;
  readonly callingAeTitle: string;
  readonly requestedAt: number;
  readonly state: 'open' | 'settled';
  readonly reportAttempts: number;
}

/** Puts an order on record; one that is repeated is reported again once it is settled. False where it was there. */
export async function insertCommitmentOrder(tx: Transaction, order: NewCommitmentOrder): Promise<boolean> {
  const { transactionUid, callingAeTitle, instances, at } = order;
  const known = await tx.run(
    `update commitment_orders set state = iif(state = 'open', 'open', 'settled'), due_at = ?, report_attempts = 0
      where transaction_uid = ? and calling_ae_title = ?`,
    [at, transactionUid, callingAeTitle],
  );
  if (known.changes > 0) return false;
  const { lastId } = await tx.run(
    `insert into commitment_orders (transaction_uid, calling_ae_title, requested_at, state, due_at, report_attempts)
      values (?, ?, ?, 'open', ?, 0)`,
    [transactionUid, callingAeTitle, at, at],
  );
  await tx.run(
    `insert or ignore into commitment_order_items (order_id, sop_class_uid, sop_instance_uid)
      select ?, value ->> 0, value ->> 1 from json_each(?)`,
    [lastId, JSON.stringify(instances.map(({ sopClassUid, sopInstanceUid }) => [sopClassUid, sopInstanceUid]))],
  );
  return true;
}

export function dueCommitmentOrders(reader: Reader, now: number, limit: number): Promise<readonly CommitmentOrder[]> {
  return reader.all<CommitmentOrder>(
    `select id, transaction_uid as "transactionUid", calling_ae_title as "callingAeTitle",
        requested_at as "requestedAt", state, report_attempts as "reportAttempts"
      from commitment_orders where state in ('open', 'settled') and due_at <= ? order by due_at, id limit ?`,
    [now, limit],
  );
}

/** What is known of an instance that has no outcome yet. */
export interface OrderedInstance {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  /** Of the newest version of the instance that was received; null where none was. */
  readonly receivedSopClassUid: string | null;
  /** 1 where the destinations that count have it, and whatever was made of it. */
  readonly isSafe: 0 | 1;
}

export interface SafetyRule {
  /** These count, where the instance goes to one of them; else all to which it goes. */
  readonly destinations: readonly string[];
  /** Whether an archive must have committed to it where it is asked to, or its Success is enough. */
  readonly confirmed: boolean;
}

/** Originals are followed to what stands of them: derived instances where they were turned, else themselves. */
export function openItems(reader: Reader, orderId: number, rule: SafetyRule): Promise<readonly OrderedInstance[]> {
  const standing = 'deliveries.instance_id = instances.id and deliveries.superseded_at is null';
  const isDefault = 'destination in (select value from json_each(?1))';
  const counts = `${standing} and (${isDefault} or not exists (select 1 from deliveries where ${standing} and ${isDefault}))`;
  const arrived = rule.confirmed ? IS_CONFIRMED : "deliveries.state = 'delivered'";
  return reader.all<OrderedInstance>(
    `select item.sop_instance_uid as "sopInstanceUid", item.sop_class_uid as "sopClassUid",
        instances.sop_class_uid as "receivedSopClassUid",
        instances.state is 'decided' and exists (select 1 from deliveries where ${counts})
          and not exists (select 1 from deliveries where ${counts} and not (${arrived})) as "isSafe"
      from commitment_order_items as item left join instances on instances.id = (select newest.id
        from instances as newest where newest.sop_instance_uid = item.sop_instance_uid order by version desc limit 1)
      where item.order_id = ?2 and item.outcome is null`,
    [JSON.stringify(rule.destinations), orderId],
  );
}

/** Records outcomes; the order is settled when every instance has one, else looked at again. */
export async function recordItemOutcomes(
  tx: Transaction,
  orderId: number,
  {
    outcomes,
    now,
    lookAgainAt,
  }: {
    readonly outcomes: ReadonlyMap<string, number>;
    readonly now: number;
    readonly lookAgainAt: number;
  },
): Promise<void> {
  await tx.run(
    `update commitment_order_items set outcome = known.value ->> 1 from json_each(?) as known
      where order_id = ? and sop_instance_uid = known.value ->> 0 and outcome is null`,
    [JSON.stringify([...outcomes]), orderId],
  );
  const open =
    'exists (select 1 from commitment_order_items where order_id = commitment_orders.id and outcome is null)';
  await tx.run(
    `update commitment_orders set state = iif(${open}, 'open', 'settled'), due_at = iif(${open}, ?, ?) where id = ?`,
    [lookAgainAt, now, orderId],
  );
}

export interface ItemOutcome {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly outcome: number;
}

export function itemOutcomes(reader: Reader, orderId: number): Promise<readonly ItemOutcome[]> {
  return reader.all<ItemOutcome>(
    `select sop_instance_uid as "sopInstanceUid", sop_class_uid as "sopClassUid", outcome
      from commitment_order_items where order_id = ? and outcome is not null order by sop_instance_uid`,
    [orderId],
  );
}

/** How a try to report ended: the scanner knows, is told again later, or is told no more. */
export async function recordReport(
  tx: Transaction,
  orderId: number,
  { state, dueAt }: { readonly state: 'settled' | 'reported' | 'unreported'; readonly dueAt: number },
): Promise<void> {
  await tx.run(
    'update commitment_orders set state = ?, due_at = ?, report_attempts = report_attempts + 1 where id = ?',
    [state, dueAt, orderId],
  );
}
