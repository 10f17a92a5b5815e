import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { attemptsOf, recordOutcomes } from '../../src/store/delivery-attempts.ts';
import {
  deliveriesOfInstances,
  enqueue,
  nextBatch,
  nextDueAt,
  oldestPending,
  reopenDeliveries,
} from '../../src/store/outbox.ts';
import { FAILURE, NOON, newDelivery, receivedSeries } from './sample-records.ts';
import { temporaryDatabase } from './temporary-database.ts';

function take(database: Database, now = NOON, limit = 10, except: readonly number[] = []) {
  return nextBatch(database, { destination: 'archive', now, limit, except });
}

async function queued(database: Database, count: number, overrides = {}) {
  const { instances } = await receivedSeries(database, count);
  const ids = await database.transaction((tx) =>
    enqueue(
      tx,
      instances.map((instance) => newDelivery(instance, overrides)),
    ),
  );
  return { instances, ids };
}

describe('outbox', () => {
  test('what is queued first is sent first, to its own destination only', async () => {
    const database = await temporaryDatabase();
    const { instances, ids } = await queued(database, 5);
    await database.transaction((tx) => enqueue(tx, [newDelivery(instances[0]!, { destination: 'web' })]));
    expect((await take(database, NOON, 3)).map(({ id }) => id)).toEqual(ids.slice(0, 3));
    expect((await take(database, NOON, 3, ids.slice(0, 3))).map(({ id }) => id)).toEqual(ids.slice(3));
    expect(await take(database, NOON - 1)).toEqual([]);
  });

  test('an instance waits while an earlier delivery of its SOP Instance UID is pending, even one that is not due', async () => {
    const database = await temporaryDatabase();
    const { instances, ids } = await queued(database, 1);
    const [later] = await database.transaction((tx) =>
      enqueue(tx, [newDelivery(instances[0]!, { queuedAt: NOON + 1 })]),
    );
    await database.transaction((tx) =>
      recordOutcomes(tx, [
        {
          deliveryId: ids[0]!,
          at: NOON,
          outcome: 'failed',
          ...FAILURE,
          reason: 'The archive is full',
          nextAttemptAt: NOON + 60_000,
        },
      ]),
    );
    expect(await take(database, NOON + 10)).toEqual([]);
    expect((await take(database, NOON + 60_000)).map(({ id }) => id)).toEqual([ids[0]]);
    await database.transaction((tx) =>
      recordOutcomes(tx, [{ deliveryId: ids[0]!, at: NOON + 60_000, outcome: 'delivered' }]),
    );
    expect((await take(database, NOON + 60_000)).map(({ id }) => id)).toEqual([later]);
  });

  test('outcomes move a delivery on and every attempt is kept with its reason', async () => {
    const database = await temporaryDatabase();
    const { instances, ids } = await queued(database, 3);
    const [first, second, third] = ids as [number, number, number];
    await database.transaction((tx) =>
      recordOutcomes(tx, [
        { deliveryId: first, at: NOON + 1, outcome: 'delivered', warning: 'coerced (B000)' },
        {
          deliveryId: second,
          at: NOON + 2,
          outcome: 'failed',
          ...FAILURE,
          reason: 'out of resources (A700)',
          nextAttemptAt: NOON + 99,
        },
        { deliveryId: third, at: NOON + 3, outcome: 'dead', ...FAILURE, reason: 'SOP class not supported (0122)' },
      ]),
    );
    const records = await deliveriesOfInstances(
      database,
      instances.map(({ id }) => id),
    );
    expect(records).toMatchObject([
      { state: 'delivered', attempts: 1, deliveredAt: NOON + 1, reason: 'coerced (B000)' },
      { state: 'pending', attempts: 1, nextAttemptAt: NOON + 99, deliveredAt: null, reason: 'out of resources (A700)' },
      { state: 'dead', attempts: 1, deliveredAt: null, reason: 'SOP class not supported (0122)' },
    ]);
    await database.transaction((tx) =>
      recordOutcomes(tx, [{ deliveryId: second, at: NOON + 100, outcome: 'delivered' }]),
    );
    expect(await attemptsOf(database, second)).toMatchObject([
      { at: NOON + 2, outcome: 'failed', reason: 'out of resources (A700)' },
      { at: NOON + 100, outcome: 'delivered', reason: null },
    ]);
    expect((await deliveriesOfInstances(database, [instances[1]!.id]))[0]).toMatchObject({ attempts: 2, reason: null });
  });

  test('the next time to look is when the first delivery that is not due becomes due', async () => {
    const database = await temporaryDatabase();
    expect(await nextDueAt(database, 'archive', NOON)).toBeUndefined();
    expect(await oldestPending(database, 'archive')).toBeUndefined();
    const { ids } = await queued(database, 2);
    await database.transaction((tx) =>
      recordOutcomes(tx, [
        { deliveryId: ids[1]!, at: NOON, outcome: 'failed', ...FAILURE, reason: 'no', nextAttemptAt: NOON + 500 },
      ]),
    );
    expect(await nextDueAt(database, 'archive', NOON)).toBe(NOON + 500);
    expect(await oldestPending(database, 'archive')).toBe(NOON);
  });

  test('a re-send opens the newest delivery for each destination and purpose and nothing that was replaced', async () => {
    const database = await temporaryDatabase();
    const { instances, ids } = await queued(database, 2);
    const newer = await database.transaction((tx) =>
      enqueue(tx, [newDelivery(instances[0]!), newDelivery(instances[0]!, { purpose: 'original' })]),
    );
    const web = await database.transaction((tx) => enqueue(tx, [newDelivery(instances[0]!, { destination: 'web' })]));
    const all = [...ids, ...newer, ...web];
    await database.transaction((tx) =>
      recordOutcomes(
        tx,
        all.map((deliveryId) => ({ deliveryId, at: NOON + 5, outcome: 'delivered' as const })),
      ),
    );
    const again = { instanceIds: [instances[0]!.id], at: NOON + 9, destination: 'archive' };
    expect(await database.transaction((tx) => reopenDeliveries(tx, again))).toBe(2);
    expect((await take(database, NOON + 9)).map(({ id }) => id)).toEqual([newer[0]]);
    const { destination: _, ...everywhere } = again;
    expect(await database.transaction((tx) => reopenDeliveries(tx, everywhere))).toBe(3);
  });

  test('whatever fails in between, the deliveries of one SOP Instance UID succeed in the order they were queued', async () => {
    const step = fc.record({ uid: fc.integer({ min: 0, max: 2 }), fails: fc.integer({ min: 0, max: 2 }) });
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 3 }),
      async (steps, limit) => {
        const database = await temporaryDatabase();
        const { instances } = await receivedSeries(database, 3);
        const ids = await database.transaction((tx) =>
          enqueue(
            tx,
            steps.map(({ uid }) => newDelivery(instances[uid]!)),
          ),
        );
        const failures = new Map(ids.map((id, index) => [id, steps[index]!.fails]));
        const arrived: [string, number][] = [];
        for (let now = NOON, rounds = 0; arrived.length < steps.length; now += 10, rounds += 1) {
          expect(rounds).toBeLessThan(100);
          const batch = await take(database, now, limit);
          expect(new Set(batch.map(({ sopInstanceUid }) => sopInstanceUid)).size).toBe(batch.length);
          const outcomes = batch.map(({ id, sopInstanceUid }) => {
            const left = failures.get(id)!;
            failures.set(id, left - 1);
            if (left > 0)
              return {
                deliveryId: id,
                at: now,
                outcome: 'failed' as const,
                ...FAILURE,
                reason: 'no',
                nextAttemptAt: now + 25,
              };
            arrived.push([sopInstanceUid, id]);
            return { deliveryId: id, at: now, outcome: 'delivered' as const };
          });
          await database.transaction((tx) => recordOutcomes(tx, outcomes));
        }
        for (const { sopInstanceUid } of instances) {
          const order = arrived.filter(([uid]) => uid === sopInstanceUid).map(([, id]) => id);
          expect(order).toEqual(order.toSorted((a, b) => a - b));
        }
        await database.close();
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });
});
