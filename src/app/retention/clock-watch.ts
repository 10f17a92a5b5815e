const JUMP_MS = 3_600_000;
const SETTLE_MS = 86_400_000;

/**
 * Notices that the clock of the machine was set while the node ran. Days that a wrong clock makes of seconds must not
 * cost anybody a file: for a day nothing is called old then.
 */
export class ClockWatch {
  readonly #wall: () => number;
  readonly #steady: () => number;
  #offset: number;
  #jumpedAt: number | undefined;

  /** @param steady milliseconds since any moment, that only ever grow as time passes */
  constructor(wall: () => number, steady: () => number) {
    this.#wall = wall;
    this.#steady = steady;
    this.#offset = wall() - steady();
  }

  /** To be asked now and then: a clock that is set back again in between was not noticed. */
  isSettled(): boolean {
    const steady = this.#steady();
    const offset = this.#wall() - steady;
    if (Math.abs(offset - this.#offset) > JUMP_MS) this.#jumpedAt = steady;
    this.#offset = offset;
    return this.#jumpedAt === undefined || steady - this.#jumpedAt >= SETTLE_MS;
  }
}
