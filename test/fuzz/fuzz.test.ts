import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { MODULE_TARGETS } from './module-targets.ts';
import { NODE_TARGETS } from './node-targets.ts';
import { NodeUnderFire } from './node-under-fire.ts';
import { SLOW_PEERS } from './slow-peers.ts';
import { fuzz, howToRepeat } from './target.ts';

/** The same in every run, so that a change is judged by what it does and not by chance; `npm run fuzz` goes further. */
const SEED = 'every change';
const FOLDER = join(tmpdir(), 'cmr-node-fuzz-findings');
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MODULE_SECONDS = 4;
const NODE_SECONDS = 15;
const HANGS_MS = 90_000;
const TIMEOUT_MS = 120_000;

/** In a process of its own, for what hangs can only be killed. Undefined where all is well, else what it said. */
function fuzzModule(name: string): Promise<string | undefined> {
  const options = ['--only', name, '--seconds', String(MODULE_SECONDS), '--seed', SEED, '--folder', FOLDER];
  const command = ['--import', 'tsx', 'test/fuzz/run.ts', ...options];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: ROOT, timeout: HANGS_MS, killSignal: 'SIGKILL' }, (error, told) => {
      const hangs = error?.killed === true ? howToRepeat(name, join(FOLDER, `${name}-current.bin`)) : '';
      resolve(error === null ? undefined : `${told}${hangs}`);
    });
  });
}

describe.concurrent('hostile input', () => {
  for (const { name } of MODULE_TARGETS) {
    test(`does no harm at ${name}`, { timeout: TIMEOUT_MS }, async () => {
      expect(await fuzzModule(name)).toBeUndefined();
    });
  }

  for (const target of NODE_TARGETS) {
    test(`does no harm at ${target.name}`, { timeout: TIMEOUT_MS }, async () => {
      const { inputs, findings } = await fuzz(target, { seconds: NODE_SECONDS, seed: SEED, folder: FOLDER });
      const told = findings.map(
        ({ what, file }) => `${what}\n${file ? howToRepeat(target.name, file) : `seed ${SEED}`}`,
      );
      expect(told).toEqual([]);
      expect(inputs).toBeGreaterThan(0);
    });
  }

  for (const { name, run } of SLOW_PEERS) {
    test(`does no harm as ${name}`, { timeout: TIMEOUT_MS }, async () => {
      const underFire = await NodeUnderFire.start();
      try {
        await run(underFire);
      } finally {
        await underFire.close();
      }
    });
  }
});
