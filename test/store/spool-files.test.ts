import { describe, expect, test } from 'vitest';
import { unknownFiles } from '../../src/store/spool-files.ts';
import { decidedSeries } from './decided-series.ts';

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
  });
});
