import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ResendOrder, type ResentSeries, resend } from '../../src/app/resend.ts';
import { verifyAudit } from '../../src/store/verify-audit.ts';
import {
  appSettings,
  changed,
  RecordingArchive,
  RunningApp,
  type Sent,
  ToldClassifier,
  temporaryFolder,
} from '../support/running-app.ts';
import { smallSax, smallScout } from '../support/small-study.ts';

const turned = smallSax('101', { study: 'turned' });
const scout = smallScout({ study: 'scout' });
const everything = [...turned, ...scout];
const ACT = { by: 'anna', reason: 'the archive lost a disk' };
const EVERYTHING: ResendOrder['filter'] = { from: '1970-01-01T00:00:00Z' };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let archive: RecordingArchive;
let spare: RecordingArchive;
let app: RunningApp;

beforeEach(async () => {
  folder = await temporaryFolder();
  archive = new RecordingArchive();
  spare = new RecordingArchive('spare');
  const classifier = new ToldClassifier();
  classifier.tell(turned, '101');
  const { routeDefaults } = appSettings([archive]);
  app = await RunningApp.start({
    folder: folder.path,
    classifier,
    archives: [archive, spare],
    settings: { routeDefaults },
  });
});
afterEach(async () => {
  await app.close();
  await folder.remove();
});

async function received(...instances: readonly Sent[]): Promise<void> {
  await app.receive(instances);
  await app.settled();
}

/** Everything was sent once, and then the archive forgot it. */
async function lostArchive(): Promise<ReadonlyMap<string, Buffer>> {
  await received(...everything);
  const held = archive.holdings;
  expect(held.size).toBe(everything.length);
  archive.received.length = 0;
  return held;
}

async function resent(order: Partial<ResendOrder>): Promise<readonly ResentSeries[]> {
  const series: ResentSeries[] = [];
  const complete = { filter: EVERYTHING, destinations: ['archive', 'spare'], act: ACT, ...order };
  for await (const one of resend(complete, app.context)) series.push(one);
  app.wake();
  return series;
}

const deliveries = () => app.db.all('select * from deliveries order by id');
const sopInstanceUids = ({ received: all }: RecordingArchive) => all.map(({ sopInstanceUid }) => sopInstanceUid).sort();

function expectRefilled(by: RecordingArchive, held: ReadonlyMap<string, Buffer>): void {
  expect(sopInstanceUids(by)).toEqual([...held.keys()].sort());
  for (const [uid, dataSet] of by.holdings) expect(held.get(uid)?.equals(dataSet)).toBe(true);
}

describe('sending again', () => {
  test('fills a lost archive with the same bytes under the same UIDs, each once', async () => {
    const held = await lostArchive();
    expect((await resent({})).map(({ queued }) => queued)).toEqual([{ archive: 4 }, { archive: 2 }]);
    await app.settled();
    expectRefilled(archive, held);
    expect(await deliveries()).toHaveLength(everything.length);
    expect(spare.received).toEqual([]);
  });

  test('doubles nothing that waits', async () => {
    await lostArchive();
    archive.isDown = true;
    expect((await resent({})).map(({ waiting }) => waiting)).toEqual([0, 0]);
    expect((await resent({})).map(({ waiting }) => waiting)).toEqual([4, 2]);
    archive.isDown = false;
    await app.settled();
    expect(archive.received).toHaveLength(everything.length);
  });

  test('only tells in a dry run', async () => {
    await lostArchive();
    const state = async () => [await deliveries(), await app.db.all('select * from audit')];
    const before = await state();
    const told = await resent({ act: undefined });
    expect(await state()).toEqual(before);
    expect(told).toEqual(await resent({}));
  });

  test('puts who and why on the audit trail, for each series', async () => {
    await lostArchive();
    await resent({});
    await app.settled();
    expect(await app.db.all("select actor from audit where event = 'series-sent-again'")).toEqual([
      { actor: 'anna' },
      { actor: 'anna' },
    ]);
    const detail = { reason: ACT.reason, gone: 0 };
    expect(await app.auditDetails('series-sent-again')).toEqual([
      { ...detail, queued: { archive: 4 } },
      { ...detail, queued: { archive: 2 } },
    ]);
    expect(await verifyAudit(app.db)).toMatchObject({ ok: true });
  });

  test('sends of two versions under one UID the newer only', async () => {
    await received(...turned);
    const corrected = turned.map((one) => changed(one, { StudyDescription: ['corrected'] }));
    await received(...corrected);
    const held = archive.holdings;
    archive.received.length = 0;
    await resent({});
    await app.settled();
    expectRefilled(archive, held);
  });
});

describe('to another destination', () => {
  test('everything that the first one had goes there, and what it has already waits once', async () => {
    const held = await lostArchive();
    spare.isDown = true;
    await resent({ to: 'spare' });
    expect((await resent({ to: 'spare' })).map(({ queued, waiting }) => [queued, waiting])).toEqual([
      [{ spare: 4 }, 4],
      [{ spare: 2 }, 2],
    ]);
    spare.isDown = false;
    await app.settled();
    expectRefilled(spare, held);
    expect(archive.received).toEqual([]);
  });

  test('from one that is no longer configured', async () => {
    const held = await lostArchive();
    const order = { filter: { destination: 'archive' }, destinations: ['spare'] };
    expect(await resent({ ...order, filter: EVERYTHING })).toEqual([]);
    await resent({ ...order, to: 'spare' });
    await app.settled();
    expectRefilled(spare, held);
  });

  test('that does not exist is refused', async () => {
    await expect(resent({ to: 'nowhere' })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(resent({ filter: { destination: 'nowhere' } })).rejects.toMatchObject({ code: 'bad-request' });
  });
});

describe('what is not on the disk any more', () => {
  test('is derived again where the source is there, the same bytes in the same place', async () => {
    const held = await lostArchive();
    const [file] = await app.db.all<{ file: string }>('select file from results');
    const path = join(folder.path, file?.file as string);
    const before = await readFile(path);
    await rm(join(folder.path, 'results'), { recursive: true });
    expect((await resent({ act: undefined }))[0]).toMatchObject({ derivedAgain: 4, gone: [] });
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await resent({ to: 'spare' }))[0]).toMatchObject({ derivedAgain: 4, gone: [] });
    await app.settled();
    expectRefilled(spare, held);
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  test('is sent right where this version writes another file head than the one that first wrote it', async () => {
    const held = await lostArchive();
    await rm(join(folder.path, 'results'), { recursive: true });
    await app.db.transaction(async (tx) => {
      await tx.run('update results set data_set_offset = data_set_offset - 2');
      await tx.run('update deliveries set data_set_offset = data_set_offset - 2 where result_id is not null');
    });
    await resent({});
    await resent({ to: 'spare' });
    await app.settled();
    expectRefilled(archive, held);
    expectRefilled(spare, held);
  });

  test('is named where the source is gone too, and the others go', async () => {
    const held = await lostArchive();
    const lost = scout[0] as Sent;
    const [file] = await app.db.all<{ file: string }>('select file from instances where sop_instance_uid = ?', [
      lost.sopInstanceUid,
    ]);
    await rm(join(folder.path, file?.file as string));
    expect((await resent({})).map(({ gone }) => gone)).toEqual([[], [lost.sopInstanceUid]]);
    await app.settled();
    expectRefilled(archive, new Map([...held].filter(([uid]) => uid !== lost.sopInstanceUid)));
  });
});

test('what the disk does not tell is not called gone', async () => {
  await lostArchive();
  await rm(join(folder.path, 'results'), { recursive: true });
  await writeFile(join(folder.path, 'results'), 'no folder');
  await expect(resent({})).rejects.toMatchObject({ code: 'storage-failed' });
});

describe('what is chosen', () => {
  const chosenBy = async (filter: ResendOrder['filter']): Promise<readonly (string | undefined)[]> =>
    (await resent({ filter, act: undefined })).map(({ seriesInstanceUid }) => seriesInstanceUid);
  const ofTurned = turned[0]?.seriesInstanceUid;
  const ofScout = scout[0]?.seriesInstanceUid;

  test('as every list of series is, and by the state of its deliveries', async () => {
    await app.receive(turned, 'SCANNER_A');
    await app.settled();
    const between = new Date(Date.now() + 1).toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await app.receive(scout, 'SCANNER_B');
    await app.settled();
    const [derived] = await app.db.all<{ uid: string }>('select series_instance_uid as uid from results');
    expect(await chosenBy({ study: scout[0]?.studyInstanceUid })).toEqual([ofScout]);
    expect(await chosenBy({ series: ofTurned })).toEqual([ofTurned]);
    expect(await chosenBy({ series: derived?.uid })).toEqual([ofTurned]);
    expect(await chosenBy({ to: between })).toEqual([ofTurned]);
    expect(await chosenBy({ from: between })).toEqual([ofScout]);
    expect(await chosenBy({ scanner: 'SCANNER_B' })).toEqual([ofScout]);
    expect(await chosenBy({ decision: 'standardize' })).toEqual([ofTurned]);
    expect(await chosenBy({ decision: 'pass-through' })).toEqual([ofScout]);
    expect(await chosenBy({ modelVersion: '1', decision: 'standardize' })).toEqual([ofTurned]);
    expect(await chosenBy({ modelVersion: '2' })).toEqual([]);
    expect(await chosenBy({ destination: 'archive' })).toEqual([ofTurned, ofScout]);
    expect(await chosenBy({ destination: 'spare' })).toEqual([]);
    expect(await chosenBy({ state: 'pending' })).toEqual([]);
    expect(await chosenBy({ state: 'delivered' })).toEqual([ofTurned, ofScout]);
  });
});
