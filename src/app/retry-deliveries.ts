import type { RetryOrder } from '../api/deliveries.ts';
import type { Asker } from '../api/endpoints.ts';
import { NodeError } from '../core/errors.ts';
import { type AuditEntry, appendAudit } from '../store/audit.ts';
import type { Reader, Transaction } from '../store/database.ts';
import { queuedDeliveries, queueStateOf } from '../store/delivery-queue.ts';
import { deliveriesOfInstances, enqueue, reopen } from '../store/outbox.ts';
import { moveDataSet } from '../store/results.ts';
import { type RetryableDelivery, retryableDeliveries } from '../store/retryable.ts';
import type { NodeContext } from './node-context.ts';
import { storedOutput } from './stored-output.ts';
import { countsOf } from './tell-decision.ts';

/** A destination that can be told to try. */
export interface Triable {
  readonly name: string;
  tryAtOnce(): void;
}

type RetryContext = Pick<NodeContext, 'db' | 'dataDir' | 'now'>;

/** So many are opened in one transaction: others want to write, too. */
const AT_ONCE = 2000;

/**
 * Tries again what fails or is dead: these deliveries, or all of one destination; with `to`, queues the same files under
 * the same UIDs for that destination instead of opening them again, unless it has them or waits for them. What a later
 * decision replaced is left. A file that is neither on the disk nor can be derived again is left, too.
 * @returns how many were queued
 * @throws NodeError bad-request (no such destination, nothing named or both), database-failed, storage-full, storage-failed
 */
export async function retryDeliveries(
  order: RetryOrder,
  asker: Asker,
  { context, destinations }: { readonly context: RetryContext; readonly destinations: readonly Triable[] },
): Promise<{ queued: number }> {
  const { ids, destination, to } = order;
  if ((ids === undefined) === (destination === undefined)) {
    throw new NodeError('bad-request', 'Name either the deliveries, or the destination whose deliveries are meant');
  }
  if (to !== undefined) assertConfigured(to, destinations);
  else if (destination !== undefined) assertConfigured(destination, destinations);
  let queued = 0;
  const targets = new Set<string>();
  for await (const chosen of chosenDeliveries(context.db, order)) {
    const sendable = await onDisk(chosen, context);
    const opened = await context.db.transaction((tx) =>
      openAgain(tx, { order, asker, sendable, destinations }, context),
    );
    queued += opened.length;
    for (const name of opened) targets.add(name);
  }
  for (const one of destinations) if (targets.has(one.name)) one.tryAtOnce();
  return { queued };
}

function assertConfigured(name: string, destinations: readonly Triable[]): void {
  if (destinations.some((one) => one.name === name)) return;
  const known = destinations.map((one) => one.name).join(', ');
  throw new NodeError('bad-request', `there is no destination ${name}; there are: ${known}`);
}

/** A part at a time, in the order of queueing. */
async function* chosenDeliveries(db: Reader, { ids, destination }: RetryOrder): AsyncGenerator<readonly number[]> {
  if (ids !== undefined) {
    const ordered = [...new Set(ids)].sort((one, other) => one - other);
    for (let at = 0; at < ordered.length; at += AT_ONCE) yield ordered.slice(at, at + AT_ONCE);
    return;
  }
  // What is queued from now on is not meant; and what is opened again waits, and is not found twice.
  for (let after = 0; ; ) {
    const page = await queuedDeliveries(db, { destination, states: ['failing', 'dead'], after, limit: AT_ONCE });
    if (page.length > 0) yield page.map(({ id }) => id);
    if (page.length < AT_ONCE) return;
    after = page.at(-1)!.id;
  }
}

interface Sendable {
  readonly id: number;
  /** Where the data set begins, as a result that was derived again has it now. */
  readonly dataSetOffset: number;
}

/** Those of the deliveries whose file is there, or was derived again. */
async function onDisk(ids: readonly number[], context: RetryContext): Promise<readonly Sendable[]> {
  const sendable: Sendable[] = [];
  for (const delivery of await retryableDeliveries(context.db, ids)) {
    const output = await storedOutput(delivery, context, { write: true });
    if (output.state === 'gone') continue;
    const dataSetOffset = output.state === 'there' ? delivery.dataSetOffset : output.dataSetOffset;
    sendable.push({ id: delivery.id, dataSetOffset });
  }
  return sendable;
}

interface Opening {
  readonly order: RetryOrder;
  readonly asker: Asker;
  readonly sendable: readonly Sendable[];
  readonly destinations: readonly Triable[];
}

/** Opens what can still be opened, and returns the destination of each. */
async function openAgain(
  tx: Transaction,
  { order, asker, sendable, destinations }: Opening,
  { now }: RetryContext,
): Promise<readonly string[]> {
  const offsets = new Map(sendable.map(({ id, dataSetOffset }) => [id, dataSetOffset]));
  const at = now();
  const found = await retryableDeliveries(tx, [...offsets.keys()]);
  for (const { id, resultId, dataSetOffset } of found) {
    const moved = offsets.get(id);
    if (resultId !== null && moved !== undefined && moved !== dataSetOffset) await moveDataSet(tx, resultId, moved);
  }
  const present = found.map((one) => ({ ...one, dataSetOffset: offsets.get(one.id) ?? one.dataSetOffset }));
  const names = destinations.map(({ name }) => name);
  const { again, copies } =
    order.to === undefined
      ? { again: present.filter((one) => names.includes(one.destination)), copies: [] }
      : await toAnother(tx, order.to, present);
  const tried = again.filter((one) => queueStateOf(one) !== 'waiting');
  await reopen(
    tx,
    tried.map(({ id }) => id),
    at,
  );
  await enqueue(
    tx,
    copies.map((one) => ({ ...one, queuedAt: at })),
  );
  const opened = [...tried, ...copies];
  await appendAudit(tx, entriesOf(opened, { order, asker, at }));
  return opened.map(({ destination }) => destination);
}

/** What the other destination was to get already and did not is tried again there; what it has is left. */
export async function toAnother(tx: Transaction, to: string, deliveries: readonly RetryableDelivery[]) {
  const instanceIds = [...new Set(deliveries.map(({ instanceId }) => instanceId))];
  const known = (await deliveriesOfInstances(tx, instanceIds)).filter(({ destination }) => destination === to);
  const there = new Map(known.filter((one) => one.supersededAt === null).map((one) => [one.file, one]));
  const files = new Map(deliveries.map((one) => [one.file, one]));
  const again: RetryableDelivery[] = [];
  const copies: RetryableDelivery[] = [];
  for (const delivery of files.values()) {
    const other = there.get(delivery.file);
    if (other === undefined) copies.push({ ...delivery, destination: to });
    else if (other.state !== 'delivered') again.push({ ...delivery, ...other });
  }
  return { again, copies };
}

/** One for each series, so that its history tells of it. */
function entriesOf(
  opened: readonly RetryableDelivery[],
  { order, asker, at }: { readonly order: RetryOrder; readonly asker: Asker; readonly at: number },
): AuditEntry[] {
  const bySeries = new Map<number, RetryableDelivery[]>();
  for (const one of opened) bySeries.set(one.seriesId, [...(bySeries.get(one.seriesId) ?? []), one]);
  return [...bySeries.values()].map((deliveries) => {
    const { studyInstanceUid, seriesInstanceUid } = deliveries[0]!;
    return {
      at,
      event: 'deliveries-retried',
      actor: asker.name,
      subject: { studyInstanceUid, seriesInstanceUid },
      detail: { reason: order.because, queued: countsOf(deliveries) },
    };
  });
}
