import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CatalogueKeeper } from '../../../src/app/catalogue-keeper.ts';
import { releaseExpiredHolds } from '../../../src/app/release-holds.ts';
import { resend } from '../../../src/app/resend.ts';
import { retainedInstances } from '../../../src/app/retained-instances.ts';
import { RetentionDuty } from '../../../src/app/retention/retention-duty.ts';
import { finishRemovals } from '../../../src/app/retention/sweep.ts';
import { DEFAULT_SETTINGS } from '../../../src/core/decision/thresholds.ts';
import { setCommitmentDestinations } from '../../../src/store/commitments.ts';
import { filesToRemove } from '../../../src/store/removed-files.ts';
import { verifyAudit } from '../../../src/store/verify-audit.ts';
import { mortal } from '../../support/mortal-database.ts';
import { RecordingArchive, RunningApp, type Sent, ToldClassifier, temporaryFolder } from '../../support/running-app.ts';
import { smallSax, smallScout } from '../../support/small-study.ts';

const DAY = 86_400_000;
const turned = smallSax('101');
const scouts = smallScout({ series: 'scouts' });
const unclear = smallSax('000', { series: 'unclear', sequence: 'T2' });

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let archive: RecordingArchive;
let clock: number;
const apps: RunningApp[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  archive = new RecordingArchive();
  clock = Date.now();
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  await folder.remove();
});

async function started(options: Partial<Parameters<typeof RunningApp.start>[0]> = {}): Promise<RunningApp> {
  const classifier = new ToldClassifier();
  classifier.tell(turned, '101');
  const app = await RunningApp.start({
    folder: folder.path,
    classifier,
    archives: [archive],
    now: () => clock,
    ...options,
  });
  apps.push(app);
  return app;
}

function dutyOf(
  app: RunningApp,
  more: { originals?: number | null; free?: () => Promise<number>; steady?: () => number } = {},
): RetentionDuty {
  return new RetentionDuty(app.context, {
    settings: { days: 14, originalsOfTurnedDays: more.originals ?? null, freeBytes: 1000 },
    free: more.free ?? (async () => 2000),
    steady: more.steady ?? (() => clock),
    onBack: () => app.wake(),
  });
}

/** Every file below a folder of the data folder, by its path there. */
async function filesIn(name: 'spool' | 'results'): Promise<string[]> {
  const entries = await readdir(join(folder.path, name), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function delivered(app: RunningApp, sent: readonly Sent[]): Promise<void> {
  await app.receive(sent);
  await app.settled();
}

describe('retention', () => {
  test('removes results and what passed through once the days are over, and nothing before', async () => {
    const app = await started();
    await delivered(app, [...turned, ...scouts]);
    const duty = dutyOf(app);
    clock += 13 * DAY;
    expect(await duty.sweep()).toEqual({ series: 0, files: 0, bytes: 0 });
    expect(await filesIn('spool')).toHaveLength(turned.length + scouts.length);
    clock += 2 * DAY;
    const swept = await duty.sweep();
    expect(swept).toMatchObject({ series: 2, files: turned.length + scouts.length });
    expect(swept?.bytes).toBeGreaterThan(10_000);
    // The originals of the turned series stay, to the byte.
    const left = await Promise.all((await filesIn('spool')).map((file) => readFile(file)));
    expect(left).toHaveLength(turned.length);
    for (const { dataSet } of turned) expect(left.some((file) => file.includes(Buffer.from(dataSet)))).toBe(true);
    expect(await readdir(join(folder.path, 'results'))).toEqual([]);
    expect(await filesToRemove(app.db, { after: '', limit: 10 })).toEqual([]);
    const [entry] = await app.auditDetails('retention-swept');
    expect(entry).toEqual({ because: 'days', ...swept });
    expect(await app.auditDetails('series-files-removed')).toHaveLength(2);
    expect(await verifyAudit(app.db)).toMatchObject({ ok: true });
  });

  test('removes originals of turned series where the site says so, and folders that hold nothing more', async () => {
    const app = await started();
    await delivered(app, [...turned, ...scouts]);
    clock += 20 * DAY;
    await dutyOf(app, { originals: 30 }).sweep();
    expect(await filesIn('spool')).toHaveLength(turned.length);
    clock += 11 * DAY;
    await dutyOf(app, { originals: 30 }).sweep();
    expect(await filesIn('spool')).toEqual([]);
    expect(await readdir(join(folder.path, 'spool'))).toEqual(['unfinished']);
  });

  test('removes nothing that one archive does not have, however long it takes', async () => {
    const other = new RecordingArchive('other');
    const app = await started({ archives: [archive, other] });
    other.isDown = true;
    await app.receive(scouts);
    await waitFor(() => archive.received.length === scouts.length);
    clock += 400 * DAY;
    expect(await dutyOf(app, { originals: 0 }).sweep()).toMatchObject({ files: 0 });
    other.isDown = false;
    app.wake();
    await app.settled();
    expect(await dutyOf(app).sweep()).toMatchObject({ files: 0 });
    clock += 15 * DAY;
    expect(await dutyOf(app).sweep()).toMatchObject({ files: scouts.length });
  });

  test('removes nothing that is held, nor what was released because nobody looked at it in time', async () => {
    const classifier = new ToldClassifier();
    classifier.tell(unclear, '011');
    const decision = { ...DEFAULT_SETTINGS, holdHours: 24, onContradiction: 'hold-for-review' } as const;
    const app = await started({ classifier, settings: { decision } });
    await app.receive(unclear);
    await waitFor(async () => (await app.decisions()).length > 0);
    expect(await app.decisions()).toMatchObject([{ decision: 'hold-for-review' }]);
    clock += 400 * DAY;
    const duty = dutyOf(app, { originals: 1 });
    expect(await duty.sweep()).toMatchObject({ files: 0 });
    expect(await releaseExpiredHolds(app.context)).toBe(1);
    app.wake();
    await app.settled();
    clock += 400 * DAY;
    expect(await duty.sweep()).toMatchObject({ files: 0 });
    expect(await filesIn('spool')).toHaveLength(unclear.length);
  });

  test('removes nothing that an archive took and has not committed to, where it is asked to', async () => {
    const app = await started();
    await app.db.transaction((tx) => setCommitmentDestinations(tx, ['archive']));
    await delivered(app, [...scouts, ...turned]);
    clock += 400 * DAY;
    expect(await dutyOf(app, { originals: 1 }).sweep()).toMatchObject({ files: 0 });
    // All but one.
    await app.db.transaction((tx) => tx.run('update commitments set confirmed_at = 1 where delivery_id > 1'));
    expect(await dutyOf(app).sweep()).toMatchObject({ series: 1 });
    await app.db.transaction((tx) => tx.run('update commitments set confirmed_at = 1'));
    expect(await dutyOf(app).sweep()).toMatchObject({ series: 1 });
  });

  test('removes nothing of a series that the node was not sure of until a person said something', async () => {
    const classifier = new ToldClassifier();
    classifier.fails = true;
    const app = await started({ classifier });
    await delivered(app, unclear);
    const [decision] = await app.decisions();
    expect(decision?.flags).toContain('classifier-failed');
    clock += 400 * DAY;
    expect(await dutyOf(app, { originals: 0 }).sweep()).toMatchObject({ files: 0 });
    expect(await filesIn('spool')).toHaveLength(unclear.length);
    await app.db.transaction((tx) =>
      tx.run(
        `insert into reviews (series_id, at, act, "by", because, looked_at, decision_id)
          select id, ?, 'approve', 'reviewer', 'seen', decision_id, decision_id from series`,
        [clock],
      ),
    );
    // Its days begin anew.
    expect(await dutyOf(app).sweep()).toMatchObject({ files: 0 });
    clock += 15 * DAY;
    expect(await dutyOf(app).sweep()).toMatchObject({ files: unclear.length });
  });

  test('removes nothing that was given up, and nothing of a batch that is not over', async () => {
    const app = await started();
    await delivered(app, scouts);
    clock += 20 * DAY;
    await app.db.transaction((tx) => tx.run("update deliveries set state = 'dead' where id = 1"));
    expect(await dutyOf(app).sweep()).toMatchObject({ files: 0 });
    await app.db.transaction(async (tx) => {
      await tx.run("update deliveries set state = 'delivered' where id = 1");
      await tx.run(`insert into batches (order_json, by, created_at, state) values ('{}', 'a', 0, 'paused')`);
      await tx.run(`insert into batch_series (batch_id, series_id, state, joined) select 1, id, 'done', 0 from series`);
    });
    expect(await dutyOf(app).sweep()).toMatchObject({ files: 0 });
    await app.db.transaction((tx) => tx.run("update batches set state = 'done'"));
    expect(await dutyOf(app).sweep()).toMatchObject({ files: scouts.length });
  });

  test('makes room before the days are over where the disk has little, oldest first, and no more than needed', async () => {
    const app = await started();
    await delivered(app, scouts);
    await delivered(app, turned);
    clock += 2 * 3_600_000;
    const room = [500, 500, 1500, 1500];
    const swept = await dutyOf(app, { free: async () => room.shift() ?? 1500 }).makeRoom();
    expect(swept).toMatchObject({ series: 1, files: scouts.length });
    expect(await filesIn('results')).toHaveLength(turned.length);
    expect(await dutyOf(app, { free: async () => 500 }).makeRoom()).toMatchObject({ files: turned.length });
    expect(await filesIn('spool')).toHaveLength(turned.length);
  });

  test('does not believe a clock that was set while it ran, for a day', async () => {
    const app = await started();
    await delivered(app, scouts);
    let steady = 0;
    const duty = dutyOf(app, { steady: () => steady });
    clock += 400 * DAY;
    expect(await duty.sweep()).toBeUndefined();
    expect(app.log.events.at(-1)).toMatchObject({ level: 'warn', event: 'retention-waits' });
    // It was put right within the day.
    clock -= 400 * DAY;
    steady += DAY / 2;
    clock += DAY / 2;
    expect(await duty.sweep()).toBeUndefined();
    steady += DAY;
    clock += DAY;
    expect(await duty.sweep()).toMatchObject({ files: 0 });
    steady += 20 * DAY;
    clock += 20 * DAY;
    expect(await duty.sweep()).toMatchObject({ files: scouts.length });
  });

  test('makes room though the clock was set back since there was nothing to remove', async () => {
    const app = await started();
    let steady = 0;
    const duty = dutyOf(app, { free: async () => 500, steady: () => steady });
    await delivered(app, scouts);
    const right = clock;
    clock += 400 * DAY;
    await app.db.transaction((tx) => tx.run('update series set last_received_at = ?', [clock]));
    expect(await duty.makeRoom()).toMatchObject({ files: 0 });
    await app.db.transaction((tx) => tx.run('update series set last_received_at = ?', [right]));
    clock = right + 2 * 3_600_000;
    expect(await duty.makeRoom()).toBeUndefined();
    steady += 1_800_000;
    expect(await duty.makeRoom()).toMatchObject({ files: scouts.length });
  });

  test('leaves what was done in the last hour alone, however little room there is', async () => {
    const app = await started();
    await delivered(app, scouts);
    clock += 1_800_000;
    expect(await dutyOf(app, { free: async () => 0 }).makeRoom()).toMatchObject({ files: 0 });
  });
});

describe('what was removed', () => {
  test('is taken off the disk by the next run where a kill came between record and disk', async () => {
    for (const last of ['is kept', 'is lost'] as const) {
      for (let transactions = 1; transactions <= 6; transactions++) {
        const site = await temporaryFolder();
        const there = new RecordingArchive();
        const { wrap, arm } = mortal(transactions, last);
        const classifier = new ToldClassifier();
        classifier.tell(turned, '101');
        const options = { folder: site.path, classifier, archives: [there], now: () => clock };
        const app = await RunningApp.start({ ...options, database: wrap });
        await delivered(app, [...turned, ...scouts]);
        clock += 20 * DAY;
        arm();
        await dutyOf(app).sweep();
        await app.crash();
        const sentBefore = there.received.length;
        const again = await RunningApp.start(options);
        await finishRemovals(again.context);
        // Nothing that is on record as there is missing, and nothing that is on record as removed is there.
        const rows = await again.db.all<{ file: string; removed: number }>(
          `select file, removed_at is not null as removed from instances
            union all select file, removed_at is not null from results`,
        );
        for (const { file, removed } of rows) expect(existsSync(join(site.path, file)), file).toBe(removed === 0);
        await dutyOf(again).sweep();
        const left = await again.db.all<{ n: number }>(
          `select (select count(*) from instances where removed_at is null) as n`,
        );
        expect(left[0]?.n).toBe(turned.length);
        await again.settled();
        expect(there.received.length, 'nothing is sent again').toBe(sentBefore);
        expect(await verifyAudit(again.db)).toMatchObject({ ok: true });
        await again.close();
        await site.remove();
      }
    }
  }, 60_000);

  test('is no fault where somebody took it off the disk before, nor is what the disk does not give up', async () => {
    const app = await started();
    await delivered(app, [...turned, ...scouts]);
    await rm(join(folder.path, 'results'), { recursive: true });
    const [stubborn] = await app.db.all<{ file: string }>('select file from instances order by id desc limit 1');
    await rm(join(folder.path, stubborn!.file));
    await mkdir(join(folder.path, stubborn!.file));
    clock += 20 * DAY;
    const duty = dutyOf(app);
    expect(await duty.sweep()).toMatchObject({ series: 2, files: turned.length + scouts.length });
    expect(await filesIn('spool')).toHaveLength(turned.length);
    expect(app.log.events.filter(({ event }) => event === 'files-not-removed')).toHaveLength(1);
    expect(await filesToRemove(app.db, { after: '', limit: 10 })).toEqual([stubborn!.file]);
    await rm(join(folder.path, stubborn!.file), { recursive: true });
    await duty.sweep();
    expect(await filesToRemove(app.db, { after: '', limit: 10 })).toEqual([]);
  });

  test('is not taken for lost, nor for new, by the next run', async () => {
    const app = await started();
    await delivered(app, [...turned, ...scouts]);
    clock += 20 * DAY;
    await dutyOf(app).sweep();
    apps.pop();
    await app.close();
    const sent = archive.received.length;
    const again = await started();
    await again.settled();
    expect(archive.received).toHaveLength(sent);
    expect(again.log.events.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  test('is derived again, to the byte, where somebody has it sent again', async () => {
    const app = await started();
    await delivered(app, turned);
    const before = new Map(archive.holdings);
    clock += 20 * DAY;
    const duty = dutyOf(app);
    await duty.sweep();
    expect(await filesIn('results')).toEqual([]);
    archive.received.splice(0);
    const order = { filter: {}, destinations: ['archive'], act: { by: 'me', reason: 'lost disk' } };
    for await (const series of resend(order, app.context)) expect(series.gone).toEqual([]);
    // Not sent while it is on record as removed.
    app.wake();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(archive.received).toEqual([]);
    duty.wake();
    await app.settled();
    expect(archive.holdings).toEqual(before);
    expect(await filesIn('results')).toHaveLength(turned.length);
    // And it has its days once more.
    expect(await duty.sweep()).toMatchObject({ files: 0 });
    await duty.close();
  });

  test('is gone for who has it sent again, where it passed through', async () => {
    const app = await started();
    await delivered(app, scouts);
    clock += 20 * DAY;
    await dutyOf(app).sweep();
    const order = { filter: {}, destinations: ['archive'], act: { by: 'me', reason: 'lost disk' } };
    for await (const series of resend(order, app.context)) expect(series.gone).toHaveLength(scouts.length);
    await expect(app.db.transaction((tx) => tx.run("update deliveries set state = 'pending'"))).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(app.log.events.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('comes back where the scanner sends it again, and is delivered again with the same UIDs and bytes', async () => {
    const app = await started();
    await delivered(app, [...turned, ...scouts]);
    const before = new Map(archive.holdings);
    clock += 50 * DAY;
    const duty = dutyOf(app, { originals: 30 });
    await duty.sweep();
    expect(await filesIn('spool')).toEqual([]);
    archive.received.splice(0);
    await app.receive([...turned, ...scouts]);
    await waitFor(() => archive.received.length >= scouts.length);
    duty.wake();
    await app.settled();
    expect(archive.holdings).toEqual(before);
    expect(await filesIn('spool')).toHaveLength(turned.length + scouts.length);
    expect(await app.decisions()).toHaveLength(2);
    await duty.close();
  });

  test('is found by no search, and found again when it is back', async () => {
    const app = await started();
    const keeper = new CatalogueKeeper(app.context);
    const retained = retainedInstances(app.context, keeper);
    await delivered(app, [...turned, ...scouts]);
    const [study] = await app.db.all<{ uid: string }>('select study_instance_uid as uid from series limit 1');
    const find = async () => (await retained.find({ studyInstanceUid: study!.uid })).length;
    await keeper.upToDate(5000);
    expect(await find()).toBe(2 * turned.length + scouts.length);
    clock += 20 * DAY;
    await dutyOf(app).sweep();
    // Turned ones are derived again for who asks.
    expect(await find()).toBe(2 * turned.length);
    await app.receive(scouts);
    await app.settled();
    await keeper.upToDate(5000);
    expect(await find()).toBe(2 * turned.length + scouts.length);
    await keeper.close();
  });
});

async function waitFor(done: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 10_000; !(await done()); ) {
    if (performance.now() > end) throw new Error('it does not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
