import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CatalogueKeeper } from '../../src/app/catalogue-keeper.ts';
import type { Retained, RetainedInstance } from '../../src/app/ports.ts';
import { retainedInstances } from '../../src/app/retained-instances.ts';
import type { SearchMatch } from '../../src/core/search/search-query.ts';
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
let app: RunningApp;
let keeper: CatalogueKeeper;
let retained: Retained;

beforeEach(async () => {
  folder = await temporaryFolder();
  classifier = new ToldClassifier();
  archive = new RecordingArchive();
  await start();
});
afterEach(async () => {
  await stop();
  await folder.remove();
});

async function start(uidPolicy: 'derive' | 'preserve' = 'derive'): Promise<void> {
  const settings = { routeDefaults: { ...appSettings([archive]).routeDefaults, uidPolicy } };
  app = await RunningApp.start({ folder: folder.path, classifier, archives: [archive], settings });
  keeper = new CatalogueKeeper(app.context);
  retained = retainedInstances(app.context, keeper);
}

async function stop(): Promise<void> {
  await keeper.close();
  await app.close();
}

const turned = smallSax('101');
const study = turned[0]!.studyInstanceUid;

async function received(instances: readonly Sent[]): Promise<void> {
  await app.receive(instances);
  await app.settled();
}

async function searched(level: 'study' | 'series' | 'instance'): Promise<readonly SearchMatch[]> {
  const { matches } = await retained.search({ level, conditions: [], offset: 0, limit: 100 });
  const found: SearchMatch[] = [];
  for await (const some of matches()) found.push(...some);
  return found;
}

async function bytesOf(instance: RetainedInstance | undefined): Promise<Buffer | undefined> {
  const file = await instance?.open();
  if (file === undefined) return undefined;
  try {
    return Buffer.from(await file.read(0, file.length));
  } finally {
    await file.close();
  }
}

const derivedFiles = () => app.db.all<{ file: string; sha256: string }>('select file, sha256 from results order by id');

describe('what is retained', () => {
  test('is found as it was received and as it was derived, each under its own UIDs', async () => {
    classifier.tell(turned, '101');
    await received(turned);
    const series = await searched('series');
    expect(series).toHaveLength(2);
    const [original, derived] = series.map(({ attributes }) => attributes);
    expect(original!['0020000E']!.Value).toEqual([turned[0]!.seriesInstanceUid]);
    expect(derived!['0020000E']!.Value).not.toEqual(original!['0020000E']!.Value);
    expect(derived!['0008103E']!.Value?.[0]).toMatch(/\[std\]$/);
    for (const one of series) {
      expect(one.studyInstanceUid).toBe(study);
      expect(one.attributes['00201209']!.Value).toEqual([turned.length]);
      expect(one.attributes['00100020']!.Value).toEqual([expect.stringMatching(/^PHANTOM-/)]);
    }
    const found = await retained.find({ studyInstanceUid: study });
    const files = await Promise.all(found.map(bytesOf));
    const sent = new Map(turned.map((one) => [one.sopInstanceUid, Buffer.from(one.dataSet)]));
    found.forEach(({ sopInstanceUid }, i) => {
      const dataSet = sent.get(sopInstanceUid) ?? archive.holdings.get(sopInstanceUid)!;
      expect(files[i]!.subarray(-dataSet.length).equals(dataSet)).toBe(true);
    });
    expect(found).toHaveLength(2 * turned.length);
  });

  test('is catalogued when it was received before there was a catalogue, or while nobody looked', async () => {
    await received(turned);
    await app.db.transaction(async (tx) => {
      await tx.run('delete from catalogue_instances');
      await tx.run('update catalogue_progress set instance_id = 0, result_id = 0');
    });
    expect(await searched('instance')).toHaveLength(turned.length);
    expect(await searched('study')).toHaveLength(1);
  });

  test('shows the newest version of what came twice', async () => {
    await received(turned);
    await received([changed(turned[0] as Sent, { SeriesDescription: ['corrected'] })]);
    const [series] = await searched('series');
    expect(series!.attributes['0008103E']!.Value).toEqual(['corrected']);
    expect(await searched('instance')).toHaveLength(turned.length);
  });

  test('is the result, where a site lets results keep the UIDs of their sources', async () => {
    await stop();
    await start('preserve');
    classifier.tell(turned, '101');
    await received(turned);
    const found = await retained.find({ studyInstanceUid: study });
    expect(found).toHaveLength(turned.length);
    const dataSet = archive.holdings.get(found[0]!.sopInstanceUid)!;
    expect((await bytesOf(found[0]))!.subarray(-dataSet.length).equals(dataSet)).toBe(true);
  });
});

describe('a result whose file is gone', () => {
  test('is derived again from its source, byte for byte', async () => {
    classifier.tell(turned, '101');
    await received(turned);
    const [result] = await derivedFiles();
    const path = join(folder.path, result!.file);
    const before = await readFile(path);
    await rm(path);
    const found = await retained.find({ studyInstanceUid: study });
    const derived = found.filter(({ seriesInstanceUid }) => seriesInstanceUid !== turned[0]!.seriesInstanceUid);
    const files = await Promise.all(derived.map(bytesOf));
    expect(files.some((bytes) => bytes?.equals(before))).toBe(true);
  });

  test('is not claimed where the source is gone too', async () => {
    classifier.tell(turned, '101');
    await received(turned);
    expect(await searched('instance')).toHaveLength(2 * turned.length);
    await rm(join(folder.path, 'results'), { recursive: true });
    await rm(join(folder.path, 'spool'), { recursive: true });
    const [first] = await retained.find({ studyInstanceUid: study });
    expect(await bytesOf(first)).toBeUndefined();
    expect(await searched('instance')).toHaveLength(2 * turned.length - 1);
    await keeper.dropMissing();
    expect(await searched('study')).toEqual([]);
  });
});

describe('the catalogue', () => {
  test('passes over what nobody can address and what cannot be read, and goes on', async () => {
    const [one, two, three] = turned as readonly Sent[];
    await received([changed(one!, { StudyInstanceUID: [''] }), two!, three!]);
    const [row] = await app.db.all<{ file: string }>('select file from instances order by id limit 1 offset 1');
    await rm(join(folder.path, row!.file));
    expect((await searched('instance')).map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([three!.sopInstanceUid]);
  });

  test('says that it is behind while it cannot be written', async () => {
    await received(turned);
    await app.db.transaction((tx) => tx.run('alter table catalogue_progress rename to away'));
    expect(await keeper.upToDate(500)).toBe(false);
    expect(app.log.events.map(({ event }) => event)).toContain('catalogue-not-kept');
  });
});
