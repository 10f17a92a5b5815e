import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ImagePlane } from '../../src/core/geometry/image-plane.ts';
import { correctionFor, observed } from '../../src/core/orientation/d4.ts';
import {
  decidedInStudy,
  decisionById,
  decisionsBySeriesUid,
  insertDecision,
  latestDecision,
  standingHolds,
} from '../../src/store/decisions.ts';
import { setDecided } from '../../src/store/series.ts';
import { insertStackGroup, stackGroupsOfStudy } from '../../src/store/stack-groups.ts';
import { NOON, newDecision, receivedSeries, STUDY } from './sample-records.ts';
import { temporaryDatabase } from './temporary-database.ts';

const PLANE: ImagePlane = {
  imagePositionPatient: [-12.5, 33.1, 0.1],
  rowCosines: [0.71, 0.7, -0.03],
  columnCosines: [-0.31, 0.27, -0.91],
  rowSpacingMm: 1.4,
  columnSpacingMm: 1.5,
  rows: 256,
  columns: 208,
};

const FULL = {
  decision: 'standardize',
  observedCode: observed('101'),
  correction: correctionFor(observed('101')),
  flags: ['stale-private-geometry', 'near-border'],
  probabilities: [0.01, 0.02, 0.03, 0.04, 0, 0.9, 0, 0],
  sax: 0.1 + 0.2,
  metricReason: 'turned',
  header: { code: observed('101'), angleDegrees: 3.7, side: 0.98, geodesicDegrees: 12.5 },
  modelName: 'orientation-open',
  modelVersion: '1',
  modelSha256: 'c'.repeat(64),
  provider: 'cpu',
  derivation: { derivedAt: '20260115120000.000000+0000', text: 'Reoriented' },
} as const;

describe('decisions', () => {
  test('a decision comes back with every field as it was written', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 1);
    const written = newDecision(series.id, FULL);
    const id = await database.transaction((tx) => insertDecision(tx, written));
    expect(await decisionById(database, id)).toEqual({ ...written, id });
    expect(await decisionById(database, id + 1)).toBeUndefined();
  });

  test('numbers come back to the last bit', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 1);
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const property = fc.asyncProperty(number, async (sax) => {
      const decision = newDecision(series.id, { sax, probabilities: [sax], header: { ...FULL.header, side: sax } });
      const id = await database.transaction((tx) => insertDecision(tx, decision));
      const read = await decisionById(database, id);
      expect([read!.sax, read!.probabilities, read!.header!.side]).toEqual([sax, [sax], sax]);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  test('the newest decision of a series is the one that counts, and the older ones stay', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 1);
    expect(await latestDecision(database, series.id)).toBeUndefined();
    const [first, second] = await database.transaction(async (tx) => {
      const id = await insertDecision(tx, newDecision(series.id, { decision: 'hold-for-review' }));
      return [id, await insertDecision(tx, newDecision(series.id, { supersedes: id, decidedAt: NOON + 1 }))];
    });
    expect((await latestDecision(database, series.id))?.id).toBe(second);
    const all = await decisionsBySeriesUid(database, series.seriesInstanceUid);
    expect(all.map(({ id, supersedes }) => [id, supersedes])).toEqual([
      [first, null],
      [second, first],
    ]);
  });

  test('a series is held back until a later decision stands', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 1);
    const verdict = { seriesId: series.id, kind: 'cine', kindRule: null } as const;
    const held = await database.transaction(async (tx) => {
      const decisionId = await insertDecision(tx, newDecision(series.id, { decision: 'hold-for-review' }));
      await setDecided(tx, { ...verdict, decisionId });
      return decisionId;
    });
    expect((await standingHolds(database)).map(({ id }) => id)).toEqual([held]);
    await database.transaction(async (tx) => {
      const decisionId = await insertDecision(tx, newDecision(series.id, { supersedes: held }));
      await setDecided(tx, { ...verdict, decisionId });
    });
    expect(await standingHolds(database)).toEqual([]);
  });

  test.each([
    ['changed', "update decisions set reason = ''"],
    ['removed', 'delete from decisions'],
    ['replaced', 'insert or replace into decisions select * from decisions'],
  ])('a decision cannot be %s', async (_, sql) => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 1);
    await database.transaction((tx) => insertDecision(tx, newDecision(series.id)));
    await expect(database.transaction((tx) => tx.run(sql))).rejects.toMatchObject({ code: 'database-failed' });
  });

  test('what a study settled is told with the stack groups and only by the decisions that stand', async () => {
    const database = await temporaryDatabase();
    const sax = await receivedSeries(database, 1, 1);
    const scout = await receivedSeries(database, 1, 2);
    await receivedSeries(database, 1, 3);
    const group = { studyInstanceUid: STUDY, frameOfReferenceUid: `${STUDY}.99`, kind: 'cine', plane: PLANE } as const;
    const ids = await database.transaction(async (tx) => {
      const stackGroupId = await insertStackGroup(tx, group);
      const held = await insertDecision(tx, newDecision(sax.series.id, { decision: 'hold-for-review' }));
      const stands = await insertDecision(tx, newDecision(sax.series.id, { ...FULL, stackGroupId, supersedes: held }));
      const other = await insertDecision(tx, newDecision(scout.series.id, { kind: 'other' }));
      await setDecided(tx, { seriesId: sax.series.id, kind: 'cine', kindRule: null, decisionId: stands });
      await setDecided(tx, { seriesId: scout.series.id, kind: 'other', kindRule: null, decisionId: other });
      return { stackGroupId, stands, other };
    });
    const settled = await decidedInStudy(database, STUDY);
    expect(settled).toMatchObject([
      { seriesInstanceUid: sax.series.seriesInstanceUid, decision: { id: ids.stands }, stackGroup: group },
      { seriesInstanceUid: scout.series.seriesInstanceUid, decision: { id: ids.other }, stackGroup: null },
    ]);
    expect(settled[0]!.decision).toEqual(await decisionById(database, ids.stands));
    expect(await stackGroupsOfStudy(database, STUDY)).toEqual([{ ...group, id: ids.stackGroupId }]);
    expect(await decidedInStudy(database, '1.2.3')).toEqual([]);
  });
});
