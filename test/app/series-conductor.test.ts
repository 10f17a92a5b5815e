import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_THRESHOLDS } from '../../src/core/decision/thresholds.ts';
import { RecordingArchive, RunningApp, ToldClassifier, temporaryFolder } from '../support/running-app.ts';
import { smallSax, smallScout } from '../support/small-study.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let app: RunningApp | undefined;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await folder.remove();
});

const TINY = { rows: 8, columns: 8, rowSpacingMm: 30, columnSpacingMm: 30 };

describe('the line of series', () => {
  test('decides what is complete while other instances keep coming without a pause', async () => {
    const archive = new RecordingArchive();
    app = await RunningApp.start({ folder: folder.path, classifier: new ToldClassifier(), archives: [archive] });
    const complete = smallScout();
    const stream = smallSax('000', { slices: 10, phases: 20, series: 'stream', matrix: TINY });
    await app.receive(complete);
    for (const one of stream) {
      await app.receive([one]);
      await new Promise((resolve) => setTimeout(resolve, 8));
      if (complete.every((each) => archive.holds(each))) break;
    }
    expect(archive.received.length).toBe(complete.length);
  });

  test('forwards a series all the same that the policy stumbles over', async () => {
    const archive = new RecordingArchive();
    const classifier = new ToldClassifier();
    const sent = smallSax('101');
    classifier.tell(sent, '101');
    // Whoever looks at one meets a fault; as a whole they can be put on record.
    const thresholds = new Proxy(DEFAULT_THRESHOLDS, {
      get: () => {
        throw new TypeError('not foreseen');
      },
      ownKeys: () => [],
    });
    app = await RunningApp.start({ folder: folder.path, classifier, archives: [archive], settings: { thresholds } });
    await app.receive(sent);
    await app.settled();
    expect(sent.every((one) => archive.holds(one))).toBe(true);
    expect(app.log.events.map(({ event }) => event)).toContain('series-not-judged');
  });
});
