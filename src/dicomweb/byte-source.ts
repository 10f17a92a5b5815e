const NOTHING = Buffer.alloc(0);

/** A window on a stream of bytes: what has arrived and was not taken yet. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #buffered: Buffer = NOTHING;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  get buffered(): Buffer {
    return this.#buffered;
  }

  /** Waits for more bytes; false at the end of the stream. */
  async more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) {
      return false;
    }
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length);
    this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk]);
    return true;
  }

  take(length: number): Buffer {
    const taken = this.#buffered.subarray(0, length);
    this.#buffered = this.#buffered.subarray(length);
    return taken;
  }

  /** Where `token`, or a beginning of it that the end of the buffer cuts off, starts; the buffer's length if nowhere. */
  findStart(token: Buffer): number {
    const whole = this.#buffered.indexOf(token);
    if (whole !== -1) {
      return whole;
    }
    const { length } = this.#buffered;
    const first = token[0]!;
    let at = this.#buffered.indexOf(first, Math.max(0, length - token.length + 1));
    while (at !== -1 && !this.#buffered.subarray(at).equals(token.subarray(0, length - at))) {
      at = this.#buffered.indexOf(first, at + 1);
    }
    return at === -1 ? length : at;
  }

  async discardRest(): Promise<void> {
    this.#buffered = NOTHING;
    for (let next = await this.#chunks.next(); next.done !== true; next = await this.#chunks.next()) {
      // What follows the closing delimiter means nothing (RFC 2046 5.1.1).
    }
  }
}
