import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { insertDecision } from '../../src/store/decisions.ts';
import {
  addInstanceFlags,
  findVersions,
  insertInstances,
  instancesByIds,
  instancesOfSeries,
  markInstances,
  undecidedInstances,
} from '../../src/store/instances.ts';
import { setDecided } from '../../src/store/series.ts';
import { newDecision, newInstance, newSeries, receivedSeries } from './sample-records.ts';
import { temporaryDatabase } from './temporary-database.ts';

describe('instances', () => {
  test('instances get their ids in the order in which they are inserted', async () => {
    const database = await temporaryDatabase();
    const { series, instances } = await receivedSeries(database, 50);
    expect(instances.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(
      Array.from({ length: 50 }, (_, index) => `${series.seriesInstanceUid}.${index + 1}`),
    );
    expect(await instancesOfSeries(database, series.id)).toEqual(instances);
    expect(instances.map(({ id }) => id)).toEqual(instances.map((_, index) => instances[0]!.id + index));
  });

  test('every arrival of one SOP Instance UID is the next version of it, within one insert and across inserts', async () => {
    const database = await temporaryDatabase();
    const versions = await database.transaction(async (tx) => {
      const series = await newSeries(tx);
      const arrival = (file: string) => newInstance(series, 1, { file });
      const first = await insertInstances(tx, [arrival('a'), arrival('b')]);
      const second = await insertInstances(tx, [arrival('c')]);
      return [...first, ...second];
    });
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3]);
    const uid = versions[0]!.sopInstanceUid;
    const found = await findVersions(database, [uid, '1.2.3']);
    expect(found.get(uid)).toEqual(versions);
    expect(found.has('1.2.3')).toBe(false);
  });

  test('one file cannot be recorded twice', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 1);
    const again = database.transaction((tx) => insertInstances(tx, [newInstance(series, 1)]));
    await expect(again).rejects.toMatchObject({ code: 'database-failed' });
  });

  test('whatever text and numbers a header holds comes back as it was', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 0);
    let n = 0;
    const property = fc.asyncProperty(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.string({ unit: 'binary', maxLength: 20 }),
      async (header, text) => {
        n += 1;
        const row = newInstance(series, n, { header, callingAeTitle: text, receivedAt: 2 ** 45 + n });
        const [written] = await database.transaction((tx) => insertInstances(tx, [row]));
        const [read] = await instancesByIds(database, [written!.id]);
        expect(read).toEqual({ ...written!, header: JSON.parse(JSON.stringify(header)) });
      },
    );
    await fc.assert(property, { numRuns: 25 });
  });

  test('a restart takes up what is undecided and all of a series that is being received, but nothing decided', async () => {
    const database = await temporaryDatabase();
    const receiving = await receivedSeries(database, 3, 1);
    const decided = await receivedSeries(database, 3, 2);
    await database.transaction(async (tx) => {
      await markInstances(tx, [receiving.instances[0]!.id], 'decided');
      const decisionId = await insertDecision(tx, newDecision(decided.series.id));
      await setDecided(tx, { seriesId: decided.series.id, kind: 'cine', kindRule: null, decisionId });
      await markInstances(
        tx,
        decided.instances.map(({ id }) => id),
        'decided',
      );
    });
    const [late] = await database.transaction((tx) => insertInstances(tx, [newInstance(decided.series, 9)]));
    const ids = (await undecidedInstances(database)).map(({ id }) => id);
    expect(ids).toEqual([...receiving.instances.map(({ id }) => id), late!.id]);
  });

  test('flags are added to those that are there, each once', async () => {
    const database = await temporaryDatabase();
    const { instances } = await receivedSeries(database, 2);
    const ids = [instances[0]!.id];
    await database.transaction((tx) => addInstanceFlags(tx, ids, ['late', 'duplicate-uid']));
    await database.transaction((tx) => addInstanceFlags(tx, ids, ['late', 'no-geometry']));
    const [flagged, other] = await instancesByIds(
      database,
      instances.map(({ id }) => id),
    );
    expect(flagged!.flags).toEqual(['duplicate-uid', 'late', 'no-geometry']);
    expect(other!.flags).toEqual([]);
  });
});
