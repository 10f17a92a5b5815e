import { once } from 'node:events';
import type { Writable } from 'node:stream';

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
