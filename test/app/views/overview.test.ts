import { describe, expect, test } from 'vitest';
import { type Overview, overview } from '../../../src/api/overview.ts';
import { overviewOf } from '../../../src/app/views/overview.ts';
import type { Database } from '../../../src/store/database.ts';
import { insertDecision, type NewDecision } from '../../../src/store/decisions.ts';
import { recordOutcomes } from '../../../src/store/delivery-attempts.ts';
import { insertInstances } from '../../../src/store/instances.ts';
import { enqueue } from '../../../src/store/outbox.ts';
import { insertReview } from '../../../src/store/reviews.ts';
import { recordArrivals, setDecided } from '../../../src/store/series.ts';
import { worklistPage } from '../../../src/store/worklist.ts';
import { FAILURE, newDecision, newDelivery, newInstance } from '../../store/sample-records.ts';
import { temporaryDatabase } from '../../store/temporary-database.ts';

const NOON = new Date(2026, 2, 10, 12).getTime();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Arrived extends Partial<NewDecision> {
  readonly at: number;
  readonly scanner?: string;
  readonly decided?: boolean;
  readonly outcome?: 'delivered' | 'dead';
}

let count = 0;

/** One series of a study of its own, with one instance, decided and sent. */
function arrive(db: Database, arrived: readonly Arrived[]): Promise<void> {
  return db.transaction(async (tx) => {
    for (const { at, scanner = 'MR1', decided = true, outcome = 'delivered', ...decision } of arrived) {
      const study = `1.2.${++count}`;
      const arrival = {
        studyInstanceUid: study,
        seriesInstanceUid: `${study}.1`,
        part: 'cine' as const,
        receivedAt: at,
      };
      const [series] = await recordArrivals(tx, [arrival]);
      const row = newInstance(series!, 1, { callingAeTitle: scanner, receivedAt: at });
      const [instance] = await insertInstances(tx, [row]);
      if (!decided) continue;
      const decisionId = await insertDecision(tx, newDecision(series!.id, decision));
      await setDecided(tx, { seriesId: series!.id, kind: 'cine', kindRule: null, decisionId });
      const [deliveryId] = await enqueue(tx, [newDelivery(instance!, { queuedAt: at })]);
      const done = { deliveryId: deliveryId!, at: at + 60_000 };
      await recordOutcomes(tx, [
        outcome === 'dead' ? { ...done, outcome, ...FAILURE, reason: 'refused' } : { ...done, outcome },
      ]);
    }
  });
}

async function overviewAt(db: Database, query: { since?: string } = {}): Promise<Overview> {
  return overview.parse(await overviewOf(query, { db, now: () => NOON }, [{ name: 'spare', problem: 'it is asleep' }]));
}

describe('the overview', () => {
  test('counts what came in since midnight by what became of it, in all and by scanner', async () => {
    const db = await temporaryDatabase();
    await arrive(db, [
      { at: NOON - 14 * HOUR_MS, decision: 'standardize' },
      { at: NOON - HOUR_MS, decision: 'standardize' },
      { at: NOON - HOUR_MS, decision: 'standardize', mode: 'observe', flags: ['observe'] },
      { at: NOON - HOUR_MS, flags: ['contradiction'], outcome: 'dead' },
      { at: NOON - HOUR_MS, flags: ['near-border'], scanner: 'MR2' },
      { at: NOON - HOUR_MS, decision: 'hold-for-review', scanner: 'MR2' },
      { at: NOON - 1000, decided: false, scanner: 'MR2' },
    ]);
    const { since, counts, scanners } = await overviewAt(db);
    expect(new Date(since)).toEqual(new Date(2026, 2, 10));
    const all = {
      received: 6,
      turned: 1,
      wouldTurn: 1,
      leftAlone: 2,
      flagged: 1,
      needReview: 2,
      held: 1,
      receiving: 1,
      failing: 1,
      reviewed: 0,
    };
    expect(counts).toEqual(all);
    expect(scanners).toMatchObject([
      { callingAeTitle: 'MR1', stationName: null, kind: 'cine', received: 3, turned: 1, failing: 1 },
      { callingAeTitle: 'MR2', kind: null, received: 1, receiving: 1 },
      { callingAeTitle: 'MR2', kind: 'cine', received: 2, leftAlone: 1, held: 1 },
    ]);
    const longer = await overviewAt(db, { since: new Date(NOON - DAY_MS).toISOString() });
    expect(longer.counts).toMatchObject({ received: 7, turned: 2 });
  });

  test('counts as in need of a person what the list would show, so what is answered no more', async () => {
    const db = await temporaryDatabase();
    await arrive(db, [
      { at: NOON, flags: ['contradiction'] },
      { at: NOON, decision: 'hold-for-review' },
    ]);
    const query = { review: 'needed', order: 'received', descending: true, limit: 10 } as const;
    const listed = async () => (await worklistPage(db, query)).total;
    expect((await overviewAt(db)).counts).toMatchObject({ flagged: 1, needReview: 2 });
    expect(await listed()).toBe(2);
    const [asking] = await db.all<{ seriesId: number; decisionId: number }>(
      `select series_id as "seriesId", decision_id as "decisionId" from worklist where flags_json <> '[]'`,
    );
    const { seriesId, decisionId } = asking!;
    const approved = { act: 'approve', by: 'ann', because: 'looks right', code: null } as const;
    await db.transaction((tx) =>
      insertReview(tx, { ...approved, seriesId, at: NOON, lookedAt: decisionId, decisionId }),
    );
    expect((await overviewAt(db)).counts).toMatchObject({ flagged: 1, needReview: 1, reviewed: 1 });
    expect(await listed()).toBe(1);
  });

  test('tells the last 24 hours one by one, and how long what waits has waited', async () => {
    const db = await temporaryDatabase();
    await arrive(db, [{ at: NOON - 23 * HOUR_MS }, { at: NOON - 30 * HOUR_MS }, { at: NOON, outcome: 'dead' }]);
    await db.transaction((tx) => tx.run("update deliveries set state = 'pending' where state = 'dead'"));
    const { hours, queues } = await overviewAt(db);
    expect(hours).toHaveLength(24);
    expect(hours[0]).toEqual({
      hour: new Date(NOON - 23 * HOUR_MS).toISOString(),
      instances: 1,
      series: 1,
      delivered: 1,
    });
    expect(hours[23]).toEqual({ hour: new Date(NOON).toISOString(), instances: 1, series: 1, delivered: 0 });
    expect(hours.slice(1, 23).every(({ instances, series }) => instances + series === 0)).toBe(true);
    expect(queues).toEqual([
      { destination: 'spare', waiting: 0, dead: 0, oldestSeconds: null, problem: 'it is asleep' },
      { destination: 'archive', waiting: 1, dead: 0, oldestSeconds: 0, problem: null },
    ]);
  });

  test('names the scanner whose codes changed in the last week, and no other', async () => {
    const db = await temporaryDatabase();
    const turned = { observedCode: '110', decision: 'standardize' } as unknown as Partial<NewDecision>;
    const standard = { observedCode: '000' } as unknown as Partial<NewDecision>;
    const days = Array.from({ length: 60 }, (_, day) => NOON - (day + 1) * DAY_MS + HOUR_MS);
    await arrive(
      db,
      days.map((at, day) => ({ at, scanner: 'CHANGED', ...(day < 7 ? turned : standard) })),
    );
    await arrive(
      db,
      days.map((at, day) => ({ at, scanner: 'AS_BEFORE', ...(day % 3 === 0 ? turned : standard) })),
    );
    await arrive(
      db,
      days.slice(0, 9).map((at) => ({ at, scanner: 'NEW', ...turned })),
    );
    const { drift } = await overviewAt(db);
    expect(drift.map(({ callingAeTitle, changed }) => [callingAeTitle, changed])).toEqual([
      ['CHANGED', true],
      ['AS_BEFORE', false],
    ]);
    expect(drift[0]).toMatchObject({ recent: { '110': 7, '000': 0 }, before: { '110': 0, '000': 53 } });
    expect(drift[0]?.sentence).toMatch(/^Code \d{3} comes (more|less) often/);
  });
});
