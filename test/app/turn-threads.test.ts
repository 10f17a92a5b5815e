import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TurnJob } from '../../src/app/turn-instance.ts';
import { turnInstance } from '../../src/app/turn-instance.ts';
import type { TurnThreads } from '../../src/app/turn-threads.ts';
import { correctionFor, observed } from '../../src/core/orientation/d4.ts';
import { phantomSeries } from '../../src/phantom/phantom-series.ts';

const BUILT = new URL('../../dist/app/turn-threads.js', import.meta.url);
const RECORD = {
  date: '20260102',
  time: '030405',
  dateTime: '20260102030405+0000',
  description: 'turned by a test',
  manufacturer: 'test',
  productName: 'test',
  softwareVersion: '1',
  modifyingSystem: 'TEST',
  sourceOfPreviousValues: 'SCANNER',
  imageTypeValue1: 'derived',
  seriesDescriptionSuffix: '',
  seriesNumberOffset: 0,
  uidPolicy: 'derive',
  privateGeometry: 'keep',
} as const;

let folder: string;
let threads: TurnThreads;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turn-threads-'));
  // Threads run what was built: `npm test` builds before it tests.
  const { turnThreads } = (await import(pathToFileURL(BUILT.pathname).href)) as {
    turnThreads: () => TurnThreads;
  };
  threads = turnThreads();
});

afterAll(async () => {
  await threads.close();
  await rm(folder, { recursive: true });
});

async function jobs(count: number, directory: string): Promise<TurnJob[]> {
  const series = phantomSeries({ seed: 'threads', plane: 'sax', sequence: 'T2', slices: count, code: '110' });
  return Promise.all(
    series.map(async (instance, i) => {
      const file = join(folder, `source-${i}`);
      await writeFile(file, instance.dataSet);
      const { sopClassUid, sopInstanceUid, seriesInstanceUid, transferSyntaxUid, dataSet } = instance;
      return {
        instance: {
          id: i,
          sopClassUid,
          sopInstanceUid,
          seriesInstanceUid,
          transferSyntaxUid,
          pixelSha256: 'ab',
          dataSetOffset: 0,
          dataSetLength: dataSet.length,
        },
        file,
        kind: 'T2',
        correction: correctionFor(observed('110')),
        record: RECORD,
        directory: join(folder, directory),
        name: `${i}.dcm`,
      };
    }),
  );
}

describe('threads that turn instances', () => {
  test('give the very files that this thread would', async () => {
    const there = await Promise.all((await jobs(5, 'there')).map((job) => threads.turn(job)));
    const here = (await jobs(5, 'here')).map((job) => turnInstance(job));
    expect(there).toEqual(here);
    for (const name of ['0.dcm', '4.dcm']) {
      expect(await readFile(join(folder, 'there', name))).toEqual(await readFile(join(folder, 'here', name)));
    }
  });

  test('tell by code what cannot be turned, and go on', async () => {
    const [job] = (await jobs(1, 'failing')) as [TurnJob];
    const gone = { ...job, file: join(folder, 'nowhere') };
    const cut = { ...job, instance: { ...job.instance, transferSyntaxUid: '1.2.840.10008.1.2.2' } };
    await expect(threads.turn(gone)).rejects.toMatchObject({ code: 'storage-failed' });
    await expect(threads.turn(cut)).rejects.toMatchObject({ name: 'NodeError' });
    expect(await threads.turn(job)).toMatchObject({ instanceId: 0, transferSyntaxUid: job.instance.transferSyntaxUid });
  });

  test('end with the node, and fail what they had not done', async () => {
    const { turnThreads } = (await import(BUILT.href)) as { turnThreads: () => TurnThreads };
    const others = turnThreads();
    const results = (await jobs(8, 'ending')).map((job) => others.turn(job));
    const settled = Promise.allSettled(results);
    await others.close();
    for (const result of await settled) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'cannot-reorient' });
    }
  });
});
