import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NodeError } from '../../src/core/errors.ts';
import type { Database } from '../../src/store/database.ts';
import { mortal } from '../support/mortal-database.ts';
import {
  changed,
  RecordingArchive,
  RunningApp,
  type Sent,
  ToldClassifier,
  temporaryFolder,
} from '../support/running-app.ts';
import { smallSax, smallScout } from '../support/small-study.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const turned = smallSax('101');
const standard = smallSax('000', { series: 'standard', sequence: 'T2' });
const scouts = smallScout({ series: 'scouts' });

function told(): ToldClassifier {
  const classifier = new ToldClassifier();
  classifier.tell(turned, '101');
  classifier.tell(standard, '000');
  return classifier;
}

/** Nothing is lost, doubled, half turned or changed where it must not be. */
function expectAllArrived(
  archive: RecordingArchive,
  { asReceived, derived }: { asReceived: readonly Sent[]; derived: readonly Sent[] },
) {
  for (const one of asReceived) expect(archive.holds(one), 'as received').toBe(true);
  for (const one of derived) expect(archive.holdings.has(one.sopInstanceUid), 'not as received').toBe(false);
  expect(archive.holdings.size).toBe(asReceived.length + derived.length);
  const bytesOf = new Map<string, Buffer>();
  for (const { sopInstanceUid, dataSet } of archive.received) {
    expect(bytesOf.get(sopInstanceUid)?.equals(dataSet) ?? true, 'a repeat has the same bytes').toBe(true);
    bytesOf.set(sopInstanceUid, dataSet);
  }
}

/** All is acknowledged and in the spool, and nothing is on record. */
async function killedBeforeAnything(options: Parameters<typeof RunningApp.start>[0], sent: readonly Sent[]) {
  const { wrap, arm } = mortal(1, 'is lost');
  arm();
  const app = await RunningApp.start({ ...options, database: wrap });
  await app.receive(sent);
  await app.crash();
}

describe('a node that is killed', () => {
  for (const last of ['is kept', 'is lost'] as const) {
    for (let transactions = 1; transactions <= 5; transactions++) {
      test(`after the start, at transaction ${transactions}, which ${last}, delivers all that it acknowledged after the start`, async () => {
        const archive = new RecordingArchive();
        const options = { folder: folder.path, classifier: told(), archives: [archive] };
        await killedBeforeAnything(options, [...scouts, ...turned, ...standard]);
        const { wrap, arm, isDead } = mortal(transactions, last);
        const app = await RunningApp.start({ ...options, database: wrap });
        arm();
        for (const end = performance.now() + 700; !isDead() && performance.now() < end; ) {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        await app.crash();
        expect(isDead()).toBe(true);
        const again = await RunningApp.start(options);
        await again.settled();
        expectAllArrived(archive, { asReceived: [...scouts, ...standard], derived: turned });
        await again.close();
      });
    }
  }

  test('before anything was put on record finds it in the spool', async () => {
    const archive = new RecordingArchive();
    const options = { folder: folder.path, classifier: told(), archives: [archive] };
    await killedBeforeAnything(options, turned.slice(0, 2));
    const again = await RunningApp.start(options);
    await again.receive(turned.slice(2));
    await again.settled();
    expectAllArrived(archive, { asReceived: [], derived: turned });
    await again.close();
  });
});

describe('results that were not put on record', () => {
  test('are taken away at the next start; those on record, and those of this run, stay', async () => {
    const archive = new RecordingArchive();
    const options = { folder: folder.path, classifier: told(), archives: [archive] };
    const results = join(folder.path, 'results');
    for (const name of ['7-1000', '7-1000-late-3', `8-${Date.now() + 60_000}`]) {
      await mkdir(join(results, name), { recursive: true });
      await writeFile(join(results, name, '000000.dcm'), 'x');
    }
    const app = await RunningApp.start(options);
    await app.receive(turned);
    await app.settled();
    await app.close();
    const [of] = (await readdir(results)).filter((name) => !name.startsWith('8-'));
    await rename(join(results, of as string), join(results, '1-2000'));
    const again = await RunningApp.start({
      ...options,
      database: (db) => ({ ...db, all: (sql, parameters) => db.all(sql, withOldName(parameters, of as string)) }),
    });
    expect((await readdir(results)).sort()).toEqual(['1-2000', expect.stringMatching(/^8-/)]);
    await again.close();
  });

  /** The record knows the folder by its name of before. */
  function withOldName(parameters: Parameters<Database['all']>[1], name: string): Parameters<Database['all']>[1] {
    return (
      parameters?.map((one) => (typeof one === 'string' ? one.replaceAll('results/1-2000', `results/${name}`) : one)) ??
      []
    );
  }
});

describe('a database that fails for a while', () => {
  test('delays, and loses nothing', async () => {
    const archive = new RecordingArchive();
    let failures = 3;
    const flaky = (db: Database): Database => ({
      file: db.file,
      appliedMigrations: db.appliedMigrations,
      all: (sql, parameters) => db.all(sql, parameters),
      transaction: async (work) => {
        const result = await db.transaction(work);
        // Committed, and yet it says that it failed: the worst that can happen.
        if (failures-- > 0) throw new NodeError('database-failed', 'the disk is slow');
        return result;
      },
      close: () => db.close(),
    });
    const app = await RunningApp.start({
      folder: folder.path,
      classifier: told(),
      archives: [archive],
      database: flaky,
    });
    await app.receive(turned.slice(0, 2));
    await app.receive(standard);
    await app.receive(turned.slice(2));
    await app.settled();
    expectAllArrived(archive, { asReceived: standard, derived: turned });
    await app.close();
  });
});

describe('no acknowledged instance is ever without a delivery', () => {
  const corrected = turned.map((one) => changed(one, { StudyDescription: ['corrected'] }));
  const anyArrival = fc.constantFrom(...turned, ...standard, ...scouts, ...corrected.slice(0, 2));
  /** Bursts of arrivals; between them the node rests, is killed, or its archive is down. */
  const anyHistory = fc.array(
    fc.record({
      arrivals: fc.array(anyArrival, { minLength: 1, maxLength: 8 }),
      afterwards: fc.constantFrom('go on', 'rest', 'restart', 'archive down', 'archive up'),
    }),
    { minLength: 1, maxLength: 5 },
  );

  test('whatever arrives in whatever order, however often the node is restarted', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async (history) => {
        const own = await temporaryFolder();
        const archive = new RecordingArchive();
        const options = { folder: own.path, classifier: told(), archives: [archive] };
        let app = await RunningApp.start(options);
        for (const { arrivals, afterwards } of history) {
          await app.receive(arrivals);
          if (afterwards === 'rest') await new Promise((resolve) => setTimeout(resolve, 150));
          if (afterwards === 'archive down') archive.isDown = true;
          if (afterwards === 'archive up') archive.isDown = false;
          if (afterwards === 'restart') {
            await app.close();
            app = await RunningApp.start(options);
          }
        }
        archive.isDown = false;
        await app.settled();
        const [row] = await app.db.all<{ instances: number; without: number }>(
          `select count(*) as instances,
              sum(id not in (select instance_id from deliveries where state = 'delivered')) as without from instances`,
        );
        expect(row?.without).toBe(0);
        const received = new Set(history.flatMap(({ arrivals }) => arrivals.map((one) => one.sopInstanceUid)));
        expect(archive.holdings.size).toBe(received.size);
        await app.close();
        await own.remove();
      }),
      { numRuns: 6, interruptAfterTimeLimit: 4000 },
    );
  }, 40_000);
});
