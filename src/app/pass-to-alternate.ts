import { type AuditEntry, appendAudit } from '../store/audit.ts';
import { enqueue, pendingAfter } from '../store/outbox.ts';
import { type RetryableDelivery, retryableDeliveries } from '../store/retryable.ts';
import type { NodeContext } from './node-context.ts';
import { toAnother } from './retry-deliveries.ts';

/** So many are queued in one transaction: others want to write, too. */
const AT_ONCE = 2000;

export interface PassingOn {
  readonly destination: string;
  readonly alternate: string;
  /** Deliveries after this one. */
  readonly after: number;
}

/**
 * Queues what waits for a destination for its alternate, too: the same files under the same UIDs, unless they went there
 * or are to go there anyway. The destination still gets everything once it is back.
 * @returns how many were queued, and the last delivery that was looked at
 * @throws NodeError database-failed, storage-full
 */
export async function passToAlternate(
  { destination, alternate, after }: PassingOn,
  context: Pick<NodeContext, 'db' | 'now'>,
): Promise<{ readonly queued: number; readonly last: number }> {
  let queued = 0;
  let last = after;
  for (;;) {
    const ids = await pendingAfter(context.db, { destination, after: last, limit: AT_ONCE });
    if (ids.length === 0) return { queued, last };
    last = ids.at(-1)!;
    queued += await context.db.transaction(async (tx) => {
      const waiting = (await retryableDeliveries(tx, ids)).filter(({ state }) => state === 'pending');
      const { copies } = await toAnother(tx, alternate, waiting);
      const at = context.now();
      await enqueue(
        tx,
        copies.map((one) => ({ ...one, queuedAt: at })),
      );
      await appendAudit(tx, entriesOf(copies, { at, destination, alternate }));
      return copies.length;
    });
  }
}

/** One for each series, so that its history tells of it. */
function entriesOf(
  copies: readonly RetryableDelivery[],
  { at, destination, alternate }: { readonly at: number; readonly destination: string; readonly alternate: string },
): AuditEntry[] {
  return [...new Set(copies.map(({ seriesId }) => seriesId))].map((id) => {
    const ofSeries = copies.filter(({ seriesId }) => seriesId === id);
    const { studyInstanceUid, seriesInstanceUid } = ofSeries[0]!;
    return {
      at,
      event: 'passed-to-alternate',
      actor: 'node',
      subject: { studyInstanceUid, seriesInstanceUid },
      detail: { destination, queued: { [alternate]: ofSeries.length } },
    };
  });
}
