import type { DecisionKind } from '../core/decision/decision.ts';
import type { SqlValue } from './connection.ts';
import type { Reader } from './database.ts';
import { DELIVERIES, type DeliveryRecord } from './outbox.ts';
import { selectList, toRecord } from './table-shape.ts';

/** What of the deliveries of a series. What is not given does not narrow it. */
export interface SentFilter {
  /** AE title of the scanner. */
  readonly callingAeTitle?: string | undefined;
  readonly destination?: string | undefined;
  readonly state?: DeliveryRecord['state'] | undefined;
}

export interface SeriesToResend {
  readonly id: number;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly decision: DecisionKind | null;
  readonly modelVersion: string | null;
}

type Conditions = Readonly<Record<string, SqlValue | undefined>>;

/** The conditions whose value is given, as the end of a where clause. */
function narrowed(conditions: Conditions): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const given = Object.entries(conditions).filter((one): one is [string, SqlValue] => one[1] !== undefined);
  return { sql: given.map(([sql]) => ` and ${sql}`).join(''), values: given.map(([, value]) => value) };
}

/** These series, in order of arrival; perhaps nothing was sent of some. */
export function seriesToResend(reader: Reader, ids: readonly number[]): Promise<readonly SeriesToResend[]> {
  return reader.all<SeriesToResend>(
    `select series.id, series.study_instance_uid as "studyInstanceUid",
        series.series_instance_uid as "seriesInstanceUid", decisions.decision,
        decisions.model_version as "modelVersion"
      from series left join decisions on decisions.id = series.decision_id
      where series.id in (select value from json_each(?)) order by series.id`,
    [JSON.stringify(ids)],
  );
}

/**
 * What was last sent of a series, or waits to be: for each destination and purpose of an instance its newest delivery,
 * without those that a later decision replaced, or a later version of the instance under the same UID. In the order of
 * queueing.
 */
export async function lastSentOfSeries(
  reader: Reader,
  seriesId: number,
  filter: SentFilter,
): Promise<readonly DeliveryRecord[]> {
  const { sql, values } = narrowed({
    'calling_ae_title = ?': filter.callingAeTitle,
    'destination = ?': filter.destination,
    'state = ?': filter.state,
  });
  const rows = await reader.all(
    `select ${selectList(DELIVERIES)} from deliveries
      where id in (select max(sent.id) from instances join deliveries as sent on sent.instance_id = instances.id
          where instances.series_id = ? and sent.superseded_at is null group by sent.instance_id, sent.destination, sent.purpose)
        and not exists (select 1 from instances as own
          join instances as newer on newer.sop_instance_uid = own.sop_instance_uid and newer.version > own.version
          join deliveries as later on later.instance_id = newer.id
          where own.id = deliveries.instance_id and later.destination = deliveries.destination
            and later.sop_instance_uid = deliveries.sop_instance_uid)${sql} order by id`,
    [seriesId, ...values],
  );
  return rows.map((row) => toRecord(DELIVERIES, row));
}
