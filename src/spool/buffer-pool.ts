/** What an MR image needs: smaller blocks are not worth their bookkeeping. */
const LEAST_BYTES = 256 * 1024;

/**
 * Buffers that are used again. Memory outside of JavaScript's heap is cheap to use and dear to give up: every few
 * dozen megabytes of it have the garbage collector walk the whole heap.
 */
export class BufferPool {
  readonly #keepBytes: number;
  #free: Buffer[] = [];
  #freeBytes = 0;

  /** @param keepBytes how much is kept for later while nobody uses it */
  constructor(keepBytes: number) {
    this.#keepBytes = keepBytes;
  }

  /** A buffer of at least this length, with whatever was in it before. */
  take(length: number): Buffer {
    const fitting = this.#free.filter((buffer) => buffer.length >= length).sort((a, b) => a.length - b.length)[0];
    if (fitting === undefined) return Buffer.allocUnsafeSlow(Math.max(LEAST_BYTES, 2 ** Math.ceil(Math.log2(length))));
    this.#free = this.#free.filter((buffer) => buffer !== fitting);
    this.#freeBytes -= fitting.length;
    return fitting;
  }

  /** To be called once nobody reads or writes it any more, disk and network included. */
  giveBack(buffer: Buffer): void {
    if (this.#freeBytes + buffer.length > this.#keepBytes) return;
    this.#free.push(buffer);
    this.#freeBytes += buffer.length;
  }
}
