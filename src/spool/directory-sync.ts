import { open } from 'node:fs/promises';

/**
 * Makes names in a directory durable. Calls that come while a sync runs share the next one, so that many associations
 * pay for one.
 */
export class DirectorySync {
  readonly #running = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Promise<void>>();

  /** Resolves when every name that was in `directory` at the time of the call is on the disk. */
  sync(directory: string): Promise<void> {
    const running = this.#running.get(directory);
    if (running === undefined) return this.#start(directory);
    const waiting = this.#next.get(directory);
    if (waiting !== undefined) return waiting;
    const next = running
      .catch(() => undefined)
      .then(() => {
        this.#next.delete(directory);
        return this.#start(directory);
      });
    this.#next.set(directory, next);
    return next;
  }

  #start(directory: string): Promise<void> {
    const sync = syncDirectory(directory).finally(() => this.#running.delete(directory));
    this.#running.set(directory, sync);
    return sync;
  }
}

/** Makes the names in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
