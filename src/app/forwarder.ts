import { join } from 'node:path';
import { messageOf, NodeError } from '../core/errors.ts';
import { appendAudit } from '../store/audit.ts';
import { type AttemptOutcome, recordOutcomes } from '../store/delivery-attempts.ts';
import { type DeliveryRecord, nextBatch, nextDueAt } from '../store/outbox.ts';
import type { NodeContext } from './node-context.ts';
import type { DeliveryOutcome, Destination, OutgoingInstance } from './ports.ts';

/** How many instances go into one batch, that is over one association or into one series of requests. */
const BATCH = 48;
/** How long outcomes wait for others, so that one transaction records many. */
const RECORD_EVERY_MS = 20;
/** A command beside the node may have queued something, too. */
const LOOK_EVERY_MS = 2000;

export interface RetrySettings {
  readonly retrySeconds: number;
  readonly maxRetrySeconds: number;
}

/** Waiting grows with every failed attempt, up to a limit; an instance is never given up. */
export function retryDelayMs(attempts: number, { retrySeconds, maxRetrySeconds }: RetrySettings): number {
  return Math.min(retrySeconds * 2 ** Math.min(attempts, 20), maxRetrySeconds) * 1000;
}

/**
 * Empties the outbox of one destination: batch after batch in the order of queueing, several at once as the destination
 * allows. A send whose answer was lost is repeated with the same UID and the same bytes.
 */
export class Forwarder {
  readonly #destination: Destination;
  readonly #context: NodeContext;
  readonly #retry: RetrySettings;
  readonly #underWay = new Map<number, DeliveryRecord>();
  readonly #batches = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #pumping = false;
  #pumped: Promise<void> = Promise.resolve();
  #wanted = false;
  #closed = false;
  #failures = 0;
  #pausedUntil = 0;
  #problem: string | undefined;
  #lastFailure: { readonly at: string; readonly reason: string } | null = null;

  constructor(destination: Destination, context: NodeContext, retry: RetrySettings) {
    this.#destination = destination;
    this.#context = context;
    this.#retry = retry;
  }

  get name(): string {
    return this.#destination.name;
  }

  /** Plain words where the destination does not take anything at the moment. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** The last failure of the destination as a whole, in plain words. */
  get lastFailure(): { readonly at: string; readonly reason: string } | null {
    return this.#lastFailure;
  }

  /** Something was queued. */
  wake(): void {
    this.#wanted = true;
    if (!this.#pumping && !this.#closed) this.#pumped = this.#pump();
  }

  /** Somebody wants it tried now, though it is left in peace after a failure. */
  tryAtOnce(): void {
    this.#pausedUntil = 0;
    this.wake();
  }

  /** Ends after the batches under way. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#pumped;
    await Promise.allSettled([...this.#batches]);
    await this.#destination.close();
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    try {
      do {
        this.#wanted = false;
        await this.#startBatches();
      } while (this.#wanted && !this.#closed);
    } catch (error) {
      this.#context.log.error('outbox-not-read', { destination: this.name, cause: messageOf(error) });
      this.#wakeIn(this.#retry.retrySeconds * 1000);
    } finally {
      this.#pumping = false;
    }
  }

  async #startBatches(): Promise<void> {
    const now = this.#context.now();
    if (now < this.#pausedUntil) return this.#wakeIn(this.#pausedUntil - now);
    while (this.#batches.size < this.#destination.concurrency && !this.#closed) {
      const due = await nextBatch(this.#context.db, {
        destination: this.name,
        now,
        limit: BATCH,
        except: [...this.#underWay.keys()],
      });
      // What a later decision withdrew while it was on its way must not arrive after what took its place under its UID.
      const uids = new Set([...this.#underWay.values()].map(({ sopInstanceUid }) => sopInstanceUid));
      const batch = due.filter(({ sopInstanceUid }) => !uids.has(sopInstanceUid));
      if (batch.length === 0 || this.#closed) break;
      this.#start(batch);
    }
    if (this.#batches.size > 0) return;
    const due = (await nextDueAt(this.#context.db, this.name, now)) ?? Number.POSITIVE_INFINITY;
    this.#wakeIn(due - this.#context.now());
  }

  #start(batch: readonly DeliveryRecord[]): void {
    for (const delivery of batch) this.#underWay.set(delivery.id, delivery);
    const sending = this.#send(batch)
      .catch((error) => {
        this.#context.log.error('deliveries-not-recorded', { destination: this.name, cause: messageOf(error) });
        // What could not be put on record is due still: sent at once, it would be sent without end.
        this.#pausedUntil = this.#context.now() + this.#retry.retrySeconds * 1000;
      })
      .finally(() => {
        for (const { id } of batch) this.#underWay.delete(id);
        this.#batches.delete(sending);
        this.wake();
      });
    this.#batches.add(sending);
  }

  async #send(batch: readonly DeliveryRecord[]): Promise<void> {
    const answered = new Set<number>();
    const recorder = new OutcomeRecorder(this.#context);
    let reason = 'the destination gave no answer';
    let stored = 0;
    const told = (index: number, outcome: DeliveryOutcome): void => {
      const delivery = batch[index] as DeliveryRecord;
      answered.add(delivery.id);
      if (outcome.stored) stored += 1;
      else reason = outcome.reason;
      recorder.add(delivery, this.#attempt(delivery, outcome, 'refused'));
    };
    try {
      await this.#destination.deliver(
        batch.map((delivery) => this.#outgoing(delivery)),
        told,
      );
      if (stored > 0) this.#recovered();
      else this.#refuses(reason);
    } catch (error) {
      reason = error instanceof NodeError ? error.words : messageOf(error);
      this.#failed(reason);
    }
    for (const [i, delivery] of batch.filter(({ id }) => !answered.has(id)).entries()) {
      const attempt = this.#attempt(delivery, { stored: false, reason }, 'failed');
      recorder.add(delivery, i === 0 ? later(attempt) : attempt);
    }
    await recorder.finish();
  }

  #outgoing(delivery: DeliveryRecord): OutgoingInstance {
    return { ...delivery, file: join(this.#context.dataDir, delivery.file) };
  }

  #attempt(delivery: DeliveryRecord, outcome: DeliveryOutcome, otherwise: 'refused' | 'failed'): AttemptOutcome {
    const at = this.#context.now();
    if (outcome.stored) {
      this.#context.observer.delivered(this.name, outcome.warning === undefined ? 'stored' : 'warning');
      const warning = outcome.warning === undefined ? {} : { warning: outcome.warning };
      return { deliveryId: delivery.id, at, outcome: 'delivered', ...warning };
    }
    this.#context.observer.delivered(this.name, otherwise);
    const nextAttemptAt = at + retryDelayMs(delivery.attempts, this.#retry);
    return { deliveryId: delivery.id, at, outcome: 'failed', reason: outcome.reason, nextAttemptAt };
  }

  /** A destination that cannot be reached at all is left in peace for a while, whatever is due. */
  #failed(problem: string): void {
    this.#tell('destination-failed', problem);
    this.#pausedUntil = this.#context.now() + retryDelayMs(this.#failures, this.#retry);
    this.#failures += 1;
  }

  /** It answers, and stores nothing of a whole batch: its disk is full, or it wants none of this. */
  #refuses(problem: string): void {
    this.#tell('destination-refuses', problem);
    this.#failures = 0;
  }

  #tell(event: string, problem: string): void {
    if (problem !== this.#problem) this.#context.log.warn(event, { destination: this.name, problem });
    this.#problem = problem;
    this.#lastFailure = { at: new Date(this.#context.now()).toISOString(), reason: problem };
  }

  #recovered(): void {
    if (this.#problem !== undefined) this.#context.log.info('destination-recovered', { destination: this.name });
    this.#problem = undefined;
    this.#failures = 0;
  }

  #wakeIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.wake(), Math.min(Math.max(milliseconds, 0), LOOK_EVERY_MS));
  }
}

/**
 * The instance that was on its way when a destination broke off may be why it did: the others go first the next time,
 * so that one that an archive cannot bear never holds up the rest.
 */
function later(attempt: AttemptOutcome): AttemptOutcome {
  if (attempt.outcome !== 'failed') return attempt;
  return { ...attempt, nextAttemptAt: 2 * attempt.nextAttemptAt - attempt.at };
}

/** Puts outcomes on record in small groups as they come, so that a crash repeats little. */
class OutcomeRecorder {
  readonly #context: NodeContext;
  #waiting: { readonly delivery: DeliveryRecord; readonly attempt: AttemptOutcome }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(context: NodeContext) {
    this.#context = context;
  }

  add(delivery: DeliveryRecord, attempt: AttemptOutcome): void {
    this.#waiting.push({ delivery, attempt });
    this.#timer ??= setTimeout(() => this.#write(), RECORD_EVERY_MS);
  }

  async finish(): Promise<void> {
    this.#write();
    await this.#written;
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    this.#written = this.#written.then(() => this.#record(batch));
    // The rejection is met in finish(); until then it must not end the process.
    this.#written.catch(() => undefined);
  }

  async #record(
    batch: readonly { readonly delivery: DeliveryRecord; readonly attempt: AttemptOutcome }[],
  ): Promise<void> {
    await this.#context.db.transaction(async (tx) => {
      await recordOutcomes(
        tx,
        batch.map(({ attempt }) => attempt),
      );
      const refused = batch.filter(({ attempt, delivery }) => attempt.outcome === 'failed' && delivery.attempts === 0);
      await appendAudit(
        tx,
        refused.map(({ delivery, attempt }) => ({
          at: attempt.at,
          event: 'delivery-failed',
          actor: 'node',
          subject: { sopInstanceUid: delivery.sopInstanceUid },
          detail: { destination: delivery.destination, reason: 'reason' in attempt ? attempt.reason : '' },
        })),
      );
    });
  }
}
