import type { DELIVERY_STATES, SeriesFilter, SeriesQuery } from '../api/series.ts';
import type { DecisionKind, DecisionReason } from '../core/decision/decision.ts';
import type { Flag } from '../core/decision/flags.ts';
import { NodeError } from '../core/errors.ts';
import type { Correction, ObservedOrientation } from '../core/orientation/d4.ts';
import type { ReviewAct } from '../core/review/review-acts.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { SqlRow, SqlValue } from './connection.ts';
import type { Reader } from './database.ts';
import { ANSWERED, ANSWERING, conditionsOf, DELIVERY_STATE, type SqlCondition, whereAll } from './worklist-filter.ts';

/** One series as lists show it; texts of headers as received. Times are milliseconds since 1970 UTC. */
export interface WorklistRow {
  readonly id: number;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly state: 'receiving' | 'decided';
  readonly receivedAt: number;
  readonly lastReceivedAt: number;
  readonly patientName: string;
  readonly patientId: string;
  /** YYYYMMDD */
  readonly studyDate: string | null;
  readonly accessionNumber: string | null;
  readonly seriesNumber: number | null;
  readonly seriesDescription: string | null;
  readonly callingAeTitle: string;
  readonly stationName: string | null;
  readonly manufacturer: string | null;
  readonly modelName: string | null;
  readonly kind: SequenceKind | null;
  readonly instances: number;
  readonly decisionId: number | null;
  readonly decision: DecisionKind | null;
  readonly byPerson: boolean;
  readonly mode: 'observe' | 'standardize' | null;
  readonly observedCode: ObservedOrientation | null;
  readonly correction: Correction | null;
  readonly confidence: number | null;
  readonly metricReason: DecisionReason | null;
  readonly flags: readonly Flag[];
  readonly modelVersion: string | null;
  readonly reviewId: number | null;
  readonly review: { readonly act: ReviewAct; readonly by: string; readonly at: number } | null;
  /** See `reviewNeeded`. */
  readonly answered: boolean;
  readonly delivery: (typeof DELIVERY_STATES)[number];
}

export interface WorklistPage {
  readonly rows: readonly WorklistRow[];
  /** Null where there is nothing behind these. */
  readonly next: string | null;
  /** Counted up to MOST_COUNTED. */
  readonly total: number;
  readonly totalIsLeast: boolean;
}

export const MOST_COUNTED = 10_000;

/** What the rows of an order are compared by, the last one being the id. */
const KEYS: Readonly<Record<SeriesQuery['order'], readonly string[]>> = {
  received: ['received_at', 'series_id'],
  confidence: ['confidence', 'series_id'],
  code: ['code', 'series_id'],
  scanner: ['scanner', 'station', 'series_id'],
  kind: ['kind', 'series_id'],
  decision: ['decision', 'series_id'],
};

const ROW = `worklist.series_id as id, series.study_instance_uid as "studyInstanceUid",
  series.series_instance_uid as "seriesInstanceUid", series.state, series.first_received_at as "receivedAt",
  series.last_received_at as "lastReceivedAt", patient_name as "patientName", patient_id as "patientId",
  study_date as "studyDate", accession_number as "accessionNumber", series_number as "seriesNumber",
  series_description as "seriesDescription", scanner as "callingAeTitle", nullif(station, '') as "stationName",
  manufacturer, worklist_texts.model_name as "modelName", nullif(worklist.kind, '') as kind, instances,
  worklist.decision_id as "decisionId", nullif(worklist.decision, '') as decision, worklist.by_person as "byPerson",
  nullif(worklist.mode, '') as mode, nullif(worklist.code, '') as "observedCode", decisions.correction,
  nullif(worklist.confidence, -1) as confidence, nullif(worklist.metric_reason, '') as "metricReason",
  worklist.flags_json as flags, nullif(worklist.model_version, '') as "modelVersion", worklist.review_id as "reviewId",
  last.act, last.by, last.at, ${ANSWERED} as answered,
  ${DELIVERY_STATE} as delivery`;
const TABLES = `worklist join series on series.id = worklist.series_id
  join worklist_texts on worklist_texts.series_id = worklist.series_id
  left join decisions on decisions.id = worklist.decision_id left join reviews as last on last.id = worklist.review_id`;

/**
 * One page of the series that a filter lets through. A page goes on behind the last row that was shown, whatever came
 * in meanwhile.
 * @throws NodeError bad-request where the cursor is none of this order
 */
export async function worklistPage(reader: Reader, query: SeriesQuery): Promise<WorklistPage> {
  const conditions = conditionsOf(query);
  const keys = KEYS[query.order].map((key) => `worklist.${key}`);
  const found = await pageOfKeys(reader, query, conditions, keys);
  const shown = found.slice(0, query.limit);
  const ids = shown.map((key) => Number(key.at(-1)));
  const total = await countUpTo(reader, conditions, MOST_COUNTED + 1);
  return {
    rows: await worklistRows(reader, ids),
    next: found.length > shown.length ? cursorOf(shown.at(-1) as readonly SqlValue[]) : null,
    total: Math.min(total, MOST_COUNTED),
    totalIsLeast: total > MOST_COUNTED,
  };
}

/** These series, in the order of the ids; without those that do not exist. */
export async function worklistRows(reader: Reader, ids: readonly number[]): Promise<readonly WorklistRow[]> {
  const sql = `select ${ROW} from json_each(?) as wanted join ${TABLES}
    where worklist.series_id = wanted.value order by wanted.key`;
  const rows = await reader.all(sql, [ANSWERING, JSON.stringify(ids)]);
  return rows.map(toRow);
}

/** Ids of all series that a filter lets through, in order of arrival. */
export async function seriesMatching(reader: Reader, filter: SeriesFilter): Promise<readonly number[]> {
  const { sql, values } = whereAll(conditionsOf(filter));
  const rows = await reader.all<{ id: number }>(
    `select worklist.series_id as id from worklist ${sql} order by worklist.series_id`,
    values,
  );
  return rows.map(({ id }) => id);
}

async function pageOfKeys(
  reader: Reader,
  { cursor, descending, limit }: SeriesQuery,
  conditions: readonly SqlCondition[],
  keys: readonly string[],
): Promise<readonly (readonly SqlValue[])[]> {
  const behind: SqlCondition[] = [];
  if (cursor !== undefined) {
    const places = keys.map(() => '?').join(', ');
    const sql = `(${keys.join(', ')}) ${descending ? '<' : '>'} (${places})`;
    behind.push({ sql, values: keysOf(cursor, keys.length) });
  }
  const { sql, values } = whereAll([...conditions, ...behind]);
  const order = keys.map((key) => (descending ? `${key} desc` : key)).join(', ');
  const columns = keys.map((key, index) => `${key} as k${index}`).join(', ');
  const rows = await reader.all(`select ${columns} from worklist ${sql} order by ${order} limit ?`, [
    ...values,
    limit + 1,
  ]);
  return rows.map((row) => keys.map((_, index) => row[`k${index}`] as SqlValue));
}

async function countUpTo(reader: Reader, conditions: readonly SqlCondition[], most: number): Promise<number> {
  const { sql, values } = whereAll(conditions);
  const counted = `select count(*) as count from (select 1 from worklist ${sql} limit ?)`;
  const [row] = await reader.all<{ count: number }>(counted, [...values, most]);
  return row!.count;
}

function cursorOf(keys: readonly SqlValue[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

function keysOf(cursor: string, length: number): readonly SqlValue[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const isKey = (key: unknown): key is string | number => typeof key === 'string' || typeof key === 'number';
    if (Array.isArray(keys) && keys.length === length && keys.every(isKey)) return keys;
  } catch {
    // Told below.
  }
  throw new NodeError('bad-request', 'the cursor is none of this list: begin at its first page');
}

function toRow({ act, by, at, ...row }: SqlRow): WorklistRow {
  return {
    ...(row as unknown as WorklistRow),
    flags: JSON.parse(String(row['flags'])) as readonly Flag[],
    byPerson: row['byPerson'] === 1,
    answered: row['answered'] === 1,
    review: act === null ? null : ({ act, by, at } as NonNullable<WorklistRow['review']>),
  };
}
