import { userInfo } from 'node:os';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ReviewOptions, review } from '../../src/cli/review.ts';
import { EMBEDDED_ARCHIVE_NAME } from '../../src/config/cross-checks.ts';
import type { ReviewAct } from '../../src/core/review/review-acts.ts';
import { RecordingArchive, RunningApp, ToldClassifier, temporaryFolder } from '../support/running-app.ts';
import { smallSax } from '../support/small-study.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let archive: RecordingArchive;
let app: RunningApp;
const sent = smallSax('101');

beforeEach(async () => {
  folder = await temporaryFolder();
  archive = new RecordingArchive(EMBEDDED_ARCHIVE_NAME);
  const classifier = new ToldClassifier();
  classifier.tell(sent, '101');
  app = await RunningApp.start({ folder: folder.path, classifier, archives: [archive] });
  await app.receive(sent);
  await app.settled();
  archive.received.length = 0;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await app.close();
  await folder.remove();
});

/** Runs the command beside the node, and gives its exit code and what it wrote. */
async function ran(act: ReviewAct, options: ReviewOptions): Promise<{ readonly exit: number; readonly out: string }> {
  let out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const exit = await review(act, { dataDir: folder.path, ...options });
  vi.restoreAllMocks();
  return { exit, out };
}

const series = sent[0]?.seriesInstanceUid;

describe('cmr-node review', () => {
  test('tells in a dry run what would happen, and changes nothing', async () => {
    const { exit, out } = await ran('put-back', { series, dryRun: true });
    expect(exit).toBe(0);
    expect(out).toContain(`${series}: would be done. To be sent: ${sent.length} to ${EMBEDDED_ARCHIVE_NAME}.`);
    expect(await app.db.all('select id from reviews')).toEqual([]);
  });

  test('acts beside a running node, which sends what there is to send', async () => {
    const { exit, out } = await ran('overrule', { series, code: '011', because: 'upside down', by: 'anna' });
    expect([exit, out]).toEqual([0, expect.stringContaining('done.')]);
    app.wake();
    await app.settled();
    expect(archive.received).toHaveLength(sent.length);
    expect(await app.db.all('select act, by, because, code from reviews')).toEqual([
      { act: 'overrule', by: `anna (as ${userInfo().username})`, because: 'upside down', code: '011' },
    ]);
  });

  test('ends with 1 where an act is not possible, and says why', async () => {
    const { exit, out } = await ran('trust-image', { series, because: 'by the picture', by: 'anna', json: true });
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ act: 'trust-image', series: [{ done: false }] });
  });

  test('asks which series, why, and what the picture shows', async () => {
    await expect(ran('put-back', { because: 'no filter' })).rejects.toThrow('which series');
    await expect(ran('put-back', { series, by: 'anna' })).rejects.toThrow('--reason');
    await expect(ran('overrule', { series, because: 'no code' })).rejects.toThrow('--code');
  });
});
