import { expect, test } from 'vitest';
import { removable } from '../../src/core/retention/retention-policy.ts';
import { seriesFacts, seriesWithFiles } from '../../src/store/retention.ts';
import { seriesMatching } from '../../src/store/worklist.ts';
import { insertManySeries } from '../support/many-series.ts';
import { temporaryDatabase } from './temporary-database.ts';

const UNTIL = Date.UTC(2026, 2, 1);
const ALL = { copiesBefore: Number.MAX_SAFE_INTEGER, originalsOfTurnedBefore: Number.MAX_SAFE_INTEGER };

test('what waits for a person by the list of series is what retention keeps for one, series by series', async () => {
  const database = await temporaryDatabase();
  await insertManySeries(database, { count: 1200, until: UNTIL, receiving: 10 });
  const waiting = new Set(await seriesMatching(database, { review: 'needed' }));
  expect(waiting.size).toBeGreaterThan(5);
  const kept = { held: 0, arriving: 0, undelivered: 0, gone: 0 };
  for (let id = 1; id <= 1200; id++) {
    const facts = await seriesFacts(database, id);
    if (facts === undefined) throw new Error(`there is no series ${id}`);
    expect(facts.needsReview, `series ${id}`).toBe(waiting.has(id));
    const { instances } = removable(facts, ALL);
    if (waiting.has(id) || facts.isHeld || !facts.isDecided) expect(instances).toEqual([]);
    const deliveries = await database.all<{ state: string }>(
      `select deliveries.state from instances join deliveries on deliveries.instance_id = instances.id
        where series_id = ? and superseded_at is null`,
      [id],
    );
    if (deliveries.some(({ state }) => state !== 'delivered')) {
      expect(instances).toEqual([]);
      kept.undelivered += 1;
    }
    kept.held += facts.isHeld ? 1 : 0;
    kept.arriving += facts.isDecided ? 0 : 1;
    kept.gone += instances.length;
  }
  expect(kept.arriving).toBe(10);
  expect(kept.undelivered).toBeGreaterThan(0);
  expect(kept.gone).toBeGreaterThan(100);
});

test('all series with files are walked through once, in pages of any size', async () => {
  const database = await temporaryDatabase();
  await insertManySeries(database, { count: 50, until: UNTIL });
  await database.transaction((tx) => tx.run('update instances set removed_at = 1 where series_id % 3 = 0'));
  for (const limit of [1, 7, 100]) {
    const seen: number[] = [];
    for (let after = 0; ; ) {
      const page = await seriesWithFiles(database, { after, limit });
      if (page.length === 0) break;
      seen.push(...page.map(({ id }) => id));
      after = page.at(-1)!.id;
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i + 1).filter((id) => id % 3 !== 0));
  }
});
