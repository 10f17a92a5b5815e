import { join } from 'node:path';
import { causeOfError, kindOfCause } from '../core/delivery/delivery-cause.ts';
import { longestWaitMs, nextStep, type RetrySettings, waitMs } from '../core/delivery/retry-schedule.ts';
import { isOpenAt, type TimeWindow } from '../core/delivery/time-window.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import type { AttemptOutcome } from '../store/delivery-attempts.ts';
import { type DeliveryRecord, dueAtLast, lastDueAt, nextBatch, nextDueAt } from '../store/outbox.ts';
import { DeliveryClock } from './delivery-clock.ts';
import type { NodeContext } from './node-context.ts';
import { OutcomeRecorder } from './outcome-recorder.ts';
import { passToAlternate } from './pass-to-alternate.ts';
import type { DeliveryOutcome, Destination, OutgoingInstance } from './ports.ts';

/** How many instances go into one batch, that is over one association or into one series of requests. */
const BATCH = 48;
/** A command beside the node may have queued something, too. */
const LOOK_EVERY_MS = 2000;

type Failure = Pick<Extract<DeliveryOutcome, { readonly stored: false }>, 'cause' | 'reason'>;

/** Another destination that gets what waits, too, when one takes nothing for so long. */
export interface Alternate {
  readonly name: string;
  readonly afterSeconds: number;
  /** Something was queued for it. */
  wake(): void;
}

export interface ForwarderSettings extends RetrySettings {
  /** Outside of which nothing is sent; none: always. */
  readonly windows?: readonly TimeWindow[];
  readonly alternate?: Alternate | undefined;
}

/**
 * Empties the outbox of one destination: batch after batch in the order of queueing, several at once as the destination
 * allows. A send whose answer was lost is repeated with the same UID and the same bytes.
 */
export class Forwarder {
  readonly #destination: Destination;
  readonly #context: NodeContext;
  readonly #settings: ForwarderSettings;
  readonly #clock: DeliveryClock;
  readonly #underWay = new Map<number, DeliveryRecord>();
  readonly #batches = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #pumping = false;
  #pumped: Promise<void> = Promise.resolve();
  #wanted = false;
  #closed = false;
  #failures = 0;
  /** By the steady clock, as the next one. */
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #takesNothingSince: number | undefined;
  #passedOn = 0;
  #problem: string | undefined;
  #lastFailure: { readonly at: string; readonly reason: string } | null = null;

  /** @param steady milliseconds that only ever grow as time passes */
  constructor(
    destination: Destination,
    context: NodeContext,
    settings: ForwarderSettings,
    steady: () => number = () => performance.now(),
  ) {
    this.#destination = destination;
    this.#context = context;
    this.#settings = settings;
    this.#clock = new DeliveryClock(context.now, steady);
  }

  get name(): string {
    return this.#destination.name;
  }

  /** Outside of its time windows: nothing is sent, and nothing is wrong. */
  get isClosed(): boolean {
    return !isOpenAt(this.#settings.windows ?? [], this.#clock.wallTime());
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
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
    this.#passedOn = 0;
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
        if (this.isClosed) {
          this.#takesNothingSince = undefined;
          this.#wakeIn(LOOK_EVERY_MS);
        } else {
          await this.#passOn();
          await this.#startBatches();
        }
      } while (this.#wanted && !this.#closed);
    } catch (error) {
      this.#context.log.error('outbox-not-read', { destination: this.name, cause: messageOf(error) });
      this.#wakeIn(this.#settings.retrySeconds * 1000);
    } finally {
      this.#pumping = false;
    }
  }

  /** Where it cannot be done, the destination itself is tried all the same. */
  async #passOn(): Promise<void> {
    const { alternate } = this.#settings;
    const since = this.#takesNothingSince;
    if (alternate === undefined || since === undefined) return;
    if (this.#clock.steady() - since < alternate.afterSeconds * 1000) return;
    const names = { destination: this.name, alternate: alternate.name };
    try {
      const { queued, last } = await passToAlternate({ ...names, after: this.#passedOn }, this.#context);
      this.#passedOn = last;
      if (queued === 0) return;
      this.#context.log.warn('passed-to-alternate', { ...names, instances: queued });
      alternate.wake();
    } catch (error) {
      this.#context.log.error('not-passed-to-alternate', { ...names, cause: messageOf(error) });
      this.#takesNothingSince = this.#clock.steady();
    }
  }

  async #startBatches(): Promise<void> {
    const rest = this.#pausedUntil - this.#clock.steady();
    if (rest > 0) return this.#wakeIn(rest);
    const now = this.#clock.dueNow();
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
    await this.#dueAtLast(now);
    const due = (await nextDueAt(this.#context.db, this.name, now)) ?? Number.POSITIVE_INFINITY;
    this.#wakeIn(due - now);
  }

  /** No wait is so long: a clock was wrong when that was queued. */
  async #dueAtLast(now: number): Promise<void> {
    const latest = now + longestWaitMs(this.#settings);
    if (((await lastDueAt(this.#context.db, this.name)) ?? 0) <= latest) return;
    const { db, log } = this.#context;
    const instances = await db.transaction((tx) => dueAtLast(tx, { destination: this.name, now, latest }));
    log.warn('due-times-corrected', { destination: this.name, instances });
    this.#wanted = true;
  }

  #start(batch: readonly DeliveryRecord[]): void {
    for (const delivery of batch) this.#underWay.set(delivery.id, delivery);
    const sending = this.#send(batch)
      .catch((error) => {
        this.#context.log.error('deliveries-not-recorded', { destination: this.name, cause: messageOf(error) });
        // What could not be put on record is due still: sent at once, it would be sent without end.
        this.#pausedUntil = this.#clock.steady() + this.#settings.retrySeconds * 1000;
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
    let failure: Failure = { cause: 'no-outcome', reason: 'the destination gave no answer' };
    let stored = 0;
    const told = (index: number, outcome: DeliveryOutcome): void => {
      const delivery = batch[index] as DeliveryRecord;
      answered.add(delivery.id);
      if (outcome.stored) stored += 1;
      else failure = outcome;
      recorder.add({ delivery, attempt: this.#attempt(delivery, outcome, 'refused') });
    };
    try {
      await this.#destination.deliver(
        batch.map((delivery) => this.#outgoing(delivery)),
        told,
      );
      if (stored > 0) this.#recovered();
      else this.#refuses(failure);
    } catch (error) {
      failure = { cause: causeOfError(error), reason: error instanceof NodeError ? error.words : messageOf(error) };
      if (stored > 0) this.#takesNothingSince = undefined;
      this.#failed(failure);
    }
    for (const [i, delivery] of batch.filter(({ id }) => !answered.has(id)).entries()) {
      const attempt = this.#attempt(delivery, { stored: false, ...failure }, 'failed');
      recorder.add({ delivery, attempt: i === 0 ? later(attempt, this.#clock.dueNow()) : attempt });
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
    const { cause, reason } = outcome;
    const before = delivery.cause !== null && kindOfCause(delivery.cause) === kindOfCause(cause);
    const failures = before ? delivery.causeFailures : 0;
    const failure = { deliveryId: delivery.id, at, cause, causeFailures: failures + 1, reason };
    const next = nextStep(cause, failures, { random: Math.random(), settings: this.#settings });
    if (next.step === 'give-up') return { ...failure, outcome: 'dead' };
    return { ...failure, outcome: 'failed', nextAttemptAt: Math.round(this.#clock.dueNow() + next.milliseconds) };
  }

  /** A destination that cannot be reached at all is left in peace for a while, whatever is due. */
  #failed(failure: Failure): void {
    this.#tell('destination-failed', failure);
    this.#pausedUntil = this.#clock.steady() + waitMs(this.#failures, Math.random(), this.#settings);
    this.#failures += 1;
  }

  /** It answers, and stores nothing of a whole batch: its disk is full, or it wants none of this. */
  #refuses(failure: Failure): void {
    this.#tell('destination-refuses', failure);
    this.#failures = 0;
  }

  #tell(event: string, { cause, reason: problem }: Failure): void {
    if (kindOfCause(cause) !== 'instance' && this.#takesNothingSince === undefined) {
      this.#takesNothingSince = this.#clock.steady();
      this.#passedOn = 0;
    }
    if (problem !== this.#problem) this.#context.log.warn(event, { destination: this.name, cause, problem });
    this.#problem = problem;
    this.#lastFailure = { at: new Date(this.#context.now()).toISOString(), reason: problem };
  }

  #recovered(): void {
    if (this.#problem !== undefined) this.#context.log.info('destination-recovered', { destination: this.name });
    this.#problem = undefined;
    this.#takesNothingSince = undefined;
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
function later(attempt: AttemptOutcome, now: number): AttemptOutcome {
  if (attempt.outcome !== 'failed') return attempt;
  return { ...attempt, nextAttemptAt: 2 * attempt.nextAttemptAt - now };
}
