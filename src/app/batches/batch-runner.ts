import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Batch, BatchOrder, BatchPage, BatchSeriesPage } from '../../api/batches.ts';
import { messageOf, NodeError } from '../../core/errors.ts';
import { appendAudit } from '../../store/audit.ts';
import {
  type BatchRecord,
  type BatchSeriesRecord,
  batchById,
  batchesBefore,
  moveBatch,
  nextWaiting,
  runningBatches,
  seriesOfBatch,
  waitingDeliveries,
} from '../../store/batches.ts';
import type { Reader } from '../../store/database.ts';
import { oldestPending } from '../../store/outbox.ts';
import type { NodeContext } from '../node-context.ts';
import { cursorAt, placeIn } from '../views/page-cursor.ts';
import { type BatchDuty, BatchStopped, end, isOfTheSeries } from './batch-duty.ts';
import { batchSeriesView, batchView } from './batch-views.ts';
import { createBatch } from './create-batch.ts';
import { decideAgainStep } from './decide-again-step.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { sendAgainStep } from './send-again-step.ts';

/**
 * A series is queued only while fewer than so many deliveries of its batch wait for its destinations, so that what
 * arrives live never stands behind more than these and one series.
 */
const MOST_WAITING = 200;
/** How often a batch that waits looks whether it may go on. */
const LOOK_EVERY_MS = 200;
/** So long a batch waits for a destination that takes nothing before it tries with one series. */
const PROBE_AFTER_MS = 60_000;
/** After a failure of the database. */
const RETRY_MS = 5000;

export interface BatchSurroundings {
  /** Names of the destinations that there are. */
  readonly destinations: readonly string[];
  /** Plain words where a destination does not take anything at the moment. */
  readonly problemOf: (destination: string) => string | undefined;
  /** Something was queued. */
  readonly onQueued: () => void;
}

interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * Orders for many series: each batch works on one series (or stack group) at a time, and what becomes of it is one
 * transaction. After a kill, what is done is on record and what is not is done after the next start.
 */
export class BatchRunner {
  readonly #context: NodeContext;
  readonly #around: BatchSurroundings;
  readonly #loops = new Map<number, Promise<void>>();
  /** What keeps a batch at the moment, in plain words. */
  readonly #waitsFor = new Map<number, string>();
  readonly #closing = new AbortController();
  #waking: Promise<void> = Promise.resolve();

  constructor(context: NodeContext, surroundings: BatchSurroundings) {
    this.#context = { ...context, classifier: oneAtATime(context.classifier) };
    this.#around = surroundings;
  }

  /** @throws NodeError bad-request, conflict (another order under the same key), database-failed */
  async create(order: BatchOrder, by: string): Promise<Batch> {
    const id = await createBatch(order, by, { ...this.#context, destinations: this.#around.destinations });
    this.wake();
    return this.get(id);
  }

  /** @throws NodeError not-found, database-failed */
  async get(id: number): Promise<Batch> {
    return batchView(await this.#record(id), this.#waitsFor.get(id));
  }

  /** Newest first. @throws NodeError bad-request (the cursor), database-failed */
  async list({ limit, cursor }: Page): Promise<BatchPage> {
    const records = await batchesBefore(this.#context.db, idIn(cursor), limit + 1);
    return pageOf(records, limit, (record) => batchView(record, this.#waitsFor.get(record.id)));
  }

  /** In the order of arrival. @throws NodeError not-found, bad-request (the cursor), database-failed */
  async series(id: number, { limit, cursor }: Page): Promise<BatchSeriesPage> {
    await this.#record(id);
    const records = await seriesOfBatch(this.#context.db, id, { after: idIn(cursor) ?? 0, limit: limit + 1 });
    return pageOf(records, limit, batchSeriesView);
  }

  /** @throws NodeError not-found, conflict (it has ended), database-failed */
  pause(id: number, by: string): Promise<Batch> {
    return this.#move(id, by, { from: ['running'], to: 'paused', event: 'batch-paused' });
  }

  /** @throws NodeError not-found, conflict (it has ended), database-failed */
  resume(id: number, by: string): Promise<Batch> {
    return this.#move(id, by, { from: ['paused'], to: 'running', event: 'batch-resumed' });
  }

  /** What is queued already still goes out. @throws NodeError not-found, conflict (it has ended), database-failed */
  cancel(id: number, by: string): Promise<Batch> {
    return this.#move(id, by, { from: ['running', 'paused'], to: 'cancelled', event: 'batch-cancelled' });
  }

  /** Goes on with every batch that runs. */
  wake(): void {
    this.#waking = this.#waking.then(async () => {
      try {
        for (const id of await runningBatches(this.#context.db)) this.#start(id);
      } catch (error) {
        this.#context.log.error('batches-not-read', { cause: messageOf(error) });
        void this.#pauseFor(RETRY_MS).then(() => this.#isClosed || this.wake());
      }
    });
  }

  /** Ends after the step that is being written; everything else is taken up at the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#waking;
    await Promise.allSettled(this.#loops.values());
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  #start(id: number): void {
    if (this.#isClosed || this.#loops.has(id)) return;
    const loop = this.#work(id).finally(() => {
      this.#loops.delete(id);
      this.#waitsFor.delete(id);
      // It may have been resumed while it ended.
      if (!this.#isClosed) this.wake();
    });
    this.#loops.set(id, loop);
  }

  async #work(id: number): Promise<void> {
    while (!this.#isClosed) {
      try {
        const batch = await this.#record(id);
        if (batch.state !== 'running') return;
        const row = await nextWaiting(this.#context.db, id);
        if (row === undefined) return await this.#end(batch);
        await this.#step(batch, row);
        await setImmediate();
      } catch (error) {
        if (error instanceof BatchStopped) continue;
        this.#context.log.error('batch-not-worked-on', { batchId: id, cause: messageOf(error) });
        await this.#pauseFor(RETRY_MS);
      }
    }
  }

  async #step(batch: BatchRecord, row: BatchSeriesRecord): Promise<void> {
    const { destinations, onQueued } = this.#around;
    const mayQueue = (names: readonly string[]) => this.#mayQueue(batch.id, names);
    const duty: BatchDuty = { batch, destinations, closing: this.#closing.signal, mayQueue };
    try {
      if (batch.order.action === 'resend') await sendAgainStep(row, duty, this.#context);
      else await decideAgainStep(row, duty, this.#context);
    } catch (error) {
      if (!isOfTheSeries(error)) throw error;
      const cause = messageOf(error);
      this.#context.log.error('batch-series-failed', { batchId: batch.id, seriesId: row.seriesId, cause });
      const sentence = `It failed, and nothing was changed: ${cause}`;
      await this.#context.db.transaction((tx) => end(tx, row, { state: 'failed', sentence }));
    }
    if (!batch.order.dryRun) onQueued();
  }

  async #end({ id, by }: BatchRecord): Promise<void> {
    await this.#context.db.transaction(async (tx) => {
      const at = this.#context.now();
      if (!(await moveBatch(tx, id, { from: ['running'], to: 'done', endedAt: at }))) return;
      const batch = (await batchById(tx, id)) as BatchRecord;
      const detail = { ...countsOf(batch), reason: batch.order.because };
      await appendAudit(tx, [{ at, event: 'batch-ended', actor: by, subject: { batchId: id }, detail }]);
    });
  }

  async #mayQueue(id: number, destinations: readonly string[]): Promise<void> {
    for (const begun = performance.now(); ; ) {
      if (this.#isClosed || (await this.#record(id)).state !== 'running') throw new BatchStopped();
      const waitsFor = await this.#whatHolds(id, destinations, performance.now() - begun);
      if (waitsFor === undefined) break;
      this.#waitsFor.set(id, waitsFor);
      await this.#pauseFor(LOOK_EVERY_MS);
    }
    this.#waitsFor.delete(id);
  }

  async #whatHolds(id: number, destinations: readonly string[], waitedMs: number): Promise<string | undefined> {
    const { db } = this.#context;
    for (const name of destinations) {
      const problem = this.#around.problemOf(name);
      // With nothing there that is tried, nobody would learn that it takes something again.
      if (problem === undefined || (await oldestPending(db, name)) === undefined) continue;
      // What it refuses without end may be of another: one series tells whether it takes this.
      if (waitedMs > PROBE_AFTER_MS && (await waitingDeliveries(db, id, [name])) === 0) continue;
      return `It waits, because ${name} takes nothing at the moment: ${problem}.`;
    }
    const waiting = await waitingDeliveries(db, id, destinations);
    return waiting < MOST_WAITING ? undefined : `It waits until some of ${waiting} instances have arrived.`;
  }

  async #move(
    id: number,
    by: string,
    {
      from,
      to,
      event,
    }: {
      readonly from: readonly BatchRecord['state'][];
      readonly to: BatchRecord['state'];
      readonly event: string;
    },
  ): Promise<Batch> {
    await this.#context.db.transaction(async (tx) => {
      const at = this.#context.now();
      const before = await this.#record(id, tx);
      if (before.state === to) return;
      if (!(await moveBatch(tx, id, { from, to, endedAt: to === 'cancelled' ? at : null }))) {
        throw new NodeError('conflict', `batch ${id} has ended (${before.state})`);
      }
      const detail = { ...countsOf(before), reason: before.order.because };
      await appendAudit(tx, [{ at, event, actor: by, subject: { batchId: id }, detail }]);
    });
    if (to === 'running') this.wake();
    return this.get(id);
  }

  async #record(id: number, reader: Reader = this.#context.db): Promise<BatchRecord> {
    const record = await batchById(reader, id);
    if (record === undefined) throw new NodeError('not-found', `there is no batch ${id}`);
    return record;
  }

  async #pauseFor(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
  }
}

function countsOf({ seriesAll, seriesDone, seriesFailed, seriesChanged, queued, gone }: BatchRecord): object {
  return { series: seriesAll, done: seriesDone, failed: seriesFailed, changed: seriesChanged, queued, gone };
}

/** @throws NodeError bad-request */
function idIn(cursor: string | undefined): number | undefined {
  return cursor === undefined ? undefined : placeIn(cursor, 1)[0];
}

function pageOf<Row extends { readonly id: number }, Item>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), next: rows.length > limit && last !== undefined ? cursorAt(last.id) : null };
}
