import type { Delivery, DeliveryPage, DeliveryQuery, Destinations } from '../../api/deliveries.ts';
import {
  failureCauses,
  knownDestinations,
  QUEUE_STATES,
  type QueuedDelivery,
  queuedDeliveries,
  queuedOfSeries,
  queueStateOf,
} from '../../store/delivery-queue.ts';
import { deliveryCounts } from '../../store/summary.ts';
import type { NodeContext } from '../node-context.ts';
import { moment } from './moment.ts';
import { cursorAt, placeIn } from './page-cursor.ts';

/** A destination of the configuration, as its forwarder sees it. */
export interface DestinationInUse {
  readonly name: string;
  /** Outside of its time windows. */
  readonly isClosed: boolean;
  /** Plain words where it does not take anything at the moment. */
  readonly problem: string | undefined;
  readonly lastFailure: { readonly at: string; readonly reason: string } | null;
}

/** What of the queue is listed where no state is asked for: what has not arrived. */
const UNDER_WAY = ['waiting', 'failing', 'dead'] as const;
const NO_REASON = 'no reason is on record';
/** So many causes of one destination are told. */
const MOST_CAUSES = 50;

/**
 * Instances on their way, in the order of queueing; of one series also those that arrived. Without what a later decision
 * replaced before it left.
 * @throws NodeError bad-request, database-failed
 */
export async function listDeliveries(query: DeliveryQuery, { db }: Pick<NodeContext, 'db'>): Promise<DeliveryPage> {
  const { destination, state, series, limit, cursor } = query;
  const [after = 0] = cursor === undefined ? [] : placeIn(cursor, 1);
  const otherwise = series === undefined ? UNDER_WAY : QUEUE_STATES;
  const page = { destination, states: state === undefined ? otherwise : [state], after, limit: limit + 1 };
  const found = await (series === undefined ? queuedDeliveries(db, page) : queuedOfSeries(db, series, page));
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(shown),
    next: found.length > items.length && last !== undefined ? cursorAt(last.id) : null,
  };
}

function shown(delivery: QueuedDelivery): Delivery {
  const state = queueStateOf(delivery);
  const isOpen = state === 'waiting' || state === 'failing';
  return {
    id: delivery.id,
    destination: delivery.destination,
    seriesId: delivery.seriesId,
    sopInstanceUid: delivery.sopInstanceUid,
    what: delivery.resultId === null ? 'received' : 'result',
    state,
    attempts: delivery.attempts,
    queuedAt: moment(delivery.queuedAt),
    nextAttemptAt: isOpen ? moment(delivery.nextAttemptAt) : null,
    deliveredAt: delivery.deliveredAt === null ? null : moment(delivery.deliveredAt),
    reason: delivery.reason,
    cause: delivery.cause,
  };
}

/** Every destination of the configuration, and those of an earlier one for which something still waits. */
export async function destinationStates(
  { db }: Pick<NodeContext, 'db'>,
  inUse: readonly DestinationInUse[],
): Promise<Destinations> {
  const counts = new Map((await deliveryCounts(db)).map((one) => [one.destination, one]));
  const configured = new Map(inUse.map((one) => [one.name, one]));
  const names = new Set([...configured.keys(), ...(await knownDestinations(db))]);
  const items: Destinations['items'] = [];
  for (const name of names) {
    const { pending = 0, dead = 0, delivered = 0 } = counts.get(name) ?? {};
    const destination = configured.get(name);
    if (destination === undefined && pending + dead === 0) continue;
    const causes = await failureCauses(db, name);
    const failing = sumOf(causes.filter(({ state }) => state === 'failing').map((one) => one.deliveries));
    items.push({
      name,
      configured: destination !== undefined,
      waiting: Math.max(0, pending - failing),
      failing,
      dead,
      delivered,
      closed: destination?.isClosed ?? false,
      problem: destination?.problem ?? null,
      lastFailure: destination?.lastFailure ?? null,
      causes: byReason(causes),
    });
  }
  return { items };
}

function byReason(causes: Awaited<ReturnType<typeof failureCauses>>): { reason: string; instances: number }[] {
  const counts = new Map<string, number>();
  for (const { reason, deliveries } of causes) {
    const words = reason ?? NO_REASON;
    counts.set(words, (counts.get(words) ?? 0) + deliveries);
  }
  const grouped = [...counts].map(([reason, instances]) => ({ reason, instances }));
  return grouped.sort((one, other) => other.instances - one.instances).slice(0, MOST_CAUSES);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
