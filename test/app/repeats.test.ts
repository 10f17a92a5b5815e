import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TAGS } from '../../src/core/attributes/tags.ts';
import { applyEdits } from '../../src/part10/splice.ts';
import { planeAt } from '../support/decision-evidence.ts';
import {
  changed,
  dataSetOf,
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
let app: RunningApp;

beforeEach(async () => {
  folder = await temporaryFolder();
  classifier = new ToldClassifier();
  archive = new RecordingArchive();
  app = await RunningApp.start({ folder: folder.path, classifier, archives: [archive] });
});
afterEach(async () => {
  await app.close();
  await folder.remove();
});

const standard = smallSax('000');
const turned = smallSax('101');

function withOtherPixels(instance: Sent): Sent {
  const source = dataSetOf(instance);
  const bytes = Buffer.from(source.bytes(TAGS.PixelData[0]) as Uint8Array).reverse();
  return {
    ...instance,
    dataSet: applyEdits(source, [{ op: 'set', tag: TAGS.PixelData[0], vr: 'OW', value: { bytes } }]),
  };
}

async function received(...instances: readonly Sent[]): Promise<void> {
  await app.receive(instances);
  await app.settled();
}

const instanceRows = () => app.db.all<{ n: number }>('select count(*) as n from instances');
const spoolFiles = async () => {
  let n = 0;
  for await (const files of app.spool.files()) n += files.length;
  return n;
};

describe('the same bytes again', () => {
  test('while they wait: nothing is done twice, and no second file stays', async () => {
    classifier.tell(standard, '000');
    await app.receive([...standard.slice(0, 2), ...standard.slice(0, 2), ...standard.slice(2)]);
    await app.settled();
    expect(archive.received).toHaveLength(standard.length);
    expect(await instanceRows()).toEqual([{ n: standard.length }]);
    expect(await spoolFiles()).toBe(standard.length);
  });

  test('after delivery: what came of them is delivered again, the same UIDs and the same bytes', async () => {
    classifier.tell(turned, '101');
    await received(...turned);
    const first = new Map(archive.holdings);
    archive.received.length = 0;
    await received(...turned);
    expect(archive.received).toHaveLength(turned.length);
    expect(archive.holdings.size).toBe(first.size);
    for (const [uid, dataSet] of archive.holdings) expect(first.get(uid)?.equals(dataSet)).toBe(true);
    expect(await spoolFiles()).toBe(turned.length);
  });
});

describe('the same pixels under a corrected header', () => {
  test('follow the decision, under the same derived UIDs, and arrive after the first version', async () => {
    classifier.tell(turned, '101');
    await received(...turned);
    const uids = new Set(archive.holdings.keys());
    archive.received.length = 0;
    const corrected = turned.map((one) => changed(one, { StudyDescription: ['corrected'] }));
    await received(...corrected);
    expect(new Set(archive.holdings.keys())).toEqual(uids);
    for (const dataSet of archive.holdings.values()) {
      expect(dataSetOf({ ...(turned[0] as Sent), dataSet }).strings(TAGS.StudyDescription[0])).toEqual(['corrected']);
    }
  });

  test('before the decision: both versions leave, in order', async () => {
    classifier.tell(turned, '101');
    const [first, ...others] = turned as unknown as [Sent, ...Sent[]];
    const corrected = changed(first, { StudyDescription: ['corrected'] });
    await received(first, corrected, ...others);
    expect(archive.received).toHaveLength(turned.length + 1);
    expect(archive.holdings.size).toBe(turned.length);
    const descriptions = [...archive.holdings.values()].map(
      (dataSet) => dataSetOf({ ...first, dataSet }).strings(TAGS.StudyDescription[0])?.[0],
    );
    expect(descriptions.filter((one) => one === 'corrected')).toHaveLength(1);
  });
});

describe('other pixels under the same UID', () => {
  test('before the decision: the series is not turned, every version leaves in order, flagged', async () => {
    classifier.tell(turned, '101');
    const [first, ...others] = turned as unknown as [Sent, ...Sent[]];
    const other = withOtherPixels(first);
    classifier.tell([other], '101');
    await received(first, other, ...others);
    expect(archive.received).toHaveLength(turned.length + 1);
    expect(archive.holds(other)).toBe(true);
    expect(others.every((one) => archive.holds(one))).toBe(true);
    expect((await app.decisions())[0]?.flags).toContain('duplicate-uid');
  });

  test('A, B, A: every version leaves in order of arrival, the last one last', async () => {
    classifier.tell(standard, '000');
    const [a, ...others] = standard as unknown as [Sent, ...Sent[]];
    const b = withOtherPixels(a);
    await received(a, b, a, ...others);
    const ofA = archive.received.filter(({ sopInstanceUid }) => sopInstanceUid === a.sopInstanceUid);
    expect(ofA.map(({ dataSet }) => (dataSet.equals(a.dataSet) ? 'A' : 'B'))).toEqual(['A', 'B', 'A']);
  });

  test('after the series was turned: it leaves as it came, with an alert', async () => {
    classifier.tell(turned, '101');
    await received(...turned);
    const other = withOtherPixels(turned[1] as Sent);
    await received(other);
    expect(archive.holds(other)).toBe(true);
    const alert = app.log.events.find(({ event, level }) => event === 'late-instances' && level === 'warn');
    expect(alert?.details).toMatchObject({ duplicate: true, alert: true });
  });
});

describe('an instance that comes late', () => {
  test('follows the decision of its series', async () => {
    classifier.tell(turned, '101');
    await received(...turned.slice(0, 3));
    const series = seriesOf(archive.received[0]?.dataSet as Buffer);
    await received(...turned.slice(3));
    expect(archive.holdings.size).toBe(turned.length);
    expect(turned.some((one) => archive.holds(one))).toBe(false);
    for (const dataSet of archive.holdings.values()) expect(seriesOf(dataSet)).toBe(series);
  });

  test('follows it also where its picture speaks against it, with an alert', async () => {
    classifier.tell(turned.slice(0, 3), '101');
    classifier.tell(turned.slice(3), '011');
    await received(...turned.slice(0, 3));
    await received(...turned.slice(3));
    expect(turned.some((one) => archive.holds(one))).toBe(false);
    expect(archive.holdings.size).toBe(turned.length);
  });

  test('is no alert where its series followed an earlier one of the study to the neighbouring code', async () => {
    const standing = (series: string, seriesNumber: number, angleDegrees: number) => {
      const { rowCosines, columnCosines } = planeAt(angleDegrees);
      const ImageOrientationPatient = [...rowCosines, ...columnCosines].map((cosine) => cosine.toFixed(9));
      return smallSax('000', { study: 'two', series, seriesNumber }).map((one) =>
        changed(one, { ImageOrientationPatient }),
      );
    };
    const [first, second] = [standing('first', 1, -44), standing('second', 2, 40)];
    classifier.tell([...first, ...second], '000');
    await received(...first);
    await received(...second.slice(0, 3));
    expect((await app.decisions()).map(({ correction, flags }) => [correction, flags])).toEqual([
      [null, []],
      ['101', ['near-border']],
    ]);
    await received(...second.slice(3));
    expect(app.log.events.filter(({ event }) => event === 'late-instances')).toMatchObject([
      { level: 'info', details: { flags: ['late'] } },
    ]);
  });

  test('that cannot be turned leaves as it came, and the others follow all the same', async () => {
    classifier.tell(turned, '101');
    await received(...turned.slice(0, 2));
    const burnedIn = changed(turned[2] as Sent, { BurnedInAnnotation: ['YES'] });
    await received(burnedIn, turned[3] as Sent);
    expect(archive.holds(burnedIn)).toBe(true);
    expect(archive.holds(turned[3] as Sent)).toBe(false);
    expect(archive.holdings.size).toBe(4);
  });

  function seriesOf(dataSet: Buffer): string | undefined {
    return dataSetOf({ ...(turned[0] as Sent), dataSet }).strings(TAGS.SeriesInstanceUID[0])?.[0];
  }
});
