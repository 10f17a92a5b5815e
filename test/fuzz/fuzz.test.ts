import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MODULE_TARGETS } from './module-targets.ts';
import { NODE_TARGETS } from './node-targets.ts';
import { NodeUnderFire } from './node-under-fire.ts';
import { SLOW_PEERS } from './slow-peers.ts';
import { fuzz, howToRepeat } from './target.ts';

/** The same in every run, so that a change is judged by what it does and not by chance; `npm run fuzz` goes further. */
const SEED = 'every change';
const FOLDER = join(tmpdir(), 'cmr-node-fuzz-findings');
const MODULE_SECONDS = 4;
const NODE_SECONDS = 15;
const TIMEOUT_MS = 120_000;

describe.concurrent('hostile input', () => {
  for (const target of [...MODULE_TARGETS, ...NODE_TARGETS]) {
    const seconds = NODE_TARGETS.includes(target) ? NODE_SECONDS : MODULE_SECONDS;
    test(`does no harm at ${target.name}`, { timeout: TIMEOUT_MS }, async () => {
      const { inputs, findings } = await fuzz(target, { seconds, seed: SEED, folder: FOLDER });
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
