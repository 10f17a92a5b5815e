import type { Flag } from '../core/decision/flags.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { Reader, Transaction } from './database.ts';
import { selectList, type TableShape, toRecord } from './table-shape.ts';
import { wellFormed } from './well-formed.ts';

/**
 * A series of a study, from its first instance on: what has one Series Instance UID and one sequence kind by its
 * headers. Scouts and cines under one UID exist, and are two series here.
 */
export interface SeriesRecord {
  readonly id: number;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** The sequence kind by the headers of its instances. */
  readonly part: SequenceKind;
  readonly kind: SequenceKind | null;
  /** Name of the rule that told the kind. */
  readonly kindRule: string | null;
  readonly state: 'receiving' | 'decided';
  readonly firstReceivedAt: number;
  readonly lastReceivedAt: number;
  /** The decision that stands. */
  readonly decisionId: number | null;
  readonly flags: readonly Flag[];
}

export interface SeriesArrival {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly part: SequenceKind;
  readonly receivedAt: number;
}

export const SERIES: TableShape<SeriesRecord> = {
  table: 'series',
  fields: {
    id: 'plain',
    studyInstanceUid: 'plain',
    seriesInstanceUid: 'plain',
    part: 'plain',
    kind: 'plain',
    kindRule: 'plain',
    state: 'plain',
    firstReceivedAt: 'plain',
    lastReceivedAt: 'plain',
    decisionId: 'plain',
    flags: 'json',
  },
};

const COLUMNS = selectList(SERIES);
const UPSERT = `insert into series
    (study_instance_uid, series_instance_uid, part, state, first_received_at, last_received_at, flags_json)
  select value ->> 0, value ->> 1, value ->> 2, 'receiving', min(value ->> 3), max(value ->> 3), '[]'
    from json_each(?) where true group by 1, 2, 3 order by min(key)
  on conflict (study_instance_uid, series_instance_uid, part) do update set
    first_received_at = min(first_received_at, excluded.first_received_at),
    last_received_at = max(last_received_at, excluded.last_received_at)`;

/**
 * Makes the series of these arrivals where they are new, and moves their times. A series that is decided stays so.
 * Returns one record for each arrival, in the same order.
 */
export async function recordArrivals(
  tx: Transaction,
  arrivals: readonly SeriesArrival[],
): Promise<readonly SeriesRecord[]> {
  const keys = arrivals.map((one) => [
    wellFormed(one.studyInstanceUid),
    wellFormed(one.seriesInstanceUid),
    one.part,
    one.receivedAt,
  ]);
  const parameters = [JSON.stringify(keys)];
  await tx.run(UPSERT, parameters);
  const rows = await tx.all(
    `select ${COLUMNS} from json_each(?) as arrival join series
        on series.study_instance_uid = arrival.value ->> 0 and series.series_instance_uid = arrival.value ->> 1
          and series.part = arrival.value ->> 2
      order by arrival.key`,
    parameters,
  );
  return rows.map((row) => toRecord(SERIES, row));
}

export async function seriesByIds(reader: Reader, ids: readonly number[]): Promise<readonly SeriesRecord[]> {
  const sql = `select ${COLUMNS} from series where id in (select value from json_each(?)) order by id`;
  return (await reader.all(sql, [JSON.stringify(ids)])).map((row) => toRecord(SERIES, row));
}

/** A Series Instance UID should be in one study only; real senders break even that. */
export async function seriesByUid(reader: Reader, seriesInstanceUid: string): Promise<readonly SeriesRecord[]> {
  const sql = `select ${COLUMNS} from series where series_instance_uid = ? order by id`;
  return (await reader.all(sql, [seriesInstanceUid])).map((row) => toRecord(SERIES, row));
}

/**
 * The series of a study that lie in another Frame of Reference, or in none: what one series settled tells nothing about
 * them. Without those whose instances agree with the frame given.
 */
export async function seriesInOtherFrames(
  reader: Reader,
  {
    studyInstanceUid,
    frameOfReferenceUid,
  }: { readonly studyInstanceUid: string; readonly frameOfReferenceUid: string },
): Promise<readonly string[]> {
  const rows = await reader.all<{ uid: string }>(
    `select distinct series.series_instance_uid as uid from series join instances on instances.series_id = series.id
      where series.study_instance_uid = ? and instances.frame_of_reference_uid is not ? order by uid`,
    [wellFormed(studyInstanceUid), wellFormed(frameOfReferenceUid)],
  );
  return rows.map(({ uid }) => uid);
}

export interface SeriesVerdict {
  readonly seriesId: number;
  readonly kind: SequenceKind;
  readonly kindRule: string | null;
  readonly decisionId: number;
}

/** The series is decided by this decision from now on. Its instances are marked one by one: others may have come since. */
export async function setDecided(tx: Transaction, verdict: SeriesVerdict): Promise<void> {
  const { seriesId, kind, kindRule, decisionId } = verdict;
  await tx.run("update series set state = 'decided', kind = ?, kind_rule = ?, decision_id = ? where id = ?", [
    kind,
    kindRule,
    decisionId,
    seriesId,
  ]);
}

/** Adds flags to those that the series has. */
export async function addSeriesFlags(tx: Transaction, seriesId: number, flags: readonly Flag[]): Promise<void> {
  await tx.run(
    `update series set flags_json = (select json_group_array(value) from
        (select value from json_each(series.flags_json) union select value from json_each(?))) where id = ?`,
    [JSON.stringify(flags), seriesId],
  );
}

/** Takes flags from those that the series has. */
export async function removeSeriesFlags(tx: Transaction, seriesId: number, flags: readonly Flag[]): Promise<void> {
  await tx.run(
    `update series set flags_json = (select json_group_array(value) from json_each(series.flags_json)
        where value not in (select value from json_each(?))) where id = ?`,
    [JSON.stringify(flags), seriesId],
  );
}
