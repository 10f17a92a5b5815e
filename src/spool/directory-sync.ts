import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

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

/** Makes a directory, and its name and the names of those above it that are new, durable. */
export async function makeDurableDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: 0o700 });
  await syncDirectory(dirname(directory));
  if (first === undefined) return;
  for (let at = dirname(directory); at.startsWith(first); at = dirname(at)) await syncDirectory(dirname(at));
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
