import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Destination, OutgoingInstance } from '../../src/app/ports.ts';
import { NodeError } from '../../src/core/errors.ts';
import type { Database } from '../../src/store/database.ts';
import { RecordingArchive, RunningApp, ToldClassifier, temporaryFolder } from '../support/running-app.ts';
import { smallSax } from '../support/small-study.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let app: RunningApp | undefined;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await folder.remove();
});

const sent = smallSax('000');

async function started(archive: RecordingArchive, database = (db: Database): Database => db): Promise<RunningApp> {
  const classifier = new ToldClassifier();
  classifier.tell(sent, '000');
  app = await RunningApp.start({ folder: folder.path, classifier, archives: [archive], database });
  return app;
}

/** Takes what it likes of a batch and says so, or does not. */
class MoodyArchive extends RecordingArchive {
  mood: 'silent' | 'picky' | 'good' = 'good';

  override async deliver(
    batch: readonly OutgoingInstance[],
    told: Parameters<Destination['deliver']>[1],
  ): Promise<void> {
    this.attempts += 1;
    if (this.mood === 'silent') return;
    if (this.mood === 'good') return super.deliver(batch, told);
    for (const i of batch.keys()) told(i, { stored: false, cause: 'out-of-resources', reason: 'not today (A700)' });
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const pending = async () =>
  (await (app as RunningApp).db.all<{ reason: string }>("select reason from deliveries where state = 'pending'")).map(
    ({ reason }) => reason,
  );

describe('forwarding', () => {
  test.each(['silent', 'picky'] as const)(
    'to an archive that is %s repeats at its pace, says why, and ends well',
    async (mood) => {
      const archive = new MoodyArchive();
      archive.mood = mood;
      const running = await started(archive);
      await running.receive(sent);
      await expect.poll(() => archive.attempts, { timeout: 5000 }).toBeGreaterThan(1);
      await pause(300);
      expect(archive.attempts).toBeLessThan(25);
      const reason = mood === 'silent' ? 'the destination gave no answer' : 'not today (A700)';
      expect(await pending()).toEqual(sent.map(() => reason));
      archive.mood = 'good';
      await running.settled();
      expect(sent.every((one) => archive.holds(one))).toBe(true);
    },
  );

  test('does not send without end what was delivered and cannot be put on record', async () => {
    const archive = new RecordingArchive();
    let fails = false;
    const running = await started(archive, (db) => ({
      file: db.file,
      appliedMigrations: db.appliedMigrations,
      all: (sql, parameters) => db.all(sql, parameters),
      transaction: (work) =>
        fails ? Promise.reject(new NodeError('storage-full', 'the disk is full')) : db.transaction(work),
      close: () => db.close(),
    }));
    archive.isDown = true;
    await running.receive(sent);
    await expect.poll(() => archive.attempts, { timeout: 5000 }).toBeGreaterThan(0);
    fails = true;
    archive.isDown = false;
    await pause(600);
    expect(archive.attempts).toBeLessThan(30);
    fails = false;
    await running.settled();
    expect(archive.holdings.size).toBe(sent.length);
  });

  test('starts nothing more once it is closed', async () => {
    const archive = new RecordingArchive();
    const running = await started(archive);
    archive.isDown = true;
    await running.receive(sent);
    await expect.poll(() => archive.attempts, { timeout: 5000 }).toBeGreaterThan(0);
    await running.close();
    app = undefined;
    const { attempts } = archive;
    await pause(400);
    expect(archive.attempts).toBe(attempts);
  });
});
