import { expect, test } from 'vitest';
import { RecordingArchive, RunningApp, type Sent, ToldClassifier, temporaryFolder } from '../support/running-app.ts';
import { smallSax } from '../support/small-study.ts';

test('an archive that sends back whatever it gets does not get it again without end', async () => {
  const folder = await temporaryFolder();
  const [classifier, archive] = [new ToldClassifier(), new RecordingArchive()];
  const app = await RunningApp.start({ folder: folder.path, classifier, archives: [archive] });
  try {
    const sent: readonly Sent[] = smallSax('101');
    classifier.tell(sent, '101');
    await app.receive(sent);
    await app.settled();
    const counts: number[] = [];
    for (let round = 0; round < 3; round++) {
      const back = archive.received.slice(-sent.length).map((one) => ({ ...(sent[0] as Sent), ...one }));
      classifier.tell(back, '000');
      await app.receive(back, 'ARCHIVE');
      await app.settled();
      counts.push(archive.received.length);
    }
    expect(counts).toEqual([8, 8, 8]);
    expect(archive.holdings.size).toBe(4);
    // From the scanner, the same is delivered again: so is a series repaired that is missing in the archive.
    await app.receive(sent, 'SCANNER');
    await app.settled();
    await app.receive(sent, 'ARCHIVE');
    await app.settled();
    expect(archive.received).toHaveLength(16);
    expect(archive.holdings.size).toBe(4);
  } finally {
    await app.close();
    await folder.remove();
  }
});
