import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  correctionFor,
  ORIENTATION_CODES,
  type OrientationCode,
  observed,
  operationBetween,
} from '../../../src/core/orientation/d4.ts';
import { type Act, ActingReviewer } from '../../support/acting.ts';
import { editedDataSet, shortValue } from '../../support/edited-data-set.ts';
import { judgeGeometry } from '../../support/geometry-oracle.ts';
import { parsePart10, part10Of } from '../../support/part10-files.ts';
import {
  dataSetOf,
  RecordingArchive,
  RunningApp,
  type Sent,
  ToldClassifier,
  temporaryFolder,
} from '../../support/running-app.ts';
import { smallSax } from '../../support/small-study.ts';
import { turnedImage } from '../../support/turned-image.ts';

/** Pixels that a transpose leaves what they are: otherwise nobody could put a lying header right. */
const MATRIX = { rows: 20, columns: 24, rowSpacingMm: 14, columnSpacingMm: 14 };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let archive: RecordingArchive;
let app: RunningApp;
beforeEach(async () => {
  folder = await temporaryFolder();
  archive = new RecordingArchive();
});
afterEach(async () => {
  await app.close();
  await folder.remove();
});

/** Received as it is, where the picture shows `shown`. */
async function receivedBy(sent: readonly Sent[], shown: OrientationCode): Promise<ActingReviewer> {
  const classifier = new ToldClassifier();
  classifier.tell(sent, shown);
  app = await RunningApp.start({ folder: folder.path, classifier, archives: [archive] });
  await app.receive(sent);
  await app.settled();
  return new ActingReviewer(app, ['archive']);
}

/** Looks, confirms the letters that it was told, and acts. */
async function does(reviewer: ActingReviewer, act: Act): Promise<void> {
  const { after } = await reviewer.previews(act);
  const confirmedLetters = after?.letters ?? undefined;
  expect(await reviewer.does({ ...act, ...(confirmedLetters && { confirmedLetters }) })).toMatchObject({ done: true });
}

/** What came since the last look holds every sample of the truth at its place, all of it by one operation. */
function expectArrived(truth: readonly Sent[], operation?: OrientationCode): void {
  const [first] = truth;
  const files = archive.received.splice(0).map((one) => parsePart10(part10Of({ ...(first as Sent), ...one })));
  expect(files).toHaveLength(truth.length);
  const { operations, ...verdict } = judgeGeometry(
    truth.map((one) => parsePart10(part10Of(one))),
    files,
  );
  expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [] });
  const [found = new Set()] = [...operations.values()];
  expect(found.size).toBe(1);
  if (operation !== undefined) expect([...found]).toEqual([operation]);
}

describe.each(ORIENTATION_CODES)('a picture that shows %s', (shown) => {
  const correction = correctionFor(observed(shown));

  test('under an honest header keeps every sample in its place, whatever a person says that it shows', async () => {
    const sent = smallSax(shown, { matrix: MATRIX });
    const reviewer = await receivedBy(sent, shown);
    expectArrived(sent, correction);
    for (const code of ORIENTATION_CODES.filter((one) => one !== shown)) {
      await does(reviewer, { act: 'overrule', code });
      expectArrived(sent, correctionFor(observed(code)));
    }
    await does(reviewer, { act: 'overrule', code: shown });
    expectArrived(sent, correction);
  });

  test('under a lying header is left alone, and put right by a person who trusts one of them', async () => {
    const claimed = shown === '000' ? '110' : '000';
    const truth = smallSax(claimed, { matrix: MATRIX });
    const sent = truth.map((one) => withPixelsTurned(one, operationBetween(observed(claimed), observed(shown))));
    const reviewer = await receivedBy(sent, shown);
    expectArrived(sent, '000');
    await does(reviewer, { act: 'trust-image' });
    expectArrived(truth);
    await does(reviewer, { act: 'put-back' });
    expectArrived(sent, '000');
    await does(reviewer, { act: 'trust-header' });
    if (claimed === '000') expect(archive.received).toEqual([]);
    else expectArrived(sent, correctionFor(observed(claimed)));
  });
});

/** The samples moved, and nothing but their number told. */
function withPixelsTurned(one: Sent, operation: OrientationCode): Sent {
  const source = dataSetOf(one);
  const pixels = source.bytes(0x7fe00010) as Uint8Array;
  const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const samples = Float32Array.from({ length: pixels.length / 2 }, (_, i) => view.getUint16(2 * i, true));
  const [rows = 0] = source.unsignedShorts(0x00280010) ?? [];
  const columns = samples.length / rows;
  const turned = turnedImage({ ...MATRIX, rows, columns, samples }, operation);
  const dataSet = editedDataSet(one.dataSet, {
    '00280010': { vr: 'US', value: shortValue(turned.rows) },
    '00280011': { vr: 'US', value: shortValue(turned.columns) },
    '7fe00010': { vr: 'OW', value: new Uint8Array(Uint16Array.from(turned.samples).buffer) },
  });
  return { ...one, dataSet };
}
