import { randomBytes } from 'node:crypto';
import type { Response } from 'express';
import { written } from './response-body.ts';

/** What the answer as a whole says. */
export interface MultipartHead {
  readonly status: number;
  /** Of the parts, as the parameter `type` says it. */
  readonly type: string;
}

/**
 * Writes a multipart/related answer (RFC 2387) part by part, as fast as it is read. Nothing is sent before the first
 * part, so that an answer without any can still be another one.
 */
export class MultipartWriter {
  readonly #response: Response;
  readonly #head: MultipartHead;
  // No bytes of a picture hold 128 random bits by chance.
  readonly #boundary = randomBytes(16).toString('hex');
  #parts = 0;

  constructor(response: Response, head: MultipartHead) {
    this.#response = response;
    this.#head = head;
  }

  get parts(): number {
    return this.#parts;
  }

  /** @returns false where there is nobody left to read */
  async part(headers: Readonly<Record<string, string>>, body: AsyncIterable<Uint8Array>): Promise<boolean> {
    if (this.#parts === 0) {
      const { status, type } = this.#head;
      this.#response.status(status);
      this.#response.setHeader('Content-Type', `multipart/related; type="${type}"; boundary=${this.#boundary}`);
    }
    this.#parts += 1;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    if (!(await written(this.#response, `--${this.#boundary}\r\n${lines.join('')}\r\n`))) return false;
    for await (const chunk of body) if (!(await written(this.#response, chunk))) return false;
    return written(this.#response, '\r\n');
  }

  end(): void {
    this.#response.end(`--${this.#boundary}--\r\n`);
  }
}
