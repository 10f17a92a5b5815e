import type { SeriesPage, SeriesQuery, SeriesRow } from '../../api/series.ts';
import { reviewNeeded } from '../../core/review/review-needed.ts';
import { seriesVersion } from '../../core/review/series-version.ts';
import type { Reader } from '../../store/database.ts';
import { type WorklistRow, worklistPage } from '../../store/worklist.ts';
import { moment } from './moment.ts';

/**
 * One page of the list of series.
 * @throws NodeError bad-request where the cursor is none of this order
 */
export async function listSeries(query: SeriesQuery, { db }: { readonly db: Reader }): Promise<SeriesPage> {
  const { rows, next, total, totalIsLeast } = await worklistPage(db, query);
  return { items: rows.map(seriesRow), next, total, totalIsLeast };
}

/** A line of the list. */
export function seriesRow(row: WorklistRow): SeriesRow {
  const { decisionId, reviewId, review } = row;
  return {
    id: row.id,
    version: seriesVersion(decisionId, reviewId),
    studyInstanceUid: row.studyInstanceUid,
    seriesInstanceUid: row.seriesInstanceUid,
    state: row.state,
    receivedAt: moment(row.receivedAt),
    lastReceivedAt: moment(row.lastReceivedAt),
    patient: { name: row.patientName, id: row.patientId },
    studyDate: row.studyDate,
    accessionNumber: row.accessionNumber,
    seriesNumber: row.seriesNumber,
    seriesDescription: row.seriesDescription,
    scanner: {
      callingAeTitle: row.callingAeTitle,
      stationName: row.stationName,
      manufacturer: row.manufacturer,
      modelName: row.modelName,
    },
    kind: row.kind,
    instances: row.instances,
    decision: row.decision,
    mode: row.mode,
    observedCode: row.observedCode,
    correction: row.correction,
    confidence: row.confidence,
    metricReason: row.metricReason,
    flags: [...row.flags],
    modelVersion: row.modelVersion,
    review: review === null ? null : { act: review.act, by: review.by, at: moment(review.at) },
    reviewNeeded: reviewNeeded(row),
    delivery: row.delivery,
  };
}
