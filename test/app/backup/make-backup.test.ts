import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeBackup } from '../../../src/app/backup/make-backup.ts';
import { resend } from '../../../src/app/resend.ts';
import { RetentionDuty } from '../../../src/app/retention/retention-duty.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { verifyAudit } from '../../../src/store/verify-audit.ts';
import { RecordingArchive, RunningApp, ToldClassifier, temporaryFolder } from '../../support/running-app.ts';
import { smallSax, smallScout } from '../../support/small-study.ts';

const turned = smallSax('101');
const scouts = smallScout({ series: 'scouts' });
const later = smallScout({ series: 'later' });

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let archive: RecordingArchive;
const apps: RunningApp[] = [];
beforeEach(async () => {
  folder = await temporaryFolder();
  archive = new RecordingArchive();
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  await folder.remove();
});

function dataDir(): string {
  return join(folder.path, 'data');
}

async function started(): Promise<RunningApp> {
  const classifier = new ToldClassifier();
  classifier.tell(turned, '101');
  const app = await RunningApp.start({ folder: dataDir(), classifier, archives: [archive] });
  apps.push(app);
  return app;
}

async function ended(): Promise<void> {
  for (const app of apps.splice(0)) await app.close();
}

function order(withFiles: boolean) {
  return { folder: join(folder.path, 'backup'), withFiles, softwareVersion: '1.0', by: 'operator' };
}

/** As the README says. */
async function restored(): Promise<void> {
  const backup = join(folder.path, 'backup');
  for (const name of ['node.sqlite', 'node.sqlite-wal', 'node.sqlite-shm']) {
    await rm(join(dataDir(), name), { force: true });
  }
  for (const name of ['node.sqlite', 'spool', 'results']) {
    await cp(join(backup, name), join(dataDir(), name), { recursive: true });
  }
}

describe('a backup', () => {
  test('is made while instances arrive, and is whole: database, audit trail and every file', async () => {
    const app = await started();
    await app.receive([...turned, ...scouts]);
    await app.settled();
    const arriving = app.receive(later);
    const manifest = await makeBackup(order(true), { ...app.context });
    await arriving;
    await app.settled();
    expect(manifest.faulty).toEqual([]);
    expect(manifest.files).toBeGreaterThanOrEqual(2 * turned.length + scouts.length);
    const lines = (await readFile(join(folder.path, 'backup', 'files.jsonl'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(manifest.files);
    for (const line of lines) {
      const { file, dataSetOffset, dataSetLength } = JSON.parse(line) as Record<string, number | string>;
      const { size } = await stat(join(folder.path, 'backup', String(file)));
      expect(size).toBe(Number(dataSetOffset) + Number(dataSetLength));
    }
    const copy = await openDatabase({ file: join(folder.path, 'backup', 'node.sqlite'), access: 'reader' });
    expect(await verifyAudit(copy)).toMatchObject({ ok: true, entries: manifest.auditEntries });
    await copy.close();
    expect(await app.auditDetails('backup-made')).toHaveLength(1);
    expect((await stat(join(folder.path, 'backup', 'node.sqlite'))).mode & 0o077).toBe(0);
  });

  test('restores a node whose data folder is lost: it goes on as if nothing had happened', async () => {
    const app = await started();
    await app.receive([...turned, ...scouts]);
    await app.settled();
    await makeBackup(order(true), { ...app.context });
    await ended();
    const sent = archive.received.length;
    const before = new Map(archive.holdings);
    await rm(dataDir(), { recursive: true });
    await mkdir(dataDir());
    await restored();
    const again = await started();
    await again.settled();
    expect(archive.received, 'nothing is sent twice').toHaveLength(sent);
    archive.received.splice(0);
    const all = { filter: {}, destinations: ['archive'], act: { by: 'me', reason: 'the archive was lost, too' } };
    for await (const series of resend(all, again.context)) expect(series.gone).toEqual([]);
    again.wake();
    await again.settled();
    expect(archive.holdings).toEqual(before);
    expect(await verifyAudit(again.db)).toMatchObject({ ok: true });
  });

  test('of an older day loses nothing that came since, where the spool is still there', async () => {
    const app = await started();
    await app.receive(scouts);
    await app.settled();
    await makeBackup(order(false), { ...app.context });
    await app.receive(turned);
    await app.settled();
    const before = new Map(archive.holdings);
    await ended();
    for (const name of ['node.sqlite', 'node.sqlite-wal', 'node.sqlite-shm']) {
      await rm(join(dataDir(), name), { force: true });
    }
    await cp(join(folder.path, 'backup', 'node.sqlite'), join(dataDir(), 'node.sqlite'));
    const again = await started();
    await again.settled();
    // Taken up from the spool, and delivered once more under the same UIDs.
    expect(new Set(archive.holdings.keys())).toEqual(new Set(before.keys()));
    expect(await again.decisions()).toHaveLength(2);
  });

  test('names the files that are missing or changed, and none that retention removed meanwhile', async () => {
    const app = await started();
    await app.receive([...turned, ...scouts]);
    await app.settled();
    const files = await app.db.all<{ file: string }>('select file from instances order by id');
    await writeFile(join(dataDir(), files[0]!.file), 'other bytes');
    const manifest = await makeBackup(order(true), { ...app.context });
    expect(manifest.faulty).toEqual([files[0]!.file]);
    await rm(join(folder.path, 'backup'), { recursive: true });
    const duty = new RetentionDuty(
      { ...app.context, now: () => Date.now() + 400 * 86_400_000 },
      {
        settings: { days: 14, originalsOfTurnedDays: null, freeBytes: 0 },
        free: async () => 1,
        steady: () => 0,
        onBack: () => undefined,
      },
    );
    await duty.sweep();
    const swept = await makeBackup(order(false), { ...app.context });
    expect(swept.files).toBe(turned.length);
    expect(swept.faulty).toEqual([files[0]!.file]);
  });

  test('goes into no folder that holds something', async () => {
    const app = await started();
    await mkdir(join(folder.path, 'backup'));
    await writeFile(join(folder.path, 'backup', 'mine'), '');
    await expect(makeBackup(order(false), { ...app.context })).rejects.toMatchObject({ code: 'bad-request' });
  });
});
