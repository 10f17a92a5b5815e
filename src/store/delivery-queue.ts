import type { Reader } from './database.ts';
import { DELIVERIES, type DeliveryRecord } from './outbox.ts';
import { selectList, toRecord } from './table-shape.ts';

/**
 * What became of a delivery so far. `failing`: tried, and to be tried again; `dead`: given up, and not because a later
 * decision took its place.
 */
export const QUEUE_STATES = ['waiting', 'failing', 'dead', 'delivered'] as const;
export type QueueState = (typeof QUEUE_STATES)[number];

/** In the words of the indexes that hold each. */
export const IN_STATE: Readonly<Record<QueueState, string>> = {
  waiting: "deliveries.state = 'pending' and deliveries.attempts = 0",
  failing: "deliveries.state = 'pending' and deliveries.attempts > 0",
  dead: "deliveries.state = 'dead' and deliveries.superseded_at is null",
  delivered: "deliveries.state = 'delivered'",
};
const INDEX_OF: Readonly<Record<QueueState, string>> = {
  waiting: 'deliveries_untried',
  failing: 'deliveries_failing',
  dead: 'deliveries_dead_letters',
  delivered: 'deliveries_delivered',
};

export interface QueuedDelivery extends DeliveryRecord {
  readonly seriesId: number;
}

export function queueStateOf({ state, attempts }: Pick<DeliveryRecord, 'state' | 'attempts'>): QueueState {
  if (state !== 'pending') return state;
  return attempts === 0 ? 'waiting' : 'failing';
}

export interface QueuePage {
  /** Undefined: of all. */
  readonly destination?: string | undefined;
  readonly states: readonly QueueState[];
  /** Deliveries after this one; 0 for the first page. */
  readonly after: number;
  readonly limit: number;
}

const SELECT = `select ${selectList(DELIVERIES)}, instances.series_id as "seriesId" from deliveries`;
const WITH_INSTANCE = 'join instances on instances.id = deliveries.instance_id';

/** In the order of queueing, at most so many. Each state of each destination is read from its own index. */
export async function queuedDeliveries(reader: Reader, page: QueuePage): Promise<readonly QueuedDelivery[]> {
  const { states, after, limit } = page;
  const destinations = page.destination === undefined ? await knownDestinations(reader) : [page.destination];
  const found: QueuedDelivery[] = [];
  for (const destination of destinations) {
    for (const state of states) {
      const rows = await reader.all(
        `${SELECT} indexed by ${INDEX_OF[state]} ${WITH_INSTANCE}
          where deliveries.destination = ? and ${IN_STATE[state]} and deliveries.id > ? order by deliveries.id limit ?`,
        [destination, after, limit],
      );
      found.push(...rows.map((row) => toRecord(DELIVERIES, row) as QueuedDelivery));
    }
  }
  return found.sort((one, other) => one.id - other.id).slice(0, limit);
}

/** The same of one series. */
export async function queuedOfSeries(
  reader: Reader,
  seriesId: number,
  { destination, states, after, limit }: QueuePage,
): Promise<readonly QueuedDelivery[]> {
  const inStates = states.map((state) => `(${IN_STATE[state]})`).join(' or ');
  const rows = await reader.all(
    `${SELECT} indexed by deliveries_by_instance
      join instances indexed by instances_by_series on instances.id = deliveries.instance_id
      where instances.series_id = ?1 and deliveries.id > ?2 and (?3 is null or deliveries.destination = ?3)
        and (${inStates}) order by deliveries.id limit ?4`,
    [seriesId, after, destination ?? null, limit],
  );
  return rows.map((row) => toRecord(DELIVERIES, row) as QueuedDelivery);
}

/** Every destination that anything was ever queued for. */
export async function knownDestinations(reader: Reader): Promise<readonly string[]> {
  const sql = 'select distinct destination from delivery_counts order by destination';
  return (await reader.all<{ destination: string }>(sql)).map(({ destination }) => destination);
}

/** How many deliveries of a destination wait or are dead for one reason. */
export interface FailureCause {
  readonly state: 'failing' | 'dead';
  readonly reason: string | null;
  readonly deliveries: number;
}

/** Why what fails, or is dead, of a destination does so; most first. */
export async function failureCauses(reader: Reader, destination: string): Promise<readonly FailureCause[]> {
  const counted = (state: FailureCause['state'], index: string): string =>
    `select '${state}' as state, reason, count(*) as deliveries from deliveries indexed by ${index}
      where destination = ?1 and ${IN_STATE[state]} group by reason`;
  return reader.all<FailureCause>(
    `${counted('failing', 'deliveries_failing_causes')} union all ${counted('dead', 'deliveries_dead_causes')}
      order by deliveries desc`,
    [destination],
  );
}
