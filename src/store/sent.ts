import { IS_CONFIRMED } from './commitments.ts';
import type { Reader } from './database.ts';
import type { DeliveryRecord } from './outbox.ts';

/** One delivery of a series, with whose result it is. */
export interface SentInstance
  extends Pick<DeliveryRecord, 'destination' | 'state' | 'attempts' | 'reason' | 'deliveredAt' | 'sopInstanceUid'> {
  readonly resultId: number | null;
  /** As it is sent. */
  readonly seriesInstanceUid: string;
  /** Of the result; null for what is sent as received. */
  readonly decisionId: number | null;
  readonly supersededAt: number | null;
  readonly isConfirmed: 0 | 1;
}

/** All that was ever queued of a series, in the order of queueing. */
export function sentOfSeries(reader: Reader, seriesId: number): Promise<readonly SentInstance[]> {
  return reader.all<SentInstance>(
    `select deliveries.destination, deliveries.state, deliveries.attempts, deliveries.reason,
        deliveries.delivered_at as "deliveredAt", deliveries.sop_instance_uid as "sopInstanceUid",
        deliveries.result_id as "resultId", deliveries.superseded_at as "supersededAt",
        ${IS_CONFIRMED} as "isConfirmed",
        coalesce(results.series_instance_uid, instances.series_instance_uid) as "seriesInstanceUid",
        results.decision_id as "decisionId"
      from instances join deliveries on deliveries.instance_id = instances.id
        left join results on results.id = deliveries.result_id
      where instances.series_id = ? order by deliveries.id`,
    [seriesId],
  );
}
