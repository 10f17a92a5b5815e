import { NodeError } from '../core/errors.ts';
import { ByteSource } from './byte-source.ts';

/** One part of a multipart message. Its body is read before the next part is asked for; what is left is skipped. */
export interface Part {
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: AsyncIterable<Uint8Array>;
}

const GREATEST_PREAMBLE_LENGTH = 64 * 1024;
const GREATEST_HEADER_LENGTH = 16 * 1024;
/** White space that a gateway may append to a delimiter (RFC 2046 5.1.1). */
const GREATEST_PADDING_LENGTH = 64;

/**
 * The parts of a multipart/related body (RFC 2046 5.1, RFC 2387), as they arrive: no part is ever held whole, and
 * the source is read only as fast as the parts are.
 * Lines may end in CRLF or, as some clients write them, in LF alone; the first delimiter tells which.
 * @throws NodeError bad-request for anything that is not a complete multipart body
 */
export async function* multipartParts(source: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part> {
  if (!/^[\x20-\x7e]{1,200}$/.test(boundary)) {
    throw new NodeError('bad-request', 'the boundary of the multipart body is missing or malformed');
  }
  const bytes = new ByteSource(source);
  const lineEnd = await skipToFirstPart(bytes, boundary);
  for (let last = lineEnd === undefined; !last; ) {
    const body = new PartBody(bytes, Buffer.from(`${lineEnd}--${boundary}`, 'latin1'));
    yield { headers: await readHeaders(bytes), body };
    last = await body.skipRest();
  }
  await bytes.discardRest();
}

/** Skips the preamble. Returns how lines end, or undefined where the very first delimiter is the closing one. */
async function skipToFirstPart(bytes: ByteSource, boundary: string): Promise<'\r\n' | '\n' | undefined> {
  const dashBoundary = Buffer.from(`--${boundary}`, 'latin1');
  for (let skipped = 0; skipped <= GREATEST_PREAMBLE_LENGTH; ) {
    const line = await readLine(bytes, GREATEST_PREAMBLE_LENGTH);
    if (line.subarray(0, dashBoundary.length).equals(dashBoundary)) {
      const rest = line.toString('latin1', dashBoundary.length);
      if (/^[ \t]*\r?\n$/.test(rest)) {
        return rest.endsWith('\r\n') ? '\r\n' : '\n';
      }
      if (rest.startsWith('--')) {
        return undefined;
      }
    }
    skipped += line.length;
  }
  throw new NodeError('bad-request', 'the body does not begin with its multipart boundary');
}

async function readHeaders(bytes: ByteSource): Promise<ReadonlyMap<string, string>> {
  const headers = new Map<string, string>();
  for (let left = GREATEST_HEADER_LENGTH; left > 0; ) {
    const line = await readLine(bytes, left);
    left -= line.length;
    const text = line.toString('latin1').trimEnd();
    if (text === '') {
      return headers;
    }
    const colon = text.indexOf(':');
    if (colon < 1) {
      throw new NodeError('bad-request', 'a part of the multipart body has a malformed header');
    }
    headers.set(text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim());
  }
  throw new NodeError('bad-request', 'the headers of a part are too long');
}

/** The next line with its line end. The closing delimiter may be the last line and have none. */
async function readLine(bytes: ByteSource, greatestLength: number): Promise<Buffer> {
  for (let searched = 0; ; ) {
    const end = bytes.buffered.indexOf(0x0a, searched);
    if (end !== -1) {
      return bytes.take(end + 1);
    }
    searched = bytes.buffered.length;
    if (searched > greatestLength) {
      throw new NodeError('bad-request', 'a line of the multipart body is too long');
    }
    if (!(await bytes.more())) {
      if (bytes.buffered.length === 0) {
        throw new NodeError('bad-request', 'the multipart body ends before its closing boundary');
      }
      return bytes.take(bytes.buffered.length);
    }
  }
}

/** The bytes up to the next delimiter. What looks like a delimiter but goes on otherwise is content. */
class PartBody implements AsyncIterable<Uint8Array> {
  readonly #bytes: ByteSource;
  readonly #delimiter: Buffer;
  #end: 'more parts' | 'last part' | undefined;

  constructor(bytes: ByteSource, delimiter: Buffer) {
    this.#bytes = bytes;
    this.#delimiter = delimiter;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) {
      yield chunk;
    }
  }

  /** True after the last part. */
  async skipRest(): Promise<boolean> {
    while ((await this.#next()) !== undefined) {
      // The caller did not want these bytes.
    }
    return this.#end === 'last part';
  }

  async #next(): Promise<Buffer | undefined> {
    while (this.#end === undefined) {
      const at = this.#bytes.findStart(this.#delimiter);
      if (at > 0) {
        return this.#bytes.take(at);
      }
      const afterDelimiter = at === 0 ? this.#delimiterEnd() : 'undecided';
      if (afterDelimiter === 'content') {
        return this.#bytes.take(1);
      }
      if (afterDelimiter !== 'undecided') {
        this.#bytes.take(afterDelimiter.length);
        this.#end = afterDelimiter.end;
      } else if (!(await this.#bytes.more())) {
        throw new NodeError('bad-request', 'the multipart body ends before its closing boundary');
      }
    }
    return undefined;
  }

  /** What the bytes are that begin like the delimiter. */
  #delimiterEnd(): 'undecided' | 'content' | { length: number; end: 'more parts' | 'last part' } {
    const start = this.#delimiter.length;
    const { buffered } = this.#bytes;
    if (buffered.length < start || !buffered.subarray(0, start).equals(this.#delimiter)) {
      return 'undecided';
    }
    const after = buffered.toString('latin1', start, start + GREATEST_PADDING_LENGTH + 2);
    if (after.startsWith('--')) {
      return { length: start + 2, end: 'last part' };
    }
    const lineEnd = /^[ \t]*\r?\n/.exec(after);
    if (lineEnd !== null) {
      return { length: start + lineEnd[0].length, end: 'more parts' };
    }
    return /^(?:-|[ \t]*\r?)$/.test(after) && after.length <= GREATEST_PADDING_LENGTH ? 'undecided' : 'content';
  }
}
