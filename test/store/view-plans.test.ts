import { describe, expect, test } from 'vitest';
import type { SqlValue } from '../../src/store/connection.ts';
import type { Reader } from '../../src/store/database.ts';
import { decisionsOfSeries } from '../../src/store/decisions.ts';
import { failureCauses, QUEUE_STATES, queuedDeliveries, queuedOfSeries } from '../../src/store/delivery-queue.ts';
import { enqueue } from '../../src/store/outbox.ts';
import { standingResults } from '../../src/store/results.ts';
import { retryableDeliveries } from '../../src/store/retryable.ts';
import { sentOfSeries } from '../../src/store/sent.ts';
import { instanceNumbers, seriesOfOneStudy } from '../../src/store/study-series.ts';
import { newDelivery, receivedSeries, STUDY } from './sample-records.ts';
import { temporaryDatabase } from './temporary-database.ts';

const WHOLE_TABLE =
  /SCAN (instances|series|decisions|results|deliveries|audit|catalogue_instances|worklist|worklist_texts)\b/;

/** The plans of the statements that were asked. */
async function plansOf(ask: (reader: Reader) => Promise<unknown>): Promise<readonly string[]> {
  const database = await temporaryDatabase();
  const { instances } = await receivedSeries(database, 1);
  await database.transaction((tx) => enqueue(tx, [newDelivery(instances[0]!)]));
  const asked: { sql: string; values: readonly SqlValue[] }[] = [];
  await ask({
    all: (sql, values = []) => {
      asked.push({ sql, values });
      return database.all(sql, values);
    },
  });
  return Promise.all(
    asked.map(async ({ sql, values }) => {
      const plan = await database.all<{ detail: string }>(`explain query plan ${sql}`, values);
      return plan.map(({ detail }) => detail).join('; ');
    }),
  );
}

describe('what views ask of the store', () => {
  test('reads no table from end to end', async () => {
    const plans = await plansOf(async (reader) => {
      const page = { states: QUEUE_STATES, after: 0, limit: 10 };
      await queuedDeliveries(reader, page);
      await queuedOfSeries(reader, 1, { ...page, destination: 'archive' });
      await failureCauses(reader, 'archive');
      await retryableDeliveries(reader, [1]);
      await standingResults(reader, 1);
      await decisionsOfSeries(reader, 1);
      await sentOfSeries(reader, 1);
      await seriesOfOneStudy(reader, STUDY);
      await instanceNumbers(reader, [1]);
    });
    expect(plans.length).toBeGreaterThan(12);
    for (const plan of plans) expect(plan).not.toMatch(WHOLE_TABLE);
  });

  test('takes a page of the queue, and the causes of failures, out of their index without sorting', async () => {
    const plans = await plansOf(async (reader) => {
      for (const state of QUEUE_STATES) {
        await queuedDeliveries(reader, { destination: 'archive', states: [state], after: 5, limit: 10 });
      }
    });
    expect(plans).toHaveLength(4);
    for (const plan of plans) expect(plan).not.toMatch(/TEMP B-TREE/);
    const [causes] = await plansOf((reader) => failureCauses(reader, 'archive'));
    expect(causes).not.toMatch(/TEMP B-TREE FOR GROUP BY/);
  });
});
