import type { ObservedOrientation } from '../core/orientation/d4.ts';
import type { ReviewAct } from '../core/review/review-acts.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { Reader, Transaction } from './database.ts';
import { DECISIONS, type DecisionRecord } from './decisions.ts';
import { insertRecords, selectList, type TableShape, toRecord } from './table-shape.ts';

/** A person's act on a series. Never changed: a further act takes the place of an earlier one. */
export interface ReviewRecord {
  readonly id: number;
  readonly seriesId: number;
  readonly at: number;
  readonly act: ReviewAct;
  readonly by: string;
  /** Why, in the person's words. */
  readonly because: string;
  /** What the person says that the picture shows. */
  readonly code: ObservedOrientation | null;
  /** The decision that the person looked at, and the one that stood after the act. */
  readonly lookedAt: number | null;
  readonly decisionId: number | null;
}

const REVIEWS: TableShape<ReviewRecord> = {
  table: 'reviews',
  fields: {
    id: 'plain',
    seriesId: 'plain',
    at: 'plain',
    act: 'plain',
    by: 'plain',
    because: 'plain',
    code: 'plain',
    lookedAt: 'plain',
    decisionId: 'plain',
  },
};

export async function insertReview(tx: Transaction, review: Omit<ReviewRecord, 'id'>): Promise<number> {
  const [id] = await insertRecords(tx, REVIEWS, [review]);
  return id!;
}

/** Oldest first. */
export async function reviewsOfSeries(reader: Reader, seriesId: number): Promise<readonly ReviewRecord[]> {
  const sql = `select ${selectList(REVIEWS)} from reviews where series_id = ? order by id`;
  return (await reader.all(sql, [seriesId])).map((row) => toRecord(REVIEWS, row));
}

/** Id of the last review of a series; null where there is none. */
export async function lastReviewId(reader: Reader, seriesId: number): Promise<number | null> {
  const [row] = await reader.all<{ id: number | null }>('select max(id) as id from reviews where series_id = ?', [
    seriesId,
  ]);
  return row?.id ?? null;
}

/** The newest decision of a series that the node made by itself. */
export async function latestDecisionByNode(reader: Reader, seriesId: number): Promise<DecisionRecord | undefined> {
  const sql = `select ${selectList(DECISIONS)} from decisions where series_id = ? and by_person is null
    order by id desc limit 1`;
  return (await reader.all(sql, [seriesId])).map((row) => toRecord(DECISIONS, row))[0];
}

/**
 * What the results say that a series had before by the same way of turning it, under UIDs of their own, and the kind that
 * it had then; undefined where it had none.
 */
export async function earlierDerivation(
  reader: Reader,
  { seriesId, method, correction }: Pick<DecisionRecord, 'seriesId' | 'method' | 'correction'>,
): Promise<{ readonly derivation: object; readonly kind: SequenceKind } | undefined> {
  const [row] = await reader.all<{ derivation: string; kind: SequenceKind }>(
    `select derivation_json as derivation, kind from decisions
      where series_id = ? and method = ? and correction = ? and derivation_json ->> '$.uidPolicy' = 'derive'
        and exists (select 1 from results where results.decision_id = decisions.id) order by id desc limit 1`,
    [seriesId, method, correction],
  );
  return row && { derivation: JSON.parse(row.derivation) as object, kind: row.kind };
}

/** What was sent of a series so far. */
export interface SentBefore {
  /** Something went out, or waits, and was not superseded. */
  readonly anything: boolean;
  /** Destinations that have, or may have, what ever stood of it, superseded or not; or that wait for something. */
  readonly holders: readonly string[];
}

export async function sentBefore(reader: Reader, seriesId: number): Promise<SentBefore> {
  const rows = await reader.all<{ destination: string; holds: number; stands: number }>(
    `select destination, max(superseded_at is null) as stands,
        max(purpose = 'result' or (state = 'pending' and superseded_at is null)) as holds from deliveries
      where instance_id in (select id from instances where series_id = ?) group by destination order by destination`,
    [seriesId],
  );
  return {
    anything: rows.some(({ stands }) => stands === 1),
    holders: rows.filter(({ holds }) => holds === 1).map(({ destination }) => destination),
  };
}

/** Series Instance UID of the results that stand: an archive has them, or they wait; undefined where there are none. */
export async function standingResultUid(reader: Reader, seriesId: number): Promise<string | undefined> {
  const sql = `select results.series_instance_uid as uid from instances
      join deliveries on deliveries.instance_id = instances.id join results on results.id = deliveries.result_id
    where instances.series_id = ? and deliveries.superseded_at is null order by deliveries.id desc limit 1`;
  return (await reader.all<{ uid: string }>(sql, [seriesId]))[0]?.uid;
}
