import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { startServer, stopServer } from './processes.ts';

/** The archive at the end of every way: storescp, which writes what comes as it came, several associations at once. */
export interface Sink {
  readonly port: number;
  /** Resolves when it holds so many instances. */
  holds(count: number, withinMs: number): Promise<void>;
  /** Any one of the files that it holds. */
  anyFile(): Promise<string>;
  empty(): Promise<void>;
  stop(): Promise<void>;
}

export const SINK_AE_TITLE = 'SINK';
const LOOK_EVERY_MS = 5;

export async function startSink(folder: string): Promise<Sink> {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const parameters = ['--fork', '+B', '+xa', '-pdu', '131072', '-aet', SINK_AE_TITLE, '-od', folder, String(port)];
  const child = await startServer('storescp', parameters, { port });
  return {
    port,
    async holds(count, withinMs) {
      let held = 0;
      for (const until = Date.now() + withinMs; Date.now() < until; await delay(LOOK_EVERY_MS)) {
        held = (await readdir(folder)).length;
        if (held >= count) return;
      }
      throw new Error(`${held} of ${count} instances were archived`);
    },
    async anyFile() {
      return join(folder, (await readdir(folder))[0]!);
    },
    async empty() {
      for (const name of await readdir(folder)) await rm(join(folder, name));
    },
    stop: () => stopServer(child, 'SIGKILL'),
  };
}
