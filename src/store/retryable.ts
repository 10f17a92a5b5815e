import type { Reader } from './database.ts';
import { DELIVERIES, type DeliveryRecord } from './outbox.ts';
import { selectList, toRecord } from './table-shape.ts';

/** A delivery that may be tried again, with the series that it is of. */
export interface RetryableDelivery extends DeliveryRecord {
  readonly seriesId: number;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
}

/** A later version of the instance went to the same destination under the same UID. */
const REPLACED = `exists (select 1 from instances as version
    join deliveries as later on later.instance_id = version.id
    where version.sop_instance_uid = instances.sop_instance_uid and later.id > deliveries.id
      and later.destination = deliveries.destination and later.sop_instance_uid = deliveries.sop_instance_uid
      and later.state = 'delivered')`;

/**
 * Of these deliveries those that may be tried again, in the order of queueing: not delivered, and neither superseded by
 * a later decision nor replaced by what was delivered later under the same UID.
 */
export async function retryableDeliveries(
  reader: Reader,
  ids: readonly number[],
): Promise<readonly RetryableDelivery[]> {
  const rows = await reader.all(
    `select ${selectList(DELIVERIES)}, series.id as "seriesId", series.study_instance_uid as "studyInstanceUid",
        series.series_instance_uid as "seriesInstanceUid"
      from deliveries join instances on instances.id = deliveries.instance_id
        join series on series.id = instances.series_id
      where deliveries.id in (select value from json_each(?)) and deliveries.state <> 'delivered'
        and deliveries.superseded_at is null and not ${REPLACED} order by deliveries.id`,
    [JSON.stringify(ids)],
  );
  return rows.map((row) => toRecord(DELIVERIES, row) as RetryableDelivery);
}
