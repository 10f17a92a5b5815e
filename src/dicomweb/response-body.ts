import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Response } from 'express';
import type { EventLog } from '../app/ports.ts';
import { messageOf } from '../core/errors.ts';

/**
 * Writes as fast as the other side reads.
 * @returns false where there is nobody left to read
 */
export async function written(response: Writable, chunk: Uint8Array | string): Promise<boolean> {
  if (response.destroyed) return false;
  if (response.write(chunk)) return true;
  const waited = new AbortController();
  const { signal } = waited;
  try {
    await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  } finally {
    // Whichever did not come stops listening.
    waited.abort();
  }
  return !response.destroyed;
}

/**
 * A whole answer of one part.
 * @returns false where there is nobody left to read
 */
export async function sendBody(response: Writable, body: AsyncIterable<Uint8Array>): Promise<boolean> {
  for await (const chunk of body) if (!(await written(response, chunk))) return false;
  response.end();
  return true;
}

/** An answer that fails on its way is cut off: it must not look like a whole one. */
export async function wholeOrCutOff(response: Response, log: EventLog, answer: () => Promise<void>): Promise<void> {
  try {
    await answer();
  } catch (error) {
    if (!response.headersSent) throw error;
    log.error('dicomweb-answer-broken', { path: response.req.path, cause: messageOf(error) });
    response.destroy();
  }
}
