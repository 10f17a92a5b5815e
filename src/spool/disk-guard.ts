import { statfs } from 'node:fs/promises';
import { NodeError } from '../core/errors.ts';

/** How long one look at the free space counts. */
const FRESH_MS = 1000;

/** Refuses before the disk is full, so that what was accepted can still be recorded, turned and sent. */
export class DiskGuard {
  readonly #directory: string;
  readonly #reserveBytes: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #freeBytes = 0;

  constructor(directory: string, reserveBytes: number) {
    this.#directory = directory;
    this.#reserveBytes = reserveBytes;
  }

  /** @throws NodeError storage-full */
  async assertRoom(): Promise<void> {
    const now = performance.now();
    if (now - this.#lookedAt > FRESH_MS) {
      this.#lookedAt = now;
      const { bavail, bsize } = await statfs(this.#directory);
      this.#freeBytes = bavail * bsize;
    }
    if (this.#freeBytes < this.#reserveBytes) {
      throw new NodeError('storage-full', 'the disk has no room for more instances');
    }
  }
}
