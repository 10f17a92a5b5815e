import type { BatchOrder } from '../api/batches.ts';
import type { DecisionKind } from '../core/decision/decision.ts';
import type { OrientationCode } from '../core/orientation/d4.ts';
import type { SqlValue } from './connection.ts';
import type { Reader, Transaction } from './database.ts';
import { insertRecords, selectList, type TableShape, toRecord } from './table-shape.ts';
import { ANSWERING } from './worklist-filter.ts';

/** An order for many series, and how far it is. Times in milliseconds since 1970 UTC. */
export interface BatchRecord {
  readonly id: number;
  readonly key: string | null;
  readonly order: BatchOrder;
  readonly by: string;
  readonly createdAt: number;
  readonly endedAt: number | null;
  readonly state: 'running' | 'paused' | 'cancelled' | 'done';
  readonly seriesAll: number;
  readonly seriesDone: number;
  readonly seriesFailed: number;
  readonly seriesChanged: number;
  /** Instances by destination; in a dry run those that would be. */
  readonly queued: Readonly<Record<string, number>>;
  /** Of what it opened, what arrived; one that was opened by two batches counts for both. */
  readonly delivered: number;
  readonly gone: number;
}

/** What stands, or would stand, of a series. */
export interface BatchVerdict {
  readonly decision: DecisionKind;
  readonly observedCode: OrientationCode | null;
}

/** One series of a batch, and what became of it. */
export interface BatchSeriesRecord {
  readonly id: number;
  readonly batchId: number;
  readonly seriesId: number;
  readonly state: 'waiting' | 'done' | 'failed';
  /** 1: it was not chosen, but is decided with one that was. */
  readonly joined: 0 | 1;
  readonly before: BatchVerdict | null;
  readonly after: BatchVerdict | null;
  readonly changed: 0 | 1;
  readonly queued: Readonly<Record<string, number>>;
  readonly gone: number;
  readonly sentence: string | null;
}

const BATCHES: TableShape<BatchRecord> = {
  table: 'batches',
  fields: {
    id: 'plain',
    key: 'plain',
    order: 'json',
    by: 'plain',
    createdAt: 'plain',
    endedAt: 'plain',
    state: 'plain',
    seriesAll: 'plain',
    seriesDone: 'plain',
    seriesFailed: 'plain',
    seriesChanged: 'plain',
    queued: 'json',
    delivered: 'plain',
    gone: 'plain',
  },
};
const BATCH_SERIES: TableShape<BatchSeriesRecord> = {
  table: 'batch_series',
  fields: {
    id: 'plain',
    batchId: 'plain',
    seriesId: 'plain',
    state: 'plain',
    joined: 'plain',
    before: 'json',
    after: 'json',
    changed: 'plain',
    queued: 'json',
    gone: 'plain',
    sentence: 'plain',
  },
};
const SELECT = `select ${selectList(BATCHES)} from batches`;

async function select(reader: Reader, where: string, values: readonly SqlValue[]): Promise<readonly BatchRecord[]> {
  return (await reader.all(`${SELECT} ${where}`, values)).map((row) => toRecord(BATCHES, row));
}

/** The batch with the series that were chosen for it, all of which wait. */
export async function insertBatch(
  tx: Transaction,
  batch: Pick<BatchRecord, 'key' | 'order' | 'by' | 'createdAt'>,
  series: readonly { readonly id: number; readonly joined: boolean }[],
): Promise<number> {
  const nothing = { seriesDone: 0, seriesFailed: 0, seriesChanged: 0, queued: {}, delivered: 0, gone: 0 };
  const fresh = { ...batch, ...nothing, endedAt: null, state: 'running', seriesAll: series.length } as const;
  const [batchId] = await insertRecords(tx, BATCHES, [fresh]);
  // Two numbers for each: there may be a hundred thousand.
  const rows = series.map(({ id, joined }) => [id, joined ? 1 : 0]);
  await tx.run(
    `insert into batch_series (batch_id, series_id, state, joined)
      select ?, value ->> 0, 'waiting', value ->> 1 from json_each(?) order by key`,
    [batchId!, JSON.stringify(rows)],
  );
  return batchId!;
}

export async function batchById(reader: Reader, id: number): Promise<BatchRecord | undefined> {
  return (await select(reader, 'where id = ?', [id]))[0];
}

export async function batchByKey(reader: Reader, key: string): Promise<BatchRecord | undefined> {
  return (await select(reader, 'where key = ?', [key]))[0];
}

/** Newest first; those before one, where it is given. */
export function batchesBefore(
  reader: Reader,
  before: number | undefined,
  limit: number,
): Promise<readonly BatchRecord[]> {
  return select(reader, 'where id < ? order by id desc limit ?', [before ?? Number.MAX_SAFE_INTEGER, limit]);
}

export async function runningBatches(reader: Reader): Promise<readonly number[]> {
  const rows = await reader.all<{ id: number }>("select id from batches where state = 'running' order by id");
  return rows.map(({ id }) => id);
}

/** Moves a batch on from one of these states; false where it is in none of them. */
export async function moveBatch(
  tx: Transaction,
  id: number,
  move: {
    readonly from: readonly BatchRecord['state'][];
    readonly to: BatchRecord['state'];
    /** For a batch that ends. */
    readonly endedAt: number | null;
  },
): Promise<boolean> {
  const { changes } = await tx.run(
    'update batches set state = ?, ended_at = ? where id = ? and state in (select value from json_each(?))',
    [move.to, move.endedAt, id, JSON.stringify(move.from)],
  );
  return changes > 0;
}

/** The next series of a batch that nothing became of yet, with its series and decision. */
export async function nextWaiting(reader: Reader, batchId: number): Promise<BatchSeriesRecord | undefined> {
  const rows = await reader.all(
    `select ${selectList(BATCH_SERIES)} from batch_series where batch_id = ? and state = 'waiting' order by id limit 1`,
    [batchId],
  );
  return rows.map((row) => toRecord(BATCH_SERIES, row))[0];
}

/** Those of these series that wait in the batch, by the id of the series. */
export async function waitingOf(
  reader: Reader,
  batchId: number,
  seriesIds: readonly number[],
): Promise<ReadonlyMap<number, BatchSeriesRecord>> {
  const rows = await reader.all(
    `select ${selectList(BATCH_SERIES)} from batch_series
      where batch_id = ? and series_id in (select value from json_each(?)) and state = 'waiting'`,
    [batchId, JSON.stringify(seriesIds)],
  );
  return new Map(rows.map((row) => toRecord(BATCH_SERIES, row)).map((record) => [record.seriesId, record]));
}

/** What became of a series, with the deliveries that were opened for it. */
export interface BatchSeriesEnd
  extends Pick<BatchSeriesRecord, 'before' | 'after' | 'queued' | 'gone'>,
    Partial<Pick<BatchSeriesRecord, 'sentence'>> {
  readonly state: 'done' | 'failed';
  readonly changed: boolean;
  readonly deliveryIds: readonly number[];
}

/** False where something became of it before, or its batch does not run: then nothing is written. */
export async function endSeries(
  tx: Transaction,
  { id, batchId }: Pick<BatchSeriesRecord, 'id' | 'batchId'>,
  end: BatchSeriesEnd,
): Promise<boolean> {
  const { state, before, after, changed, queued, gone, sentence = null, deliveryIds } = end;
  const json = (value: object | null) => (value === null ? null : JSON.stringify(value));
  const { changes } = await tx.run(
    `update batch_series set state = ?, before_json = ?, after_json = ?, changed = ?, queued_json = ?, gone = ?,
        sentence = ?
      where id = ? and state = 'waiting' and (select state from batches where id = batch_id) = 'running'`,
    [state, json(before), json(after), changed ? 1 : 0, JSON.stringify(queued), gone, sentence, id],
  );
  if (changes === 0) return false;
  await tx.run(
    `update batches set queued_json = (select json_group_object(key, instances) from
        (select key, sum(value) as instances from
          (select key, value from json_each(batches.queued_json) union all select key, value from json_each(?))
        group by key)) where id = ?`,
    [JSON.stringify(queued), batchId],
  );
  await insertOpened(tx, batchId, deliveryIds);
  return true;
}

async function insertOpened(tx: Transaction, batchId: number, deliveryIds: readonly number[]): Promise<void> {
  await tx.run(
    `insert into batch_deliveries (delivery_id, batch_id, waiting) select value, ?, 1 from json_each(?) where true
      on conflict do update set waiting = 1`,
    [batchId, JSON.stringify(deliveryIds)],
  );
}

/** How many deliveries for these destinations wait that the batch opened. */
export async function waitingDeliveries(
  reader: Reader,
  batchId: number,
  destinations: readonly string[],
): Promise<number> {
  const rows = await reader.all<{ n: number }>(
    `select count(*) as n from batch_deliveries join deliveries on deliveries.id = batch_deliveries.delivery_id
      where batch_id = ? and waiting = 1 and destination in (select value from json_each(?))`,
    [batchId, JSON.stringify(destinations)],
  );
  return rows[0]!.n;
}

/** A series of a batch, with what the list of them says of the series itself. */
export interface ListedBatchSeries extends BatchSeriesRecord {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
}

/** In the order of the batch: those after one, where it is given. */
export async function seriesOfBatch(
  reader: Reader,
  batchId: number,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly ListedBatchSeries[]> {
  const rows = await reader.all(
    `select ${selectList(BATCH_SERIES)}, series.study_instance_uid as "studyInstanceUid",
        series.series_instance_uid as "seriesInstanceUid"
      from batch_series join series on series.id = batch_series.series_id
      where batch_id = ? and batch_series.id > ? order by batch_series.id limit ?`,
    [batchId, after, limit],
  );
  return rows.map((row) => toRecord(BATCH_SERIES, row) as ListedBatchSeries);
}

/** The series whose standing decisions were made together with those of some of these: of their stack groups. */
export async function seriesDecidedWith(reader: Reader, seriesIds: readonly number[]): Promise<readonly number[]> {
  const rows = await reader.all<{ id: number }>(
    `select distinct other.id from json_each(?) as chosen
      join series as own on own.id = chosen.value
      join decisions as standing on standing.id = own.decision_id
      join decisions as mate on mate.stack_group_id = standing.stack_group_id
      join series as other on other.id = mate.series_id and other.decision_id = mate.id
      order by other.id`,
    [JSON.stringify(seriesIds)],
  );
  return rows.map(({ id }) => id);
}

/** Of the decisions of these series, those on which a person said something, or which a person made. */
export async function personsDecisions(reader: Reader, seriesIds: readonly number[]): Promise<ReadonlySet<number>> {
  const ids = JSON.stringify(seriesIds);
  const rows = await reader.all<{ id: number }>(
    `select id from decisions where series_id in (select value from json_each(?)) and by_person is not null
      union select decision_id from reviews
        where series_id in (select value from json_each(?)) and decision_id is not null
          and act in (select value from json_each(?))`,
    [ids, ids, ANSWERING],
  );
  return new Set(rows.map(({ id }) => id));
}
