import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import sqlite3 from 'sqlite3';
import type { seededRandom } from '../../src/phantom/random.ts';
import { ChaosSite, type Judgement } from './chaos-site.ts';
import type { Mood } from './unsteady-archive.ts';

/** How much is done to the node: the short form is for every change, the long one for a release. */
export interface Extent {
  readonly random: ReturnType<typeof seededRandom>;
  /** How many times it is killed at a random moment. */
  readonly kills: number;
  /** How many times at each named step, each time a little later. */
  readonly killsAtStep: number;
}

/** One thing that goes wrong, and what is true afterwards. */
export interface Fault {
  readonly name: string;
  /** Why it cannot be made here; undefined where it can. */
  readonly hindrance?: string | undefined;
  run(extent: Extent): Promise<Judgement & { readonly times: number }>;
}

const CRASH_AT = new URL('crash-at.mjs', import.meta.url).href;
const STEPS = [
  'received, not synced',
  'synced, not renamed',
  'renamed, name not synced',
  'name synced, not answered',
  'admitted, not committed',
  'admitted, committed',
  'decided, not rewritten',
  'rewritten, not renamed',
  'rewritten, not on record',
  'decided and queued, not committed',
  'decided and queued, committed',
  'sent, not committed',
  'sent, committed',
];
const MOODS: readonly (readonly [name: string, mood: Mood])[] = [
  ['is away', { kind: 'away' }],
  ['is silent', { kind: 'silent' }],
  ['breaks off in the middle of an instance', { kind: 'breaks-off', afterBytes: 90_000 }],
  ['stores and its answers are lost', { kind: 'loses-answers' }],
  ['answers A700, out of resources', { kind: 'answers', status: 0xa700 }],
  ['answers B000, a warning', { kind: 'answers', status: 0xb000 }],
  ['answers 0110, processing failure', { kind: 'answers', status: 0x0110 }],
  ['answers 0124, not authorized', { kind: 'answers', status: 0x0124 }],
];
const MOOD_MILLISECONDS = 4_000;
const LOCKED_MILLISECONDS = 7_000;
const CLOCK_MILLISECONDS = 2_500;

export const FAULTS: readonly Fault[] = [
  { name: 'SIGKILL at random moments', run: killedAtRandom },
  ...STEPS.map((step): Fault => ({ name: `SIGKILL: ${step}`, run: (extent) => killedAt(step, extent) })),
  ...MOODS.map(([name, mood]): Fault => ({ name: `archive ${name}`, run: () => archiveIn(mood) })),
  { name: 'archive is killed while it stores, and comes back', run: archiveComesAndGoes },
  { name: 'disk full', hindrance: mountHindrance(), run: diskFull },
  { name: 'database locked by another process', run: databaseLocked },
  { name: 'database damaged: it refuses, and goes on with the backup', run: databaseDamaged },
  { name: 'second node on the data folder', run: secondNode },
  { name: 'clock set back an hour, then forward a day', hindrance: clockHindrance(), run: clockJumps },
];

async function withSite<Result>(work: (chaos: ChaosSite) => Promise<Result>): Promise<Result> {
  const chaos = await ChaosSite.open();
  try {
    return await work(chaos);
  } finally {
    await chaos.close();
  }
}

function killedAtRandom({ random, kills }: Extent): ReturnType<Fault['run']> {
  return withSite(async (chaos) => {
    for (let kill = 0; kill < kills; kill++) {
      // Now and then it is killed before it is ready.
      if (kill % 8 === 7) {
        const starting = chaos.site.launch();
        await delay(random.uniform(0, 900));
        starting.signal('SIGKILL');
        await starting.exited;
        continue;
      }
      const node = await chaos.site.start();
      await chaos.nextStudy();
      const sending = chaos.send(node);
      // Receiving takes about 150 ms, and all up to the last delivery about 1.2 s.
      await delay(random.uniform(0, kill % 2 === 0 ? 150 : 1_300));
      await node.kill();
      await sending;
    }
    return { times: kills, ...(await chaos.judge(await chaos.site.start())) };
  });
}

function killedAt(step: string, { killsAtStep }: Extent): ReturnType<Fault['run']> {
  return withSite(async (chaos) => {
    let times = 0;
    for (let count = 0; count < killsAtStep; count++) {
      const env = { NODE_OPTIONS: `--import=${CRASH_AT}`, CHAOS_STEP: step, CHAOS_COUNT: String(count) };
      times += 1;
      // What the kill before it left to be done may take it to the step while it starts.
      const node = await chaos.site.start({ env }).catch(unlessKilled);
      await chaos.nextStudy();
      if (node === undefined) continue;
      await chaos.send(node);
      const end = await Promise.race([node.exited, delay(8_000, 'alive' as const)]);
      if (end !== 'SIGKILL') throw new Error(`the step "${step}" was not reached ${count + 1} times: ${end}`);
    }
    return { times, ...(await chaos.judge(await chaos.site.start())) };
  });
}

function unlessKilled(error: unknown): undefined {
  if (!(error instanceof Error) || !error.message.startsWith('the node ended with SIGKILL')) throw error;
}

function archiveIn(mood: Mood): ReturnType<Fault['run']> {
  return withSite(async (chaos) => {
    chaos.archive.turn(mood);
    const node = await chaos.site.start();
    await chaos.nextStudy();
    await chaos.send(node);
    await delay(MOOD_MILLISECONDS);
    chaos.archive.turn({ kind: 'well' });
    await chaos.nextStudy();
    return { times: 1, ...(await chaos.judge(node)) };
  });
}

function archiveComesAndGoes({ random, killsAtStep }: Extent): ReturnType<Fault['run']> {
  return withSite(async (chaos) => {
    const node = await chaos.site.start();
    const times = killsAtStep * 3;
    for (let time = 0; time < times; time++) {
      await chaos.nextStudy();
      await chaos.send(node);
      await delay(random.uniform(500, 1_200));
      chaos.archive.turn({ kind: 'away' });
      await delay(random.uniform(50, 400));
      chaos.archive.turn({ kind: 'well' });
    }
    return { times, ...(await chaos.judge(node)) };
  });
}

function mountHindrance(): string | undefined {
  return process.getuid?.() === 0 ? undefined : 'only root may mount a small file system';
}

/** A small file system of its own: half of the studies find no room. */
async function diskFull(): ReturnType<Fault['run']> {
  return withSite(async (chaos) => {
    const { dataDir } = chaos.site;
    await mkdir(dataDir, { recursive: true });
    await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', dataDir]);
    try {
      const node = await chaos.site.start();
      await chaos.nextStudy();
      await chaos.send(node);
      const { bavail, bsize } = await statfs(dataDir);
      const filler = join(dataDir, 'filler');
      await writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - 1_500_000)));
      await chaos.nextStudy();
      const left = await chaos.send(node);
      if (left === 0) throw new Error('the disk did not become full');
      await rm(filler);
      return { times: 1, ...(await chaos.judge(node)) };
    } finally {
      await promisify(execFile)('umount', ['-l', dataDir]);
    }
  });
}

function databaseLocked(): ReturnType<Fault['run']> {
  return withSite(async (chaos) => {
    const node = await chaos.site.start();
    const other = new sqlite3.Database(join(chaos.site.dataDir, 'node.sqlite'));
    const execute = promisify(other.exec.bind(other)) as (sql: string) => Promise<void>;
    await execute('begin exclusive');
    await chaos.nextStudy();
    await chaos.send(node);
    await delay(LOCKED_MILLISECONDS);
    await execute('rollback');
    await promisify(other.close.bind(other))();
    await chaos.nextStudy();
    return { times: 1, ...(await chaos.judge(node)) };
  });
}

function secondNode(): ReturnType<Fault['run']> {
  return withSite(async (chaos) => {
    const node = await chaos.site.start();
    await chaos.nextStudy();
    const sending = chaos.send(node);
    const second = chaos.site.launch();
    const end = await second.exited;
    if (end === 0) throw new Error('a second node ran on the same data folder');
    await sending;
    return { times: 1, ...(await chaos.judge(node)) };
  });
}

/** What the file system made of the first page: the node must not go on with it, and nothing may be taken for new. */
function databaseDamaged(): ReturnType<Fault['run']> {
  return withSite(async (chaos) => {
    const file = join(chaos.site.dataDir, 'node.sqlite');
    const first = await chaos.site.start();
    await chaos.nextStudy();
    await chaos.send(first);
    await first.stop();
    const whole = await readFile(file);
    await writeFile(file, Buffer.concat([Buffer.alloc(4_096, 0x5a), whole.subarray(4_096)]));
    const refusing = chaos.site.launch();
    const end = await Promise.race([refusing.exited, delay(20_000, 'alive' as const)]);
    if (end === 'alive' || end === 0) throw new Error(`a node ran on a damaged database: ${end}`);
    await writeFile(file, whole);
    const node = await chaos.site.start();
    await chaos.nextStudy();
    return { times: 1, ...(await chaos.judge(node)) };
  });
}

function libfaketime(): string | undefined {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib') : [];
  return folders
    .map((folder) => join('/usr/lib', folder, 'faketime', 'libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
}

function clockHindrance(): string | undefined {
  return libfaketime() === undefined ? 'libfaketime is not installed' : undefined;
}

/** While the archive is away, so that tries are due at times that the clock has not seen yet, or has left far behind. */
function clockJumps(): ReturnType<Fault['run']> {
  return withSite(async (chaos) => {
    const clock = join(chaos.site.folder, 'clock');
    const set = (offset: string): Promise<void> => writeFile(clock, `${offset}\n`);
    await set('+0');
    const env = {
      LD_PRELOAD: libfaketime(),
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    const node = await chaos.site.start({ env });
    for (const offset of ['-3600s', '+86400s', '+0']) {
      chaos.archive.turn({ kind: 'away' });
      await chaos.nextStudy();
      await chaos.send(node);
      await delay(CLOCK_MILLISECONDS);
      await set(offset);
      await delay(CLOCK_MILLISECONDS);
      chaos.archive.turn({ kind: 'well' });
    }
    return { times: 3, ...(await chaos.judge(node)) };
  });
}
