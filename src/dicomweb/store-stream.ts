import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { messageOf, NodeError } from '../core/errors.ts';
import type { StoreAnswer } from './store-answer.ts';
import { isRedirect, noAnswer, redirected, type StoreTarget, unreachable } from './store-request.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * Sends one Part 10 file straight from the disk. dicomweb-client needs a request whole, several times over, in
 * memory: what is larger than a batch goes this way instead, a chunk at a time.
 * @throws NodeError destination-unreachable, destination-refused, destination-failed; storage-failed where the file cannot be read
 */
export async function streamStoreRequest(target: StoreTarget, file: string, length: number): Promise<StoreAnswer> {
  const boundary = randomUUID();
  const head = Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), target.timeoutMs);
  let readError: unknown;
  async function* body(): AsyncGenerator<Uint8Array> {
    yield head;
    try {
      for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
        timer.refresh();
        yield chunk;
      }
    } catch (error) {
      readError = error;
      throw error;
    }
    yield tail;
  }
  try {
    const headers = {
      Accept: 'application/dicom+json',
      'Content-Type': `multipart/related; type="application/dicom"; boundary="${boundary}"`,
      // Some servers refuse a request of unknown length.
      'Content-Length': String(head.length + length + tail.length),
      ...target.headers,
    };
    const how = { method: 'POST', duplex: 'half', redirect: 'manual', signal: silence.signal } as const;
    const response = await fetch(`${target.url}/studies`, { ...how, headers, body: body() });
    if (isRedirect(response.status)) {
      throw redirected(target);
    }
    return { status: response.status, body: await response.text() };
  } catch (error) {
    if (readError !== undefined && !silence.signal.aborted) {
      throw new NodeError('storage-failed', messageOf(readError), { subject: { file }, cause: readError });
    }
    throw error instanceof NodeError ? error : silence.signal.aborted ? noAnswer(target) : unreachable(target, error);
  } finally {
    clearTimeout(timer);
  }
}
