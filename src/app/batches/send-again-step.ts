import type { BatchSeriesRecord } from '../../store/batches.ts';
import { decisionById } from '../../store/decisions.ts';
import { seriesByIds } from '../../store/series.ts';
import type { NodeContext } from '../node-context.ts';
import { type ResentSeries, sendSeriesAgain } from '../resend.ts';
import { type BatchDuty, end } from './batch-duty.ts';

/**
 * Sends one series of a batch again, or tells in a dry run what would be sent.
 * @throws BatchStopped, NodeError database-failed (to be tried again), storage-full, storage-failed
 */
export async function sendAgainStep(row: BatchSeriesRecord, duty: BatchDuty, context: NodeContext): Promise<void> {
  const { db } = context;
  const { order, by } = duty.batch;
  const [series] = await seriesByIds(db, [row.seriesId]);
  const standing = series?.decisionId == null ? undefined : await decisionById(db, series.decisionId);
  if (series === undefined || standing === undefined) {
    await db.transaction((tx) => end(tx, row, { state: 'done', sentence: 'It is still arriving.' }));
    return;
  }
  const { decision, observedCode, modelVersion } = standing;
  const before = { decision, observedCode };
  let isRecorded = false;
  const resent = await sendSeriesAgain(
    { ...series, decision, modelVersion },
    {
      filter: { destination: order.destination, callingAeTitle: order.filter.scanner },
      destinations: duty.destinations,
      to: order.to,
      act: order.dryRun ? undefined : { by, reason: order.because },
    },
    context,
    {
      mayQueue: duty.mayQueue,
      record: async (tx, done, deliveryIds) => {
        await end(tx, row, { ...endOf(done), before, deliveryIds });
        isRecorded = true;
      },
    },
  );
  if (!isRecorded) await db.transaction((tx) => end(tx, row, { ...endOf(resent), before }));
}

function endOf(resent: ResentSeries | undefined) {
  if (resent === undefined) return { state: 'done', sentence: 'Nothing of it was sent there.' } as const;
  const { queued, gone, waiting, derivedAgain } = resent;
  const told = [
    ...(waiting > 0 ? [`${waiting} waited already.`] : []),
    ...(derivedAgain > 0 ? [`${derivedAgain} derived again.`] : []),
    ...(gone.length > 0 ? [`${gone.length} not on the disk any more.`] : []),
  ];
  const sentence = told.length === 0 ? null : told.join(' ');
  return { state: 'done', queued, gone: gone.length, sentence } as const;
}
