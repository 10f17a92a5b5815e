import { describe, expect, test } from 'vitest';
import type { SequenceKind } from '../../src/core/series/sequence-kind.ts';
import { insertDecision } from '../../src/store/decisions.ts';
import { addSeriesFlags, recordArrivals, seriesByIds, seriesByUid, setDecided } from '../../src/store/series.ts';
import { NOON, newDecision, receivedSeries, STUDY } from './sample-records.ts';
import { temporaryDatabase } from './temporary-database.ts';

function arrival(series: string, minutes: number, study = STUDY) {
  return {
    studyInstanceUid: study,
    seriesInstanceUid: series,
    part: 'cine' as SequenceKind,
    receivedAt: NOON + minutes * 60_000,
  };
}

describe('series', () => {
  test('a batch makes each series once and answers every arrival with its series', async () => {
    const database = await temporaryDatabase();
    const arrivals = [arrival('1.2', 3), arrival('1.3', 4), arrival('1.2', 1), arrival('1.2', 2, '9.9')];
    const records = await database.transaction((tx) => recordArrivals(tx, arrivals));
    expect(records.map(({ seriesInstanceUid }) => seriesInstanceUid)).toEqual(['1.2', '1.3', '1.2', '1.2']);
    expect(records[0]).toEqual(records[2]);
    expect(records[3]!.id).not.toBe(records[0]!.id);
    expect(records[0]).toMatchObject({
      state: 'receiving',
      firstReceivedAt: NOON + 60_000,
      lastReceivedAt: NOON + 180_000,
      kind: null,
      decisionId: null,
      flags: [],
    });
    expect(await seriesByUid(database, '1.2')).toHaveLength(2);
  });

  test('later arrivals move the times of a series and never its beginning forward', async () => {
    const database = await temporaryDatabase();
    await database.transaction((tx) => recordArrivals(tx, [arrival('1.2', 5)]));
    const [series] = await database.transaction((tx) => recordArrivals(tx, [arrival('1.2', 9)]));
    expect(series).toMatchObject({ firstReceivedAt: NOON + 300_000, lastReceivedAt: NOON + 540_000 });
    expect(await database.transaction((tx) => recordArrivals(tx, []))).toEqual([]);
  });

  test('a late arrival does not undo that a series is decided', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 3);
    const decisionId = await database.transaction(async (tx) => {
      const id = await insertDecision(tx, newDecision(series.id));
      await setDecided(tx, { seriesId: series.id, kind: 'LGE', kindRule: 'lge-by-name', decisionId: id });
      return id;
    });
    await database.transaction((tx) => recordArrivals(tx, [{ ...series, receivedAt: NOON + 1 }]));
    expect(await seriesByIds(database, [series.id])).toMatchObject([
      { state: 'decided', kind: 'LGE', kindRule: 'lge-by-name', decisionId },
    ]);
  });

  test('one Series Instance UID on instances of two kinds is two series', async () => {
    const database = await temporaryDatabase();
    const arrivals = (['cine', 'other'] as const).map((part) => ({ ...arrival('1.2', 5), part }));
    const records = await database.transaction((tx) => recordArrivals(tx, arrivals));
    expect(new Set(records.map(({ id }) => id)).size).toBe(2);
  });

  test('flags are added to those that are there, each once', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 1);
    await database.transaction((tx) => addSeriesFlags(tx, series.id, ['late']));
    await database.transaction((tx) => addSeriesFlags(tx, series.id, ['late', 'time-budget']));
    expect((await seriesByIds(database, [series.id]))[0]!.flags).toEqual(['late', 'time-budget']);
  });
});
