import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NodeSettings } from '../../src/app/node-context.ts';
import { releaseExpiredHolds } from '../../src/app/release-holds.ts';
import { DEFAULT_SETTINGS } from '../../src/core/decision/thresholds.ts';
import type { OrientationCode } from '../../src/core/orientation/d4.ts';
import {
  appSettings,
  changed,
  dataSetOf,
  RecordingArchive,
  RunningApp,
  type Sent,
  ToldClassifier,
  temporaryFolder,
} from '../support/running-app.ts';
import { smallSax, smallScout } from '../support/small-study.ts';

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

async function started(settings: Partial<NodeSettings> = {}, now = Date.now): Promise<RunningApp> {
  const app = await RunningApp.start({ folder: folder.path, classifier, archives: [archive], settings, now });
  apps.push(app);
  return app;
}

function sax(code: OrientationCode, more: Parameters<typeof smallSax>[1] = {}, shows: OrientationCode = code) {
  const instances = smallSax(code, more);
  classifier.tell(instances, shows);
  return instances;
}

const route = (more: Partial<NodeSettings['routeDefaults']>): Partial<NodeSettings> => ({
  routeDefaults: { ...appSettings([archive]).routeDefaults, ...more },
});
const orientationOf = (dataSet: Buffer, like: Sent) =>
  dataSetOf({ ...like, dataSet })
    .strings(0x00200037)
    ?.map(Number);
const flagsOf = async (app: RunningApp) => (await app.decisions()).map(({ flags }) => flags);

describe('a short-axis series', () => {
  test('that is turned leaves turned as a whole, under new UIDs, and no instance twice', async () => {
    const app = await started();
    const sent = sax('101');
    await app.receive(sent);
    await app.settled();
    expect((await app.decisions())[0]).toMatchObject({ decision: 'standardize', correction: '110' });
    expect(archive.received).toHaveLength(sent.length);
    expect(archive.holdings.size).toBe(sent.length);
    const standard = sax('000').map((one) => dataSetOf(one).strings(0x00200037)?.map(Number));
    for (const { dataSet, sopInstanceUid } of archive.received) {
      expect(sent.some((one) => one.sopInstanceUid === sopInstanceUid)).toBe(false);
      const found = orientationOf(dataSet, sent[0] as Sent) as number[];
      found.forEach((value, i) => {
        expect(value).toBeCloseTo((standard[0] as number[])[i] as number, 9);
      });
    }
    const series = new Set(
      archive.received.map(({ dataSet }) => dataSetOf({ ...(sent[0] as Sent), dataSet }).strings(0x0020000e)?.[0]),
    );
    expect(series.size).toBe(1);
  });

  test('that is standard already leaves as the bytes that came', async () => {
    const app = await started();
    const sent = sax('000');
    await app.receive(sent);
    await app.settled();
    expect(sent.every((one) => archive.holds(one))).toBe(true);
  });

  test('in observe mode leaves as it came, and the record shows what would have changed', async () => {
    const app = await started(route({ mode: 'observe' }));
    const sent = sax('011');
    await app.receive(sent);
    await app.settled();
    expect(sent.every((one) => archive.holds(one))).toBe(true);
    expect((await app.decisions())[0]).toMatchObject({
      decision: 'standardize',
      correction: '011',
      flags: ['observe'],
    });
  });

  test('leaves as received too where originals are archived, but never under one UID with the result', async () => {
    const app = await started(route({ archiveOriginals: true }));
    const sent = sax('011');
    await app.receive(sent);
    await app.settled();
    expect(archive.holdings.size).toBe(2 * sent.length);
    expect(sent.every((one) => archive.holds(one))).toBe(true);
    await app.close();
    archive.received.length = 0;
    const preserving = await started(route({ archiveOriginals: true, uidPolicy: 'preserve' }));
    const other = sax('011', { series: 'preserved' });
    await preserving.receive(other);
    await preserving.settled();
    expect(archive.received).toHaveLength(other.length);
    expect(other.some((one) => archive.holds(one))).toBe(false);
    expect(other.every((one) => archive.holdings.has(one.sopInstanceUid))).toBe(true);
  });

  test('goes where the first rule that holds sends it', async () => {
    const research = new RecordingArchive('research');
    const app = await RunningApp.start({
      folder: folder.path,
      classifier,
      archives: [archive, research],
      settings: {
        ...route({}),
        routing: [
          {
            name: 'scanner 2',
            when: { callingAeTitles: ['SCANNER2'] },
            choices: { destinations: ['research'], mode: 'observe' },
          },
          { name: 'all cines', when: { kinds: ['cine'] }, choices: { destinations: ['archive', 'research'] } },
        ],
      },
    });
    apps.push(app);
    const [one, two] = [sax('011', { series: 'one' }), sax('011', { series: 'two', study: 'other' })];
    await app.receive(one, 'SCANNER1');
    await app.receive(two, 'SCANNER2');
    await app.settled();
    expect([archive.received.length, research.received.length]).toEqual([one.length, one.length + two.length]);
    expect(two.every((each) => research.holds(each))).toBe(true);
  });

  test('passes as received, flagged, where one of its instances cannot be turned', async () => {
    const app = await started();
    const sent = [...sax('101')] as Sent[];
    sent[2] = changed(sent[2] as Sent, { BurnedInAnnotation: ['YES'] });
    await app.receive(sent);
    await app.settled();
    expect(sent.every((one) => archive.holds(one))).toBe(true);
    expect((await flagsOf(app))[0]).toContain('cannot-reorient');
  });

  test('passes as received, flagged, where the recogniser fails', async () => {
    const app = await started();
    classifier.fails = true;
    const sent = sax('101');
    await app.receive(sent);
    await app.settled();
    expect(sent.every((one) => archive.holds(one))).toBe(true);
    expect((await flagsOf(app))[0]).toContain('classifier-failed');
  });

  test('passes as received, flagged, where the disk fails while it is rewritten', async () => {
    const app = await started();
    const { writeFile } = await import('node:fs/promises');
    const { join } = await import('node:path');
    await writeFile(join(folder.path, 'results'), 'a file where a folder must be');
    const sent = sax('101');
    await app.receive(sent);
    await app.settled();
    expect(sent.every((one) => archive.holds(one))).toBe(true);
    expect((await flagsOf(app))[0]).toContain('cannot-reorient');
  });

  test('under a lying header passes as received, beside an honest one that is turned', async () => {
    const app = await started();
    const honest = sax('101', { series: 'honest' });
    const lying = sax('101', { series: 'lying', header: 'lying', seed: 'another', study: 'small' });
    const moved = lying.map((one) => changed(one, { StudyInstanceUID: [honest[0]?.studyInstanceUid as string] }));
    classifier.tell(moved, '101');
    await app.receive([...honest, ...moved]);
    await app.settled();
    expect(moved.every((one) => archive.holds(one))).toBe(true);
    expect(honest.some((one) => archive.holds(one))).toBe(false);
    expect((await flagsOf(app)).flat()).toContain('contradiction');
  });

  test('is kept back for review where a site asks for that, and goes out as received when nobody came', async () => {
    let now = 1_800_000_000_000;
    const hours = 3_600_000;
    const app = await started(
      { decision: { ...DEFAULT_SETTINGS, onContradiction: 'hold-for-review', holdHours: 24 } },
      () => now,
    );
    const sent = sax('101', { header: 'lying' });
    await app.receive(sent.slice(0, 3));
    now += 30_000;
    await expect.poll(async () => (await app.decisions())[0]?.decision, { timeout: 5000 }).toBe('hold-for-review');
    await app.receive(sent.slice(3));
    await app.settled();
    expect(archive.received).toHaveLength(0);
    now += 23 * hours;
    expect(await releaseExpiredHolds(app.context)).toBe(0);
    now += 2 * hours;
    expect(await releaseExpiredHolds(app.context)).toBe(1);
    expect(await releaseExpiredHolds(app.context)).toBe(0);
    app.wake();
    await app.settled();
    expect(sent.every((one) => archive.holds(one))).toBe(true);
    expect(archive.received).toHaveLength(sent.length);
  });
});

describe('one series per slice', () => {
  test('is one stack: pooled, and turned by one correction', async () => {
    const app = await started();
    const sent = sax('110').flatMap((one, i) => {
      const renamed = changed(one, { SeriesInstanceUID: [`2.25.77.${i}`], ImagesInAcquisition: ['1'] });
      return [renamed];
    });
    classifier.tell(sent, '110');
    await app.receive(sent);
    await app.settled();
    const decisions = await app.decisions();
    expect(decisions).toHaveLength(sent.length);
    expect(new Set(decisions.map(({ correction }) => correction))).toEqual(new Set(['101']));
    expect(sent.some((one) => archive.holds(one))).toBe(false);
  });
});

describe('scouts and a short axis under one Series Instance UID', () => {
  const order: Record<string, (a: readonly Sent[], b: readonly Sent[]) => Sent[]> = {
    'scouts first': (scouts, short) => [...scouts, ...short],
    'scouts last': (scouts, short) => [...short, ...scouts],
    interleaved: (scouts, short) =>
      short.flatMap((one, i) => (scouts[i] === undefined ? [one] : [one, scouts[i] as Sent])),
  };
  for (const [name, arranged] of Object.entries(order)) {
    for (const frames of ['one Frame of Reference', 'two Frames of Reference']) {
      test(`${name}, in ${frames}: the scouts leave as they came, the short axis is turned`, async () => {
        const app = await started();
        const short = sax('101');
        const scouts = smallScout().map((one, i) =>
          changed(one, {
            SeriesInstanceUID: [short[0]?.seriesInstanceUid as string],
            StudyInstanceUID: [short[0]?.studyInstanceUid as string],
            SOPInstanceUID: [`2.25.88.${i}`],
            ...(frames.startsWith('two') ? { FrameOfReferenceUID: ['2.25.99'] } : {}),
          }),
        );
        await app.receive(arranged(scouts, short));
        await app.settled();
        expect(scouts.every((one) => archive.holds(one))).toBe(true);
        expect(short.some((one) => archive.holds(one))).toBe(false);
        expect(archive.holdings.size).toBe(scouts.length + short.length);
      });
    }
  }
});

describe('a series of mixed planes', () => {
  test('passes as received', async () => {
    const app = await started();
    const standing = sax('101');
    // The scanner's count is of both planes: the series is not complete after the first one.
    const count = { ImagesInAcquisition: [String(standing.length + 2)] };
    const short = standing.map((one) => changed(one, count));
    classifier.tell(short, '101');
    const long = smallSax('000', { plane: '4ch', slices: 1, phases: 2 }).map((one, i) =>
      changed(one, {
        ...count,
        SeriesInstanceUID: [standing[0]?.seriesInstanceUid as string],
        SOPInstanceUID: [`2.25.66.${i}`],
        SeriesDescription: ['cine_sax'],
        ProtocolName: ['cine_sax'],
      }),
    );
    classifier.tell(long, '000');
    await app.receive([...short, ...long]);
    await app.settled();
    expect([...short, ...long].every((one) => archive.holds(one))).toBe(true);
    expect((await flagsOf(app)).flat()).toContain('mixed-planes');
  });
});

describe('an archive', () => {
  test('that is down gets everything when it is up again, once', async () => {
    const app = await started();
    archive.isDown = true;
    const sent = sax('000');
    await app.receive(sent);
    await expect.poll(() => archive.attempts, { timeout: 5000 }).toBeGreaterThan(2);
    expect(archive.received).toHaveLength(0);
    archive.isDown = false;
    await app.settled();
    expect(archive.received).toHaveLength(sent.length);
    expect(sent.every((one) => archive.holds(one))).toBe(true);
  });
});
