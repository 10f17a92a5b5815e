import type { WallTime } from '../core/delivery/time-window.ts';

/**
 * The time by which deliveries are due. The clock of the machine may jump; what passed since the start of this process
 * is known in any case. Of both the later is taken: a clock that is set back holds up nothing, and after one that was
 * set forward nothing waits that was queued by it.
 */
export class DeliveryClock {
  readonly #wall: () => number;
  readonly #steady: () => number;
  readonly #startedAt: number;

  /** @param steady milliseconds since any moment, that only ever grow as time passes */
  constructor(wall: () => number, steady: () => number) {
    this.#wall = wall;
    this.#steady = steady;
    this.#startedAt = wall() - steady();
  }

  /** Milliseconds since 1970, for what is due. */
  dueNow(): number {
    return Math.round(Math.max(this.#wall(), this.#startedAt + this.#steady()));
  }

  /** Where the clock on the wall stands, as windows are written: local time of the machine. */
  wallTime(): WallTime {
    const wall = new Date(this.#wall());
    return { day: wall.getDay(), minute: wall.getHours() * 60 + wall.getMinutes() };
  }

  /** Milliseconds, to measure waits with. */
  steady(): number {
    return this.#steady();
  }
}
