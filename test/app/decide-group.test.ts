import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NodeSettings } from '../../src/app/node-context.ts';
import { DEFAULT_SETTINGS } from '../../src/core/decision/thresholds.ts';
import type { OrientationCode } from '../../src/core/orientation/d4.ts';
import {
  appSettings,
  changed,
  RecordingArchive,
  RunningApp,
  type Sent,
  ToldClassifier,
  temporaryFolder,
} from '../support/running-app.ts';
import { smallSax } from '../support/small-study.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let classifier: ToldClassifier;
let archive: RecordingArchive;
let app: RunningApp | undefined;

beforeEach(async () => {
  folder = await temporaryFolder();
  classifier = new ToldClassifier();
  archive = new RecordingArchive();
});
afterEach(async () => {
  await app?.close();
  await folder.remove();
});

async function started(settings: Partial<NodeSettings> = {}, now = Date.now): Promise<RunningApp> {
  app = await RunningApp.start({ folder: folder.path, classifier, archives: [archive], settings, now });
  return app;
}

function sax(code: OrientationCode, more: Parameters<typeof smallSax>[1] = {}): readonly Sent[] {
  const instances = smallSax(code, more);
  classifier.tell(instances, code);
  return instances;
}

describe('observe mode', () => {
  test('holds nothing back, whatever a site holds for review otherwise', async () => {
    const routeDefaults = { ...appSettings([archive]).routeDefaults, mode: 'observe' } as const;
    const node = await started({
      routeDefaults,
      decision: { ...DEFAULT_SETTINGS, onContradiction: 'hold-for-review', holdHours: 24 },
    });
    const sent = sax('101', { header: 'lying' });
    await node.receive(sent);
    await node.settled();
    expect(sent.every((one) => archive.holds(one))).toBe(true);
    const [decision] = await node.decisions();
    expect(decision).toMatchObject({ decision: 'pass-through', correction: null });
    expect(decision?.flags).toEqual(['contradiction', 'observe']);
  });
});

describe('a series that is turned', () => {
  test('puts on record which series of its study lie in another patient frame', async () => {
    const node = await started();
    const elsewhere = smallSax('000', { series: 'elsewhere' }).map((one) =>
      changed(one, { FrameOfReferenceUID: ['2.25.99'], SeriesInstanceUID: ['2.25.98'] }),
    );
    classifier.tell(elsewhere, '000');
    await node.receive(elsewhere);
    await node.settled();
    await node.receive(sax('101'));
    await node.settled();
    const details = await node.auditDetails('series-decided');
    expect(details.map(({ leftInOtherFrames }) => leftInOtherFrames)).toEqual([[], ['2.25.98']]);
  });

  test('puts on record by whom a series came, and how much of it goes where', async () => {
    const node = await started();
    const sent = sax('101');
    await node.receive(sent);
    await node.settled();
    expect(await node.auditDetails('series-decided')).toMatchObject([
      { from: ['SCANNER'], queued: { archive: sent.length }, instances: sent.length },
    ]);
  });
});

describe('a stack of one series per slice', () => {
  test('is not torn apart by one slice that is seen otherwise', async () => {
    const node = await started();
    const sent = sax('101', { slices: 8 }).map((one, i) =>
      changed(one, { SeriesInstanceUID: [`2.25.77.${i}`], ImagesInAcquisition: ['1'] }),
    );
    classifier.tell(sent, '101');
    classifier.tell(sent.slice(7), '110');
    await node.receive(sent);
    await node.settled();
    expect(sent.some((one) => archive.holds(one))).toBe(false);
    const corrections = (await node.decisions()).map(({ correction }) => correction);
    expect(corrections).toEqual(new Array(8).fill('110'));
  });

  test('leaves as it came where one of its series cannot be rewritten', async () => {
    const node = await started();
    const sent = sax('101', { slices: 4 }).map((one, i) =>
      changed(one, { SeriesInstanceUID: [`2.25.78.${i}`], ImagesInAcquisition: ['1'] }),
    );
    const last = sent[3] as Sent;
    // An element of an earlier group at the end: pixels can be read, but new elements have no place.
    sent[3] = { ...last, dataSet: Buffer.concat([last.dataSet, Buffer.from([9, 0, 0x10, 0, 0x4c, 0x4f, 0, 0])]) };
    classifier.tell(sent, '101');
    await node.receive(sent);
    await node.settled();
    expect(sent.every((one) => archive.holds(one))).toBe(true);
    const decisions = await node.decisions();
    expect(
      decisions.every(({ decision, flags }) => decision === 'pass-through' && flags.includes('cannot-reorient')),
    ).toBe(true);
    expect(decisions).toHaveLength(4);
  });
});

describe('an instance that lies in the stack of a turned series and is of another kind by its header', () => {
  test('leaves as it came, flagged and with an alert', async () => {
    const node = await started();
    const [first, ...others] = sax('101', { slices: 5 }).map((one) => changed(one, { ImagesInAcquisition: ['4'] }));
    await node.receive(others);
    await node.settled();
    const stranger = changed(first as Sent, { ImageType: ['DERIVED', 'SECONDARY'] });
    await node.receive([stranger]);
    await node.settled();
    expect(archive.holds(stranger)).toBe(true);
    expect((await node.decisions()).map(({ flags }) => flags)).toEqual([[], ['late', 'mixed-planes']]);
    expect(node.log.events.some(({ level, details }) => level === 'warn' && details.alert === true)).toBe(true);
  });
});

describe('a clock that is set back by an hour', () => {
  test('holds no series up', async () => {
    let setBackBy = 0;
    const node = await started({}, () => Date.now() - setBackBy);
    const sent = sax('101').map((one) => changed(one, { ImagesInAcquisition: [] }));
    await node.receive(sent);
    setBackBy = 3_600_000;
    await node.settled();
    expect(archive.received).toHaveLength(sent.length);
  });
});
