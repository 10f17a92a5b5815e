import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

/**
 * Sends JSON that no cache keeps: it names patients, and a browser would leave it on the disk of a shared desktop. A
 * client that keeps an answer in its own memory asks again with the tag of it, and is told 304 where nothing changed.
 */
export function sendJson(request: Request, response: Response, value: unknown): void {
  response.setHeader('Cache-Control', 'no-store');
  sendTagged(request, response, { type: 'application/json', bytes: Buffer.from(JSON.stringify(value)) });
}

/** Answers with the bytes, or with 304 where the client named their tag (RFC 9110 13.1.2). */
export function sendTagged(
  request: Request,
  response: Response,
  { type, bytes }: { readonly type: string; readonly bytes: Uint8Array },
): void {
  response.setHeader('Content-Type', type);
  if (request.method === 'GET' || request.method === 'HEAD') {
    const tag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
    response.setHeader('ETag', tag);
    if (names(request.headers['if-none-match'], tag)) {
      response.status(304).end();
      return;
    }
  }
  response.setHeader('Content-Length', bytes.byteLength);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function names(ifNoneMatch: string | undefined, tag: string): boolean {
  const given = (ifNoneMatch ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return given.includes(tag) || given.includes('*');
}
