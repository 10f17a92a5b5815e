import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../core/errors.ts';
import { type RetentionLimits, removable } from '../../core/retention/retention-policy.ts';
import { removeFiles } from '../../spool/remove-files.ts';
import { appendAudit } from '../../store/audit.ts';
import type { Transaction } from '../../store/database.ts';
import { filesAreRemoved, filesToRemove } from '../../store/removed-files.ts';
import { markRemoved, seriesFacts, seriesWithFiles } from '../../store/retention.ts';
import { seriesByIds } from '../../store/series.ts';
import type { RetentionContext } from './retention-context.ts';

/** So many series are looked for at a time. */
const PAGE = 200;
/** After each series, so that what arrives and leaves has the disk and the database first. */
const PAUSE_MS = 10;
/** So many files are taken off the disk before that is put on record. */
const FILES = 500;

/** What was removed. */
export interface Swept {
  readonly series: number;
  readonly files: number;
  readonly bytes: number;
}

export interface SweepOrder {
  readonly limits: RetentionLimits;
  /** Why, for the audit trail: the days are over, or the disk has no room. */
  readonly because: 'days' | 'room';
  /** Asked before each series; the sweep ends where it says so. */
  readonly isEnough: () => boolean | Promise<boolean>;
}

/**
 * Removes what may go, series by series and oldest first: each in one transaction that says of its files that they are
 * removed, and only then from the disk. Results and copies of all series go before the first original of a turned one.
 * @throws NodeError database-failed, storage-failed
 */
export async function sweep(order: SweepOrder, context: RetentionContext): Promise<Swept> {
  const { copiesBefore, originalsOfTurnedBefore } = order.limits;
  const total = { series: 0, files: 0, bytes: 0 };
  await finishRemovals(context);
  await sweepOnce({ ...order, limits: { copiesBefore, originalsOfTurnedBefore: null } }, total, context);
  if (originalsOfTurnedBefore !== null) await sweepOnce(order, total, context);
  if (total.files > 0) {
    const entry = { at: context.now(), event: 'retention-swept', actor: 'node', subject: {} };
    await context.db.transaction((tx) => appendAudit(tx, [{ ...entry, detail: { because: order.because, ...total } }]));
    context.log.info('retention-swept', { because: order.because, ...total });
  }
  return total;
}

async function sweepOnce(
  { limits, because, isEnough }: SweepOrder,
  total: { series: number; files: number; bytes: number },
  context: RetentionContext,
): Promise<void> {
  const { copiesBefore } = limits;
  if (copiesBefore === null) return;
  for (let after = 0; ; ) {
    const page = await seriesWithFiles(context.db, { after, limit: PAGE });
    for (const { id, lastReceivedAt, hasCopies } of page) {
      if (lastReceivedAt > copiesBefore || (hasCopies === 0 && limits.originalsOfTurnedBefore === null)) continue;
      if (await isEnough()) return;
      // Most that stay are told apart without holding up who writes.
      const facts = await seriesFacts(context.db, id);
      if (facts === undefined || isNothing(removable(facts, limits))) continue;
      const removed = await context.db.transaction((tx) => markSeries(tx, id, { limits, because, at: context.now() }));
      await takeOffDisk(removed.files, context);
      total.series += removed.files.length > 0 ? 1 : 0;
      total.files += removed.files.length;
      total.bytes += removed.bytes;
      await pause(PAUSE_MS);
    }
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

function isNothing({ instances, results }: ReturnType<typeof removable>): boolean {
  return instances.length === 0 && results.length === 0;
}

/** Looked at once more in the transaction: somebody may have sent it again meanwhile. */
async function markSeries(
  tx: Transaction,
  id: number,
  { limits, because, at }: Pick<SweepOrder, 'limits' | 'because'> & { readonly at: number },
): Promise<Awaited<ReturnType<typeof markRemoved>>> {
  const facts = await seriesFacts(tx, id);
  const [series] = await seriesByIds(tx, [id]);
  const chosen = facts && removable(facts, limits);
  if (series === undefined || chosen === undefined || isNothing(chosen)) return { files: [], bytes: 0 };
  const removed = await markRemoved(tx, chosen, at);
  const { studyInstanceUid, seriesInstanceUid } = series;
  const detail = { because, received: chosen.instances.length, results: chosen.results.length, bytes: removed.bytes };
  const subject = { studyInstanceUid, seriesInstanceUid };
  await appendAudit(tx, [{ at, event: 'series-files-removed', actor: 'node', subject, detail }]);
  return removed;
}

/** Takes off the disk what is on record as removed: what an earlier run did not get to, or what could not be removed. */
export async function finishRemovals(context: RetentionContext): Promise<void> {
  for (let after = ''; ; ) {
    const files = await filesToRemove(context.db, { after, limit: FILES });
    if (files.length === 0) return;
    await takeOffDisk(files, context);
    after = files.at(-1)!;
  }
}

/** What the disk does not give up today, the next sweep tries again. */
async function takeOffDisk(files: readonly string[], { db, dataDir, log, now }: RetentionContext): Promise<void> {
  const { removed, notRemoved } = await removeFiles(files, { dataDir, now: now() });
  if (removed.length > 0) await db.transaction((tx) => filesAreRemoved(tx, removed));
  const [first] = notRemoved;
  if (first === undefined) return;
  const cause = messageOf(first.cause);
  log.error('files-not-removed', { files: notRemoved.length, first: first.file, cause });
}
