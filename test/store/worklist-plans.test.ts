import { describe, expect, test } from 'vitest';
import { SERIES_ORDERS, type SeriesFilter } from '../../src/api/series.ts';
import type { SqlValue } from '../../src/store/connection.ts';
import type { Database, Reader } from '../../src/store/database.ts';
import { countsByHour, countsByScanner, observedCodes } from '../../src/store/overview-counts.ts';
import { seriesMatching, worklistPage } from '../../src/store/worklist.ts';
import { insertManySeries } from '../support/many-series.ts';
import { temporaryDatabase } from './temporary-database.ts';

const UNTIL = Date.UTC(2026, 0, 15, 12);

interface Plan {
  readonly sql: string;
  readonly steps: string;
}

/** The plans of the statements that some work asks. */
async function plansOf(database: Database, work: (reader: Reader) => Promise<unknown>): Promise<readonly Plan[]> {
  const asked: string[] = [];
  const watched: Reader = {
    all: <Row>(sql: string, parameters?: readonly SqlValue[]) => {
      asked.push(sql);
      return database.all<Row>(sql, parameters);
    },
  };
  await work(watched);
  return Promise.all(
    asked.map(async (sql) => {
      const steps = await database.all<{ detail: string }>(`explain query plan ${sql}`);
      return { sql, steps: steps.map(({ detail }) => detail).join('\n') };
    }),
  );
}

/** Only the short rows of the list, and the texts that a search has to look through, may be read whole. */
const READ_WHOLE = /SCAN (?!worklist|worklist_texts|json_each|wanted|earlier|\(subquery)(\w+)/;

const FILTERS: readonly SeriesFilter[] = [
  {},
  { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' },
  { scanner: 'A', station: 'S', kind: 'LGE', code: '101', decision: 'standardize', reason: 'turned', flag: 'late' },
  { confidenceFrom: 0.2, confidenceBelow: 0.5, modelVersion: '0.1.0' },
  { delivery: 'waiting', destination: 'archive' },
  { delivery: 'delivered', destination: 'archive' },
  { delivery: 'dead' },
  { review: 'needed' },
  { review: 'done', reviewer: 'j.doe' },
  { study: '1.2' },
  { series: '1.2' },
  { text: 'one two three' },
];

describe('the list of series', () => {
  test('reads no table that grows with the instances, whatever is asked in whatever order', async () => {
    const database = await temporaryDatabase();
    await insertManySeries(database, { count: 100, until: UNTIL });
    for (const filter of FILTERS) {
      const plans = await plansOf(database, async (reader) => {
        await seriesMatching(reader, filter);
        for (const order of SERIES_ORDERS) {
          for (const descending of [true, false]) {
            const query = { ...filter, order, descending, limit: 1 };
            const { next } = await worklistPage(reader, query);
            if (next !== null) await worklistPage(reader, { ...query, cursor: next });
          }
        }
      });
      for (const { sql, steps } of plans) expect(steps, sql).not.toMatch(READ_WHOLE);
    }
  });

  test.each(SERIES_ORDERS)('begins and goes on by an index, where it is ordered by %s', async (order) => {
    const database = await temporaryDatabase();
    await insertManySeries(database, { count: 100, until: UNTIL });
    for (const descending of [true, false]) {
      const plans = await plansOf(database, async (reader) => {
        const query = { order, descending, limit: 10 };
        const { next } = await worklistPage(reader, query);
        await worklistPage(reader, { ...query, cursor: next ?? '' });
      });
      const [first, further] = plans.filter(({ sql }) => sql.includes('as k0'));
      expect(first?.steps).toBe(`SCAN worklist USING COVERING INDEX worklist_by_${order}`);
      expect(further?.steps).toMatch(new RegExp(`^SEARCH worklist USING COVERING INDEX worklist_by_${order} `));
      expect(further?.steps).toContain(descending ? 'rowid)<(?' : 'rowid)>(?');
      expect(further?.steps).not.toContain('TEMP B-TREE');
    }
  });

  test('is summed up by the time of arrival', async () => {
    const database = await temporaryDatabase();
    const plans = await plansOf(database, async (reader) => {
      await countsByScanner(reader, UNTIL);
      await countsByHour(reader, 1);
      await observedCodes(reader, { recent: UNTIL, before: 0 });
    });
    for (const { sql, steps } of plans) {
      expect(steps, sql).toMatch(/SEARCH worklist USING (COVERING )?INDEX worklist_by_received/);
      expect(steps, sql).not.toMatch(/SCAN (?!json_each)/);
    }
  });
});
