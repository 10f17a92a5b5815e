import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reviewedPictures } from '../../src/app/reviewed-pictures.ts';
import { readLabelledFolder } from '../../src/labelled/read-labelled-folder.ts';
import { writeReviewedFolder } from '../../src/labelled/write-reviewed-folder.ts';
import { RecordingArchive, RunningApp, ToldClassifier, temporaryFolder } from '../support/running-app.ts';
import { smallSax, smallScout } from '../support/small-study.ts';

const turned = smallSax('101', { study: 'turned' });
const scout = smallScout({ study: 'scout' });
const NOON = Date.UTC(2026, 2, 1, 12);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let app: RunningApp;

beforeEach(async () => {
  folder = await temporaryFolder();
  const classifier = new ToldClassifier();
  classifier.tell(turned, '101');
  app = await RunningApp.start({ folder: folder.path, classifier, archives: [new RecordingArchive()] });
  await app.receive([...turned, ...scout]);
  await app.settled();
});
afterEach(async () => {
  await app.close();
  await folder.remove();
});

/** A person's act as the database keeps it. */
async function review(act: string, code: string | null): Promise<void> {
  await app.db.transaction((tx) =>
    tx.run(
      `insert into reviews (series_id, at, act, "by", because, code, looked_at, decision_id)
        select series.id, ?, ?, '=anna, "A"', 'seen', ?, decision_id, decision_id
          from series join decisions on decisions.id = decision_id where decisions.decision = 'standardize'`,
      [NOON, act, code],
    ),
  );
}

async function exported() {
  const out = join(folder.path, 'labels');
  const written = await writeReviewedFolder(out, reviewedPictures(app.context, 3));
  const options = { kindRules: app.context.settings.kindRules, phasesPerPosition: 3 };
  const pictures = [];
  for await (const picture of readLabelledFolder(out, options)) pictures.push(picture);
  return { written, pictures, table: await readFile(join(out, 'labels.csv'), 'utf8') };
}

describe('reviewed series as a labelled folder', () => {
  test('hold the pictures as they were received with the code that a person told', async () => {
    await review('overrule', '110');
    const { written, pictures } = await exported();
    expect(written).toEqual({ series: 1, pictures: turned.length });
    expect(new Set(pictures.map(({ position }) => position)).size).toBe(turned.length);
    for (const picture of pictures) {
      expect(picture).toMatchObject({ code: '110', kind: 'cine', shortAxis: true });
      // Code 101 is a transposed picture: its rows are as far apart as the columns of the standard one.
      expect(picture.plane?.rowSpacingMm).toBe(13);
      expect(Math.max(...picture.image.samples)).toBeGreaterThan(Math.min(...picture.image.samples));
    }
    expect(new Set(pictures.map(({ subject }) => subject)).size).toBe(1);
  });

  test('name the reviewer and the time, and nobody else', async () => {
    await review('approve', null);
    const { table } = await exported();
    expect(table.split('\r\n')[1]).toContain(`"'=anna, ""A""",${new Date(NOON).toISOString()}`);
    expect(table).toContain(',101,yes,');
    const [{ studyInstanceUid } = { studyInstanceUid: '' }] = await app.db.all<{ studyInstanceUid: string }>(
      'select study_instance_uid as "studyInstanceUid" from series',
    );
    expect(studyInstanceUid).not.toBe('');
    expect(table).not.toContain(studyInstanceUid);
  });

  test('have no geometry where the person said that it is wrong', async () => {
    await review('trust-image', '101');
    const { pictures } = await exported();
    expect(pictures.length).toBeGreaterThan(0);
    expect(pictures.map(({ plane }) => plane)).toEqual(pictures.map(() => undefined));
  });

  test('leave out what was put back', async () => {
    await review('overrule', '110');
    await review('put-back', null);
    const written = await writeReviewedFolder(join(folder.path, 'labels'), reviewedPictures(app.context, 3));
    expect(written).toEqual({ series: 0, pictures: 0 });
  });
});
