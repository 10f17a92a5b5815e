import { messageOf } from '../../core/errors.ts';
import { bringBack } from './bring-back.ts';
import { ClockWatch } from './clock-watch.ts';
import type { RetentionContext, RetentionSettings } from './retention-context.ts';
import { finishRemovals, type SweepOrder, type Swept, sweep } from './sweep.ts';

const DAY_MS = 86_400_000;
/** However little room there is: what was done a moment ago, a person may want to look at. */
const LEAST_AGE_MS = 3_600_000;
/** Where nothing more may go, it is not looked for again at once. */
const ROOM_AGAIN_MS = 900_000;

/**
 * Removes files whose time is over and brings back those that are wanted again, one after the other: what is being
 * removed is never brought back at the same time.
 */
export class RetentionDuty {
  readonly #context: RetentionContext;
  readonly #settings: RetentionSettings;
  readonly #free: () => Promise<number>;
  readonly #steady: () => number;
  readonly #clock: ClockWatch;
  readonly #onBack: () => void;
  #last: Promise<unknown> = Promise.resolve();
  #wanted = false;
  #sweeping = false;
  /** By the steady clock: one that was set back would leave a full disk alone until it has caught up. */
  #noRoomUntil = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(
    context: RetentionContext,
    parts: {
      readonly settings: RetentionSettings;
      /** Room on the disk, bytes. */
      readonly free: () => Promise<number>;
      /** Milliseconds since any moment, whatever becomes of the clock of the machine. */
      readonly steady: () => number;
      /** Something that was wanted may be sent now. */
      readonly onBack: () => void;
    },
  ) {
    this.#context = context;
    this.#settings = parts.settings;
    this.#free = parts.free;
    this.#steady = parts.steady;
    this.#clock = new ClockWatch(context.now, parts.steady);
    this.#onBack = parts.onBack;
  }

  /** What an earlier run did not get to: before anything is looked for in the spool. */
  async restore(): Promise<void> {
    await this.#inLine('removals-not-finished', () => finishRemovals(this.#context));
    this.wake();
  }

  /** Something that was removed may be wanted. */
  wake(): void {
    if (this.#wanted || this.#closed) return;
    this.#wanted = true;
    void this.#inLine('results-not-brought-back', () => this.#bringBack());
  }

  /** Removes what its days are over for. Not where the clock was set within a day. */
  async sweep(): Promise<Swept | undefined> {
    if (!this.#clock.isSettled()) {
      this.#context.log.warn('retention-waits', { because: 'the clock of this machine was set within a day' });
      return undefined;
    }
    const { days, originalsOfTurnedDays } = this.#settings;
    const now = this.#context.now();
    const before = (past: number | null): number | null => (past === null ? null : now - past * DAY_MS);
    const limits = { copiesBefore: before(days), originalsOfTurnedBefore: before(originalsOfTurnedDays) };
    return this.#sweep({ limits, because: 'days', isEnough: () => this.#closed });
  }

  /** Where there is little room: removes copies before their days are over, until there is enough. */
  async makeRoom(): Promise<Swept | undefined> {
    // Looked at often enough to notice.
    this.#clock.isSettled();
    const hasRoom = async (): Promise<boolean> => (await this.#free()) >= this.#settings.freeBytes;
    const begun = this.#steady();
    if (begun < this.#noRoomUntil || (await hasRoom())) return undefined;
    const limits = { copiesBefore: this.#context.now() - LEAST_AGE_MS, originalsOfTurnedBefore: null };
    const isEnough = async (): Promise<boolean> => this.#closed || (await hasRoom());
    const swept = await this.#sweep({ limits, because: 'room', isEnough });
    this.#noRoomUntil = (await hasRoom()) ? Number.NEGATIVE_INFINITY : begun + ROOM_AGAIN_MS;
    return swept;
  }

  /** Ends after the series at work. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }

  /** One at a time: a second that is asked for meanwhile would find nothing. */
  async #sweep(order: SweepOrder): Promise<Swept | undefined> {
    if (this.#sweeping || this.#closed) return undefined;
    this.#sweeping = true;
    const isEnough = async (): Promise<boolean> => {
      // A sweep may take an hour: nobody waits that long for what is wanted again.
      await this.#bringBack();
      return order.isEnough();
    };
    return this.#inLine('retention-not-swept', () => sweep({ ...order, isEnough }, this.#context)).finally(() => {
      this.#sweeping = false;
    });
  }

  async #bringBack(): Promise<void> {
    if (!this.#wanted) return;
    this.#wanted = false;
    if ((await bringBack(this.#context, () => this.#closed)) > 0) this.#onBack();
  }

  #inLine<T>(failure: string, work: () => Promise<T>): Promise<T | undefined> {
    const result = this.#last.then(work).catch((error) => {
      this.#context.log.error(failure, { cause: messageOf(error) });
      return undefined;
    });
    this.#last = result;
    return result;
  }
}
