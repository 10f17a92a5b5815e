import { once } from 'node:events';
import type { Response } from 'express';

/**
 * Writes as fast as the other side reads.
 * @returns false where there is nobody left to read
 */
export async function written(response: Response, chunk: Uint8Array | string): Promise<boolean> {
  if (response.destroyed) return false;
  if (response.write(chunk)) return true;
  await Promise.race([once(response, 'drain'), once(response, 'close')]);
  return !response.destroyed;
}

/**
 * A whole answer of one part.
 * @returns false where there is nobody left to read
 */
export async function sendBody(response: Response, body: AsyncIterable<Uint8Array>): Promise<boolean> {
  for await (const chunk of body) if (!(await written(response, chunk))) return false;
  response.end();
  return true;
}
