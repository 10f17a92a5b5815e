import { describe, expect, test } from 'vitest';
import { knownFiles, unknownFiles } from '../../src/store/spool-files.ts';
import { decidedSeries } from './decided-series.ts';
import { receivedSeries } from './sample-records.ts';
import { temporaryDatabase } from './temporary-database.ts';

describe('spool files', () => {
  test('of the files in the spool, those that are neither received nor derived are told', async () => {
    const { database, instances, results } = await decidedSeries();
    const strangers = ['received/new.dcm', 'derived/half.dcm'];
    const files = [
      strangers[0]!,
      ...instances.map(({ file }) => file),
      strangers[1]!,
      ...results.map(({ file }) => file),
    ];
    expect(await unknownFiles(database, files)).toEqual(strangers);
    const known: string[] = [];
    for await (const file of knownFiles(database)) known.push(file);
    expect(known).toEqual([...instances, ...results].map(({ file }) => file));
  });

  test('every known file is told once over more than one page', async () => {
    const database = await temporaryDatabase();
    const { instances } = await receivedSeries(database, 11_000);
    const known: string[] = [];
    for await (const file of knownFiles(database)) known.push(file);
    expect(known).toEqual(instances.map(({ file }) => file));
  });
});
