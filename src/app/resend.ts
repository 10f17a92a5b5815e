import type { SeriesFilter } from '../api/series.ts';
import { NodeError } from '../core/errors.ts';
import { appendAudit } from '../store/audit.ts';
import type { Reader, Transaction } from '../store/database.ts';
import { type DeliveryRecord, deliveriesOfInstances, enqueue, reopen } from '../store/outbox.ts';
import { lastSentOfSeries, type SentFilter, type SeriesToResend, seriesToResend } from '../store/resend.ts';
import { moveDataSet } from '../store/results.ts';
import { seriesMatching } from '../store/worklist.ts';
import type { NodeContext } from './node-context.ts';
import { storedOutput } from './stored-output.ts';
import { countsOf } from './tell-decision.ts';

export interface ResendOrder {
  /** Its scanner and destination narrow what is sent of each series, too; `state` that alone. */
  readonly filter: SeriesFilter & Pick<SentFilter, 'state'>;
  /** The destinations that there are: what went to another goes nowhere, unless `to` says where. */
  readonly destinations: readonly string[];
  /** To this one instead of to those that had it. */
  readonly to?: string | undefined;
  /** Who asks and why. Without: tells what would be sent, and changes nothing. */
  readonly act?: { readonly by: string; readonly reason: string } | undefined;
}

/** What is sent again of one series, or would be. */
export interface ResentSeries extends Omit<SeriesToResend, 'id'> {
  /** How many instances are queued for each destination. */
  readonly queued: Readonly<Record<string, number>>;
  /** How many of these waited already; they are tried at once. */
  readonly waiting: number;
  /** How many files were made anew of their sources. */
  readonly derivedAgain: number;
  /** SOP Instance UIDs that cannot be sent: neither they nor their sources are on the disk. */
  readonly gone: readonly string[];
}

type ResendContext = Pick<NodeContext, 'db' | 'dataDir' | 'now'>;

/**
 * Queues again what was sent: the same files under the same UIDs. What still waits is not queued twice. Series after
 * series, each in one transaction with its entry in the audit trail, so that a node beside it goes on.
 * @throws NodeError bad-request (there is no such destination), database-failed, storage-full, storage-failed
 */
export async function* resend(order: ResendOrder, context: ResendContext): AsyncGenerator<ResentSeries> {
  const { state, ...chosen } = order.filter;
  const target = order.to ?? chosen.destination;
  if (target !== undefined && !order.destinations.includes(target)) {
    const known = order.destinations.join(', ');
    throw new NodeError('bad-request', `there is no destination ${target}; there are: ${known}`);
  }
  const filter = { state, destination: chosen.destination, callingAeTitle: chosen.scanner };
  for (const series of await seriesToResend(context.db, await seriesMatching(context.db, chosen))) {
    const resent = await sendSeriesAgain(series, { ...order, filter }, context);
    if (resent !== undefined) yield resent;
  }
}

/** What else is to happen where a series is sent again. */
export interface Alongside {
  /** Waits until more may be queued for these destinations; where it rejects, nothing is queued. */
  readonly mayQueue: (destinations: readonly string[]) => Promise<void>;
  /** Writes with it, in the same transaction, the deliveries that were opened. */
  readonly record: (tx: Transaction, resent: ResentSeries, deliveryIds: readonly number[]) => Promise<void>;
}

/**
 * One series: looks for its files, and queues what is there in one transaction with the entry in the audit trail. Without
 * `order.act` it only tells.
 * @returns undefined where the filter leaves nothing that was sent of it
 * @throws NodeError database-failed, storage-full, storage-failed, and whatever `alongside` throws
 */
export async function sendSeriesAgain(
  series: SeriesToResend,
  order: Omit<ResendOrder, 'filter'> & { readonly filter: SentFilter },
  context: ResendContext,
  alongside?: Alongside,
): Promise<ResentSeries | undefined> {
  const chosen = await chosenOf(context.db, series, order);
  if (chosen.length === 0) return undefined;
  const { id: _, ...named } = series;
  const { act, to } = order;
  const { sendable, moved, derivedAgain, gone } = await lookedFor(chosen, act !== undefined, context);
  const result = (plan: Plan): ResentSeries => ({
    ...named,
    queued: countsOf([...plan.again, ...plan.copies]),
    waiting: plan.again.filter(({ state }) => state === 'pending').length,
    derivedAgain,
    gone,
  });
  if (act === undefined || sendable.length === 0) return result(await planOf(context.db, sendable, to));
  await alongside?.mayQueue(to === undefined ? [...new Set(sendable.map(({ destination }) => destination))] : [to]);
  return context.db.transaction(async (tx) => {
    const at = context.now();
    // Another decision may stand by now: of that one, nothing was looked for.
    const standing = new Set((await chosenOf(tx, series, order)).map(({ id }) => id));
    const plan = await planOf(
      tx,
      sendable.filter(({ id }) => standing.has(id)),
      to,
    );
    for (const [resultId, dataSetOffset] of moved) await moveDataSet(tx, resultId, dataSetOffset);
    const deliveryIds = await carryOut(tx, plan, at);
    const resent = result(plan);
    const { studyInstanceUid, seriesInstanceUid } = series;
    const subject = { studyInstanceUid, seriesInstanceUid };
    const detail = { reason: act.reason, queued: resent.queued, gone: gone.length };
    await appendAudit(tx, [{ at, event: 'series-sent-again', actor: act.by, subject, detail }]);
    await alongside?.record(tx, resent, deliveryIds);
    return resent;
  });
}

/** What was last sent of the series and is to be sent again: to those that there are, or each file once to another. */
async function chosenOf(
  reader: Reader,
  { id }: SeriesToResend,
  { filter, to, destinations }: Parameters<typeof sendSeriesAgain>[1],
): Promise<readonly DeliveryRecord[]> {
  const sent = await lastSentOfSeries(reader, id, filter);
  if (to === undefined) return sent.filter(({ destination }) => destinations.includes(destination));
  return [...new Map(sent.map((delivery) => [delivery.sopInstanceUid, delivery])).values()];
}

/** Deliveries that are opened again, and new ones for a destination that never had the file. */
interface Plan {
  readonly again: readonly DeliveryRecord[];
  readonly copies: readonly DeliveryRecord[];
}

async function planOf(reader: Reader, sendable: readonly DeliveryRecord[], to: string | undefined): Promise<Plan> {
  if (to === undefined) return { again: sendable, copies: [] };
  const ofInstances = await deliveriesOfInstances(reader, [...new Set(sendable.map(({ instanceId }) => instanceId))]);
  const there = new Map(
    ofInstances
      .filter(({ destination, supersededAt }) => destination === to && supersededAt === null)
      .map((delivery) => [delivery.file, delivery]),
  );
  return {
    again: sendable.flatMap(({ file }) => there.get(file) ?? []),
    copies: sendable.filter(({ file }) => !there.has(file)).map((delivery) => ({ ...delivery, destination: to })),
  };
}

async function carryOut(tx: Transaction, { again, copies }: Plan, at: number): Promise<readonly number[]> {
  const reopened = again.map(({ id }) => id);
  await reopen(tx, reopened, at);
  const fresh = copies.map((delivery) => ({ ...delivery, queuedAt: at }));
  return [...reopened, ...(await enqueue(tx, fresh))];
}

/** Each file is looked for once, to however many destinations it goes. */
async function lookedFor(chosen: readonly DeliveryRecord[], write: boolean, context: ResendContext) {
  const outputs = new Map<string, Awaited<ReturnType<typeof storedOutput>>>();
  const moved = new Map<number, number>();
  const gone = new Set<string>();
  const sendable: DeliveryRecord[] = [];
  for (const delivery of chosen) {
    const output = outputs.get(delivery.file) ?? (await storedOutput(delivery, context, { write }));
    outputs.set(delivery.file, output);
    if (output.state === 'gone') {
      gone.add(delivery.sopInstanceUid);
      continue;
    }
    const dataSetOffset = output.state === 'there' ? delivery.dataSetOffset : output.dataSetOffset;
    if (delivery.resultId !== null && dataSetOffset !== delivery.dataSetOffset) {
      moved.set(delivery.resultId, dataSetOffset);
    }
    sendable.push({ ...delivery, dataSetOffset });
  }
  const derivedAgain = [...outputs.values()].filter(({ state }) => state === 'derived-again').length;
  return { sendable, moved, derivedAgain, gone: [...gone] };
}
