import { NodeError } from '../../core/errors.ts';
import { type BatchRecord, type BatchSeriesEnd, type BatchSeriesRecord, endSeries } from '../../store/batches.ts';
import type { Transaction } from '../../store/database.ts';

/** A batch that is at work on its next series. */
export interface BatchDuty {
  readonly batch: BatchRecord;
  /** The destinations that there are. */
  readonly destinations: readonly string[];
  /** Aborted when the node ends: what fails then tells nothing of a series. */
  readonly closing: AbortSignal;
  /**
   * Waits until more may be queued for these destinations.
   * @throws BatchStopped, NodeError database-failed
   */
  readonly mayQueue: (destinations: readonly string[]) => Promise<void>;
}

/** The batch was paused or cancelled, or the node ends: what is under way leaves no trace. */
export class BatchStopped extends Error {
  override readonly name = 'BatchStopped';
}

/**
 * Writes what became of a series, once.
 * @throws BatchStopped where the batch does not run any more, or something became of the series before
 */
export async function end(
  tx: Transaction,
  row: BatchSeriesRecord,
  ending: Partial<BatchSeriesEnd> & Pick<BatchSeriesEnd, 'state'>,
): Promise<void> {
  const nothing = { before: null, after: null, changed: false, queued: {}, gone: 0, deliveryIds: [] };
  if (!(await endSeries(tx, row, { ...nothing, ...ending }))) throw new BatchStopped();
}

/** A database that fails is no matter of the series: it is tried again. */
export function isOfTheSeries(error: unknown): boolean {
  return !(error instanceof BatchStopped) && !(error instanceof NodeError && error.code === 'database-failed');
}
