import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NodeSettings } from '../../../src/app/node-context.ts';
import { releaseExpiredHolds } from '../../../src/app/release-holds.ts';
import { resend } from '../../../src/app/resend.ts';
import { isPlaneFault, readImagePlane } from '../../../src/core/attributes/read-plane.ts';
import { DEFAULT_SETTINGS } from '../../../src/core/decision/thresholds.ts';
import { pixelCentreLps, reorientPlane } from '../../../src/core/geometry/image-plane.ts';
import { distance } from '../../../src/core/geometry/vector.ts';
import { correctionFor, type OrientationCode, observed } from '../../../src/core/orientation/d4.ts';
import { verifyAudit } from '../../../src/store/verify-audit.ts';
import { type Act, ActingReviewer } from '../../support/acting.ts';
import {
  appSettings,
  changed,
  dataSetOf,
  RecordingArchive,
  RunningApp,
  type Sent,
  ToldClassifier,
  temporaryFolder,
} from '../../support/running-app.ts';
import { smallSax } from '../../support/small-study.ts';

const SQUARE = { rows: 20, columns: 20, rowSpacingMm: 14, columnSpacingMm: 14 };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let classifier: ToldClassifier;
let archive: RecordingArchive;
let apps: RunningApp[];

beforeEach(async () => {
  folder = await temporaryFolder();
  classifier = new ToldClassifier();
  archive = new RecordingArchive();
  apps = [];
});
afterEach(async () => {
  for (const app of apps) await app.close().catch(() => undefined);
  await folder.remove();
});

type Options = Partial<Omit<Parameters<typeof RunningApp.start>[0], 'folder' | 'classifier'>>;

async function started(options: Options = {}): Promise<{ app: RunningApp; reviewer: ActingReviewer }> {
  const archives = options.archives ?? [archive];
  const app = await RunningApp.start({ ...options, folder: folder.path, classifier, archives });
  apps.push(app);
  return { app, reviewer: reviewerOf(app, archives) };
}

function reviewerOf(
  app: RunningApp,
  archives: readonly RecordingArchive[] = [archive],
  more: ConstructorParameters<typeof ActingReviewer>[2] = {},
) {
  const names = archives.map(({ name }) => name);
  return new ActingReviewer(app, names, more);
}

function sax(code: OrientationCode, more: Parameters<typeof smallSax>[1] = {}, shows: OrientationCode = code) {
  const instances = smallSax(code, more);
  classifier.tell(instances, shows);
  return instances;
}

const route = (more: Partial<NodeSettings['routeDefaults']>, archives = [archive]): Partial<NodeSettings> => ({
  routeDefaults: { ...appSettings(archives).routeDefaults, ...more },
});

async function received(app: RunningApp, instances: readonly Sent[]): Promise<void> {
  await app.receive(instances);
  await app.settled();
}

/** The decision that stands, and what there is of its results, on record and on the disk. */
async function onRecord(app: RunningApp) {
  const [decision] = await app.db.all<Record<string, unknown>>(
    `select decisions.*, series.flags_json as series_flags from series
      join decisions on decisions.id = series.decision_id limit 1`,
  );
  const results = await app.db.all<{ uid: string }>(
    'select sop_instance_uid as uid from results where decision_id = ? order by id',
    [decision?.['id'] as number],
  );
  const folders = await readdir(join(folder.path, 'results')).catch(() => []);
  return { decision, results: results.map(({ uid }) => uid), folders };
}

/** What an archive was sent since the last look. */
function newlyReceived(of = archive): readonly string[] {
  return of.received.splice(0).map(({ sopInstanceUid }) => sopInstanceUid);
}

const uidsOf = (instances: readonly Sent[]) => instances.map(({ sopInstanceUid }) => sopInstanceUid).sort();

describe('overruling a series that was turned', () => {
  test('turns the received pictures by the other code, in place of the first result', async () => {
    const { app, reviewer } = await started();
    const sent = sax('101', {}, '101');
    await received(app, sent);
    const first = newlyReceived();
    const preview = await reviewer.previews({ act: 'overrule', code: '011' });
    expect(preview).toMatchObject({ possible: true, send: [{ destination: 'archive', instances: sent.length }] });
    expect(preview.before).toMatchObject({ observedCode: '101', correction: '110' });
    expect(preview.after).toMatchObject({ observedCode: '011', correction: '011', method: 'reorient' });
    expect(preview.supersedes).not.toBeNull();
    expect(await reviewer.does({ act: 'overrule', code: '011' })).toMatchObject({ done: true });
    const { decision, results } = await onRecord(app);
    expect(decision).toMatchObject({ observed_code: '011', correction: '011', by_person: 'dr-reviewer' });
    expect(decision).toMatchObject({ metric_reason: 'reviewed', supersedes: 1, method: 'reorient' });
    expect(decision?.['series_flags']).toContain('reviewed');
    const second = newlyReceived();
    expect([...second].sort()).toEqual([...results].sort());
    expect(second.some((uid) => first.includes(uid))).toBe(false);
    const plane = readImagePlane(dataSetOf(sent[0] as Sent));
    if (isPlaneFault(plane)) throw new Error('no plane');
    expect(preview.after?.letters).not.toEqual(preview.before?.letters);
  });

  test('with 000 sends the originals', async () => {
    const { app, reviewer } = await started();
    const sent = sax('101');
    await received(app, sent);
    newlyReceived();
    expect(await reviewer.does({ act: 'overrule', code: '000' })).toMatchObject({ done: true });
    expect([...newlyReceived()].sort()).toEqual(uidsOf(sent));
    expect((await onRecord(app)).decision).toMatchObject({ decision: 'pass-through', observed_code: '000' });
  });

  test('with the code that stands is refused: that is approving', async () => {
    const { app, reviewer } = await started();
    await received(app, sax('101'));
    expect(await reviewer.acts({ act: 'overrule', code: '101' })).toMatchObject({ done: false });
    expect(await reviewer.acts({ act: 'overrule' })).toMatchObject({ done: false });
    expect(await reviewer.acts({ act: 'approve' })).toMatchObject({ done: true, decisionId: 1 });
    expect(await app.db.all('select act, code, decision_id from reviews')).toEqual([
      { act: 'approve', code: null, decision_id: 1 },
    ]);
  });

  test('of a series that was left alone as uncertain says what it shows, and sends nothing where that is standard', async () => {
    const { app, reviewer } = await started();
    await received(app, smallSax('000'));
    newlyReceived();
    expect(await reviewer.does({ act: 'overrule', code: '000' })).toMatchObject({ done: true });
    expect(newlyReceived()).toEqual([]);
    expect(await app.db.all('select act, code from reviews')).toEqual([{ act: 'overrule', code: '000' }]);
  });

  test('reaches every archive that holds the first result, also where the route has changed', async () => {
    const other = new RecordingArchive('other');
    const { app } = await started({ archives: [archive, other] });
    await received(app, sax('101'));
    await app.close();
    newlyReceived(other);
    const again = await started({ archives: [archive, other], settings: route({ destinations: ['archive'] }) });
    await again.reviewer.does({ act: 'overrule', code: '011' });
    expect([...newlyReceived(other)].sort()).toEqual([...(await onRecord(again.app)).results].sort());
  });
});

test('an archive that was given the series as received hears of what stands next, and of what stands after that', async () => {
  const spare = new RecordingArchive('spare');
  const { app, reviewer } = await started({ archives: [archive, spare], settings: route({}) });
  const sent = sax('000');
  await received(app, sent);
  expect(newlyReceived(spare)).toEqual([]);
  const act = { by: 'anna', reason: 'another hospital asked for it' };
  for await (const _ of resend({ filter: {}, to: 'spare', destinations: ['archive', 'spare'], act }, app.context));
  app.wake();
  await app.settled();
  expect([...newlyReceived(spare)].sort()).toEqual(uidsOf(sent));
  await reviewer.does({ act: 'overrule', code: '011' });
  const { results } = await onRecord(app);
  expect([...newlyReceived(spare)].sort()).toEqual([...results].sort());
  await reviewer.does({ act: 'put-back' });
  expect([...newlyReceived(spare)].sort()).toEqual(uidsOf(sent));
});

describe('putting a series back', () => {
  test('sends the originals to whoever has the result, and nothing superseded ever again', async () => {
    const { app, reviewer } = await started();
    const sent = sax('101');
    await received(app, sent);
    newlyReceived();
    expect(await reviewer.previews({ act: 'put-back' })).toMatchObject({ possible: true, after: { correction: null } });
    await reviewer.does({ act: 'put-back' });
    expect(sent.every((one) => archive.holds(one))).toBe(true);
    expect([...newlyReceived()].sort()).toEqual(uidsOf(sent));
    // Sent once more, and repeated by the scanner: the originals.
    expect(await reviewer.does({ act: 'resend' })).toMatchObject({ done: true, reviewId: null });
    expect([...newlyReceived()].sort()).toEqual(uidsOf(sent));
    await received(app, sent);
    expect([...newlyReceived()].sort()).toEqual(uidsOf(sent));
    expect(await reviewer.acts({ act: 'put-back' })).toMatchObject({ done: false });
  });

  test('withdraws what has not arrived yet', async () => {
    archive.isDown = true;
    const { app, reviewer } = await started();
    const sent = sax('101');
    await app.receive(sent);
    await expect.poll(() => archive.attempts, { timeout: 5000 }).toBeGreaterThan(0);
    await reviewer.acts({ act: 'put-back' });
    archive.isDown = false;
    await app.settled();
    expect([...newlyReceived()].sort()).toEqual(uidsOf(sent));
  });

  test('is undone by overruling: the same bytes under the same UIDs as before', async () => {
    const { app, reviewer } = await started();
    const sent = sax('101');
    await received(app, sent);
    const first = archive.holdings;
    newlyReceived();
    await reviewer.does({ act: 'put-back' });
    newlyReceived();
    expect(await reviewer.does({ act: 'overrule', code: '101' })).toMatchObject({ done: true });
    expect(archive.received).toHaveLength(first.size);
    for (const { sopInstanceUid, dataSet } of archive.received) {
      expect(first.get(sopInstanceUid)?.equals(dataSet)).toBe(true);
    }
    const reviews = await app.db.all('select act, looked_at, decision_id from reviews order by id');
    expect(reviews).toEqual([
      { act: 'put-back', looked_at: 1, decision_id: 2 },
      { act: 'overrule', looked_at: 2, decision_id: 3 },
    ]);
  });

  test('is undone with the same bytes also where the site kept the UIDs of the source for a while', async () => {
    let now = 1_800_000_000_000;
    const sent = sax('101');
    let first: ReadonlyMap<string, Buffer> = new Map();
    for (const uidPolicy of ['derive', 'preserve', 'derive'] as const) {
      now += 86_400_000;
      const { app, reviewer } = await started({ settings: route({ uidPolicy }), now: () => now });
      if (first.size === 0) {
        await received(app, sent);
        first = archive.holdings;
      }
      expect(await reviewer.does({ act: 'put-back' })).toMatchObject({ done: true });
      newlyReceived();
      expect(await reviewer.does({ act: 'overrule', code: '101' })).toMatchObject({ done: true });
      await app.close();
    }
    expect(archive.holdings.size).toBe(first.size);
    for (const [uid, dataSet] of archive.holdings) expect(first.get(uid)?.equals(dataSet), uid).toBe(true);
  });

  test('under the UIDs of the source gives the archive the original in place of the result', async () => {
    const { app, reviewer } = await started({ settings: route({ uidPolicy: 'preserve' }) });
    const sent = sax('101');
    await received(app, sent);
    expect(sent.some((one) => archive.holds(one))).toBe(false);
    await reviewer.does({ act: 'put-back' });
    expect(sent.every((one) => archive.holds(one))).toBe(true);
  });

  test('where originals are archived, too, leaves one of each to be sent again', async () => {
    const { app, reviewer } = await started({ settings: route({ archiveOriginals: true }) });
    const sent = sax('101');
    await received(app, sent);
    await reviewer.does({ act: 'put-back' });
    newlyReceived();
    await reviewer.does({ act: 'resend' });
    expect([...newlyReceived()].sort()).toEqual(uidsOf(sent));
  });
});

describe('a contradiction of picture and header', () => {
  // The pixels were turned by 101, the header says that they were not: 000.
  const lying = (more: Parameters<typeof smallSax>[1] = {}) => sax('101', { header: 'lying', matrix: SQUARE, ...more });

  async function trust(reviewer: ActingReviewer) {
    const preview = await reviewer.previews({ act: 'trust-image' });
    const confirmedLetters = preview.after?.letters ?? undefined;
    return { preview, act: { act: 'trust-image', ...(confirmedLetters && { confirmedLetters }) } satisfies Act };
  }

  test('trusting the image puts every sample where it truly lies', async () => {
    const { app, reviewer } = await started();
    const sent = lying();
    await received(app, sent);
    newlyReceived();
    const { preview, act } = await trust(reviewer);
    expect(preview).toMatchObject({ possible: true, after: { method: 'relabel', correction: '110' } });
    expect(await reviewer.acts({ act: 'trust-image' })).toMatchObject({ done: false });
    const wrong = { top: 'F', right: 'F', bottom: 'F', left: 'F' };
    expect(await reviewer.acts({ act: 'trust-image', confirmedLetters: wrong })).toMatchObject({ done: false });
    expect(newlyReceived()).toEqual([]);
    expect(await reviewer.does(act)).toMatchObject({ done: true });
    expect(archive.received).toHaveLength(sent.length);
    const { decision } = await onRecord(app);
    expect(decision).toMatchObject({ method: 'relabel', observed_code: '101', correction: '110' });
    for (const { dataSet, sopInstanceUid } of archive.received) {
      const result = dataSetOf({ ...(sent[0] as Sent), dataSet });
      const source = sent.find((one) => one.sopInstanceUid === result.items(0x00082112)[0]?.strings(0x00081155)?.[0]);
      const truth = reorientPlane(source!.truth.imagePlane, correctionFor(observed('101')));
      const plane = readImagePlane(result);
      if (isPlaneFault(plane)) throw new Error(plane.fault);
      expect([plane.rows, plane.columns]).toEqual([truth.rows, truth.columns]);
      for (const [x, y] of [
        [0, 0],
        [plane.columns - 1, 0],
        [0, plane.rows - 1],
      ] as const) {
        expect(distance(pixelCentreLps(plane, x, y), pixelCentreLps(truth, x, y))).toBeLessThan(1e-3);
      }
      expect(sopInstanceUid).not.toBe(source!.sopInstanceUid);
      expect(result.strings(0x00082111)?.[0]).toContain('a person asserted');
      expect(result.strings(0x00082111)?.[0]).not.toContain('dr-reviewer');
    }
  });

  test('a result that is gone from the disk is made again, also where a person asserted the geometry', async () => {
    const { app, reviewer } = await started();
    await received(app, lying());
    await reviewer.does((await trust(reviewer)).act);
    const { folders } = await onRecord(app);
    const { rm } = await import('node:fs/promises');
    await rm(join(folder.path, 'results', folders[0] as string), { recursive: true });
    const before = new Map(archive.holdings);
    newlyReceived();
    expect(await reviewer.does({ act: 'resend' })).toMatchObject({ done: true });
    expect(archive.received).toHaveLength(4);
    for (const { sopInstanceUid, dataSet } of archive.received) {
      expect(before.get(sopInstanceUid)?.equals(dataSet)).toBe(true);
    }
  });

  test('a late instance follows what the person asserted, without an alert', async () => {
    const { app, reviewer } = await started();
    const sent = lying();
    const held = sent.map((one) => changed(one, { ImagesInAcquisition: ['3'] }));
    classifier.tell(held, '101');
    await received(app, held.slice(0, 3));
    await reviewer.does((await trust(reviewer)).act);
    newlyReceived();
    await received(app, held.slice(3));
    const { results } = await onRecord(app);
    expect(results).toHaveLength(4);
    expect(newlyReceived()).toEqual([results[3]]);
    const [series] = await app.db.all<{ flags: string }>('select flags_json as flags from series');
    expect(series?.flags).toContain('late');
    expect(series?.flags).not.toContain('late-contradiction');
  });

  test('trusting the header leaves a picture that it calls standard as received, and the other way undoes it', async () => {
    const { app, reviewer } = await started();
    const sent = lying();
    await received(app, sent);
    newlyReceived();
    expect(await reviewer.does({ act: 'trust-header' })).toMatchObject({ done: true });
    expect((await onRecord(app)).decision).toMatchObject({ decision: 'pass-through', observed_code: '000' });
    expect(newlyReceived()).toEqual([]);
    expect(await reviewer.does((await trust(reviewer)).act)).toMatchObject({ done: true });
    expect(newlyReceived()).toHaveLength(sent.length);
    await reviewer.does({ act: 'put-back' });
    expect([...newlyReceived()].sort()).toEqual(uidsOf(sent));
  });

  test('is not to be settled by the image where a transpose would change the field of view', async () => {
    const { app, reviewer } = await started();
    await received(app, sax('101', { header: 'lying' }));
    const preview = await reviewer.previews({ act: 'trust-image' });
    expect(preview.possible).toBe(false);
    expect(preview.why).toContain('PixelSpacing');
  });

  test('that is held goes out as received when a person says so, and is not released a second time', async () => {
    let now = 1_800_000_000_000;
    const settings = { decision: { ...DEFAULT_SETTINGS, onContradiction: 'hold-for-review', holdHours: 24 } } as const;
    const { app, reviewer } = await started({ settings, now: () => now });
    const sent = lying();
    await app.receive(sent);
    await expect.poll(async () => (await app.decisions())[0]?.decision, { timeout: 5000 }).toBe('hold-for-review');
    expect(await reviewer.acts({ act: 'approve' })).toMatchObject({ done: false });
    expect(await reviewer.does({ act: 'leave-as-received' })).toMatchObject({ done: true });
    expect([...newlyReceived()].sort()).toEqual(uidsOf(sent));
    now += 48 * 3_600_000;
    expect(await releaseExpiredHolds(app.context)).toBe(0);
  });

  test('an honest series has none: neither opinion can be trusted over the other', async () => {
    const { app, reviewer } = await started();
    await received(app, sax('101'));
    expect((await reviewer.previews({ act: 'trust-image' })).possible).toBe(false);
    expect((await reviewer.previews({ act: 'trust-header' })).possible).toBe(false);
  });
});

describe('in observe mode', () => {
  test('an act goes on record, and nothing is sent', async () => {
    const { app, reviewer } = await started({ settings: route({ mode: 'observe' }) });
    const sent = sax('101');
    await received(app, sent);
    newlyReceived();
    const preview = await reviewer.previews({ act: 'overrule', code: '011' });
    expect(preview).toMatchObject({ possible: true, send: [], after: { mode: 'observe', observedCode: '011' } });
    expect(preview.why).toContain('observes');
    expect(await reviewer.does({ act: 'overrule', code: '011' })).toMatchObject({ done: true });
    expect(newlyReceived()).toEqual([]);
    expect(await reviewer.does({ act: 'resend' })).toMatchObject({ done: true });
    expect([...newlyReceived()].sort()).toEqual(uidsOf(sent));
  });

  test('what was only observed is turned once its route turns', async () => {
    const { app } = await started({ settings: route({ mode: 'observe' }) });
    const sent = sax('101');
    await received(app, sent);
    await app.close();
    newlyReceived();
    const { app: now, reviewer } = await started();
    expect(await reviewer.does({ act: 'overrule', code: '101' })).toMatchObject({ done: true });
    expect([...newlyReceived()].sort()).toEqual([...(await onRecord(now)).results].sort());
  });

  test('what was turned before can be put back, and not be turned otherwise', async () => {
    const { app } = await started();
    const sent = sax('101');
    await received(app, sent);
    await app.close();
    newlyReceived();
    const { reviewer } = await started({ settings: route({ mode: 'observe' }) });
    expect(await reviewer.does({ act: 'overrule', code: '011' })).toMatchObject({ done: false });
    expect(await reviewer.does({ act: 'put-back' })).toMatchObject({ done: true });
    expect([...newlyReceived()].sort()).toEqual(uidsOf(sent));
  });
});

describe('what cannot be', () => {
  test('a series with an instance that cannot be turned is named with its attribute', async () => {
    const { app, reviewer } = await started();
    const sent = [...sax('101')] as Sent[];
    sent[2] = changed(sent[2] as Sent, { BurnedInAnnotation: ['YES'] });
    await received(app, sent);
    const outcome = await reviewer.acts({ act: 'overrule', code: '101' });
    expect(outcome.done).toBe(false);
    expect(outcome.why).toContain('BurnedInAnnotation');
  });

  test('a series that came twice with different pixels is not turned by anybody, and can be put back', async () => {
    const { app, reviewer } = await started();
    const sent = sax('101');
    await received(app, sent);
    const other = smallSax('101', { seed: 'other' })[0] as Sent;
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = sent[0]!;
    const uids = { StudyInstanceUID: [studyInstanceUid], SeriesInstanceUID: [seriesInstanceUid] };
    await received(app, [changed(other, { ...uids, SOPInstanceUID: [sopInstanceUid] })]);
    expect((await reviewer.acts({ act: 'overrule', code: '011' })).why).toContain('different Pixel Data');
    expect(await reviewer.does({ act: 'put-back' })).toMatchObject({ done: true });
  });

  test('a series that is still being received waits', async () => {
    const settings = { series: { quietSeconds: 30, maxWaitSeconds: 60 } };
    const { app, reviewer } = await started({ settings });
    await app.receive(sax('101').slice(0, 2));
    await expect.poll(async () => (await app.db.all('select id from series')).length).toBe(1);
    expect((await reviewer.acts({ act: 'overrule', code: '101' })).why).toContain('still being received');
  });
});

describe('two reviewers on one series', () => {
  test('both looked at the same: one acts, the other is told', async () => {
    const { app, reviewer } = await started();
    const sent = sax('101');
    await received(app, sent);
    newlyReceived();
    const series = [await reviewer.looksAt()];
    const second = reviewerOf(app, [archive], { name: 'mr-second' });
    const outcomes = await Promise.all([
      reviewer.acts({ act: 'overrule', code: '011', series }),
      second.acts({ act: 'overrule', code: '110', series }),
    ]);
    await app.settled();
    expect(outcomes.filter(({ done }) => done)).toHaveLength(1);
    expect(outcomes.find(({ done }) => !done)?.why).toContain('since you looked');
    const { decision, results, folders } = await onRecord(app);
    expect(decision).toMatchObject({ id: 2 });
    expect([...newlyReceived()].sort()).toEqual([...results].sort());
    // The node's, and one reviewer's.
    expect(folders).toHaveLength(2);
    expect(await app.auditDetails('series-reviewed')).toHaveLength(1);
    expect(await verifyAudit(app.db)).toMatchObject({ ok: true });
  });

  test('the second to approve what the first overruled is told', async () => {
    const { app, reviewer } = await started();
    await received(app, sax('101'));
    const series = [await reviewer.looksAt()];
    await reviewer.acts({ act: 'overrule', code: '011', series });
    expect(await reviewer.acts({ act: 'approve', series })).toMatchObject({ done: false });
  });
});

test('an instance that arrives while its series is turned is turned with the others', async () => {
  const { app } = await started();
  const sent = sax('101').map((one) => changed(one, { ImagesInAcquisition: ['3'] }));
  classifier.tell(sent, '101');
  await received(app, sent.slice(0, 3));
  newlyReceived();
  let turned = 0;
  const reviewer = reviewerOf(app, [archive], {
    turn: async (job) => {
      turned += 1;
      if (turned === 2) await received(app, sent.slice(3));
      return app.context.turn(job);
    },
  });
  expect(await reviewer.does({ act: 'overrule', code: '011' })).toMatchObject({ done: true });
  const { results, folders } = await onRecord(app);
  expect(results).toHaveLength(4);
  // It followed the node's decision first.
  expect(newlyReceived().slice(-4).sort()).toEqual([...results].sort());
  expect(folders.filter((name) => name.includes('-review-'))).toHaveLength(1);
});

test('who acts on a part of a stack is told of the rest: some scanners make one series per slice', async () => {
  const { app, reviewer } = await started();
  const stack = sax('101').map((one, i) => changed(one, { SeriesInstanceUID: [`2.25.77${i}`] }));
  classifier.tell(stack, '101');
  await received(app, stack);
  const series = await Promise.all(stack.map((_, i) => reviewer.looksAt(`2.25.77${i}`)));
  const told = async (some: typeof series) =>
    (await reviewer.previews({ act: 'overrule', code: '011', series: some })).why;
  expect(await told(series.slice(0, 1))).toContain('3 other series of the same stack stay as they are.');
  expect(await told(series.slice(0, 3))).toContain('Another series of the same stack stays as it is.');
  expect(await told(series)).not.toContain('stack');
});

test('what has just arrived, and may speak against the decision, is not approved unseen', async () => {
  const { app, reviewer } = await started();
  const sent = sax('101').map((one) => changed(one, { ImagesInAcquisition: ['3'] }));
  classifier.tell(sent.slice(0, 3), '101');
  await received(app, sent.slice(0, 3));
  const classify = classifier.classify.bind(classifier);
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  let isAsked = false;
  classifier.classify = async (images) => {
    isAsked = true;
    await gate;
    return classify(images);
  };
  await app.receive(sent.slice(3));
  await expect.poll(() => isAsked, { timeout: 5000 }).toBe(true);
  const approved = await reviewer.acts({ act: 'approve' });
  expect(approved).toMatchObject({ done: false });
  expect(approved.why).toContain('arriving');
  go();
  await app.settled();
  expect(await reviewer.acts({ act: 'approve' })).toMatchObject({ done: true });
});

test('what was on its way when it was put back arrives before what takes its place under its UIDs', async () => {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  class SlowArchive extends RecordingArchive {
    override async deliver(...[batch, told]: Parameters<RecordingArchive['deliver']>): Promise<void> {
      const first = this.attempts === 0;
      this.attempts += 1;
      if (first) await gate;
      await super.deliver(batch, told);
    }
  }
  const slow = new SlowArchive();
  const { app, reviewer } = await started({ archives: [slow], settings: route({ uidPolicy: 'preserve' }) });
  const sent = sax('101');
  await app.receive(sent);
  await expect.poll(() => slow.attempts, { timeout: 5000 }).toBe(1);
  expect(await reviewer.acts({ act: 'put-back' })).toMatchObject({ done: true });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(slow.received).toEqual([]);
  open();
  await app.settled();
  expect(slow.received).toHaveLength(2 * sent.length);
  expect(sent.every((one) => slow.holds(one))).toBe(true);
});

describe('an act that fails', () => {
  test('in its transaction leaves no files, no rows, and the series as it was', async () => {
    let fails = false;
    const { app, reviewer } = await started({
      database: (db) => ({
        ...db,
        transaction: (work) =>
          db.transaction(async (tx) => {
            const result = await work(tx);
            if (fails) throw new Error('the disk is full');
            return result;
          }),
      }),
    });
    await received(app, sax('101'));
    newlyReceived();
    const before = await onRecord(app);
    fails = true;
    expect(await reviewer.acts({ act: 'overrule', code: '011' })).toMatchObject({ done: false });
    fails = false;
    expect(await onRecord(app)).toEqual(before);
    expect(newlyReceived()).toEqual([]);
    expect(await reviewer.does({ act: 'overrule', code: '011' })).toMatchObject({ done: true });
  });

  test('while it is turned leaves everything as it was', async () => {
    const { app, reviewer } = await started();
    await received(app, sax('101'));
    newlyReceived();
    const before = await onRecord(app);
    const { rename, rm } = await import('node:fs/promises');
    const [{ file } = { file: '' }] = await app.db.all<{ file: string }>(
      'select file from instances order by id limit 1',
    );
    await rename(join(folder.path, file), join(folder.path, 'elsewhere'));
    expect((await reviewer.acts({ act: 'overrule', code: '011' })).why).toContain('no longer on the disk');
    expect((await reviewer.acts({ act: 'put-back' })).done).toBe(false);
    await rm(join(folder.path, 'elsewhere'));
    expect(await onRecord(app)).toEqual(before);
    expect(newlyReceived()).toEqual([]);
  });
});

test('what a killed node had turned for an act is gone after a start, but not what is being turned beside it', async () => {
  const { mkdir, writeFile } = await import('node:fs/promises');
  const now = Date.now();
  const [old, young] = [`1-${now - 7_200_000}-review-a`, `1-${now - 1000}-review-b`];
  for (const name of [old, young]) {
    await mkdir(join(folder.path, 'results', name), { recursive: true });
    await writeFile(join(folder.path, 'results', name, '000000.dcm'), 'half');
  }
  const { app } = await started();
  expect((await onRecord(app)).folders).toEqual([young]);
});

test('the audit trail tells who did what to which series and why, and what it superseded', async () => {
  const { app, reviewer } = await started();
  await received(app, sax('101'));
  await reviewer.does({ act: 'put-back', because: 'the surgeon wants it' });
  expect(await app.auditDetails('series-reviewed')).toEqual([
    {
      act: 'put-back',
      because: 'the surgeon wants it',
      code: null,
      decisionId: 2,
      superseded: 1,
      supersededSeries: expect.any(String),
      destinations: [{ destination: 'archive', instances: 4 }],
    },
  ]);
  const [entry] = await app.db.all<{ actor: string }>("select actor from audit where event = 'series-reviewed'");
  expect(entry?.actor).toBe('dr-reviewer');
});
