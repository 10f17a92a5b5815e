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

  /** @throws NodeError storage-full, storage-failed */
  async assertRoom(): Promise<void> {
    const now = performance.now();
    if (now - this.#lookedAt > FRESH_MS) {
      this.#lookedAt = now;
      this.#freeBytes = await freeBytes(this.#directory);
    }
    if (this.#freeBytes < this.#reserveBytes) {
      throw new NodeError('storage-full', 'the disk has no room for more instances');
    }
  }
}

/** Room on the disk of this directory for who is not its administrator. @throws NodeError storage-failed */
export async function freeBytes(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch (cause) {
    throw new NodeError('storage-failed', 'the disk does not tell how much room it has', { cause });
  }
}
