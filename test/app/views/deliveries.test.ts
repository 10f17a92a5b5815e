import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deliveryPage, deliveryQuery, destinations, retryOrder } from '../../../src/api/deliveries.ts';
import { deliveriesOf } from '../../../src/app/queue-deliveries.ts';
import { retryDeliveries } from '../../../src/app/retry-deliveries.ts';
import { destinationStates, listDeliveries } from '../../../src/app/views/deliveries.ts';
import { instancesOfSeries } from '../../../src/store/instances.ts';
import { enqueue } from '../../../src/store/outbox.ts';
import { smallSax, smallScout } from '../../support/small-study.ts';
import { type ViewedApp, viewedApp } from '../../support/viewed-app.ts';

const ANN = { name: 'ann', role: 'administrator' } as const;
const BECAUSE = 'the archive is back';

let viewed: ViewedApp;
beforeEach(async () => {
  viewed = await viewedApp();
});
afterEach(() => viewed.stop());

/** What the archives are to the view: as their forwarders see them. */
function inUse(problem?: string) {
  const tried: string[] = [];
  const of = (name: string) => ({
    name,
    isClosed: name === 'other',
    problem,
    lastFailure: null,
    tryAtOnce: () => void tried.push(name),
  });
  return { tried, destinations: [of('archive'), of('other')] };
}

async function list(query: Partial<Record<keyof ReturnType<typeof deliveryQuery.parse>, unknown>> = {}) {
  return deliveryPage.parse(await listDeliveries(deliveryQuery.parse(query), viewed.app.context));
}

/** As they are after an archive refused them, or gave up on them. */
async function set(state: 'failing' | 'dead', reason: string, where = 'true'): Promise<void> {
  await viewed.app.db.transaction((tx) =>
    tx.run(
      `update deliveries set state = ?, attempts = 3, next_attempt_at = 1e14, reason = ?, delivered_at = null
        where ${where}`,
      [state === 'dead' ? 'dead' : 'pending', reason],
    ),
  );
}

function retry(order: Omit<Parameters<typeof retryOrder.parse>[0] & object, 'because'>, use = inUse()) {
  const { context } = viewed.app;
  return retryDeliveries(retryOrder.parse({ ...order, because: BECAUSE }), ANN, { context, ...use });
}

describe('the queue', () => {
  test('lists what has not arrived, oldest first and page by page; of one series also what has', async () => {
    const series = smallSax('110');
    await viewed.receive(series, '110');
    await viewed.receive(smallScout());
    expect((await list()).items).toEqual([]);
    const id = await viewed.seriesId(series[0]!.seriesInstanceUid);
    const delivered = await list({ series: id });
    expect(delivered.items.map(({ what, state }) => [what, state])).toEqual(Array(4).fill(['result', 'delivered']));
    await set('failing', 'archive refused: out of resources (A700)', 'id <= 2');
    await set('dead', 'given up', 'id = 5');
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.next });
    expect(first.items.map((one) => [one.id, one.state])).toEqual([
      [1, 'failing'],
      [2, 'failing'],
    ]);
    expect(second.items.map((one) => [one.id, one.state, one.what])).toEqual([[5, 'dead', 'received']]);
    expect(second.next).toBeNull();
    expect((await list({ state: 'delivered', destination: 'archive' })).items.map((one) => one.id)).toEqual([3, 4, 6]);
    expect((await list({ destination: 'other' })).items).toEqual([]);
  });

  test('refuses a cursor that is none of it', async () => {
    await expect(list({ cursor: '1.2' })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(list({ cursor: 'x' })).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('tells of each destination what waits and why, and of one that is configured no more while something waits', async () => {
    await viewed.receive(smallSax('110'), '110');
    await set('failing', 'archive refused the AE title CMR_NODE: it must be made known there', 'id <= 2');
    await set('dead', 'archive refused: it cannot understand the data set (C000)', 'id = 3');
    await viewed.app.db.transaction(async (tx) => {
      const [instance] = await instancesOfSeries(tx, 1);
      const route = { ...viewed.app.context.settings.routeDefaults, destinations: ['former'] };
      await enqueue(tx, deliveriesOf([{ instance: instance! }], route, 1));
    });
    const { items } = destinations.parse(await destinationStates(viewed.app.context, inUse('it is full').destinations));
    expect(items).toEqual([
      {
        name: 'archive',
        configured: true,
        closed: false,
        waiting: 0,
        failing: 2,
        dead: 1,
        delivered: 1,
        problem: 'it is full',
        lastFailure: null,
        causes: [
          { reason: 'archive refused the AE title CMR_NODE: it must be made known there', instances: 2 },
          { reason: 'archive refused: it cannot understand the data set (C000)', instances: 1 },
        ],
      },
      expect.objectContaining({ name: 'other', configured: true, closed: true, waiting: 0, delivered: 0 }),
      expect.objectContaining({ name: 'former', configured: false, waiting: 1, problem: null }),
    ]);
    await viewed.app.db.transaction((tx) => tx.run("delete from deliveries where destination = 'former'"));
  });
});

describe('trying again', () => {
  test('sends what failed or was given up of a destination, names the person, and tells the forwarder', async () => {
    await viewed.receive(smallSax('110'), '110');
    const before = viewed.archive.received.length;
    await set('failing', 'no room', 'id <= 2');
    await set('dead', 'given up', 'id = 3');
    const use = inUse();
    expect(await retry({ destination: 'archive' }, use)).toEqual({ queued: 3 });
    expect(use.tried).toEqual(['archive']);
    viewed.app.wake();
    await viewed.app.settled();
    expect(viewed.archive.received.length).toBe(before + 3);
    expect(await viewed.app.auditDetails('deliveries-retried')).toEqual([{ reason: BECAUSE, queued: { archive: 3 } }]);
    expect(await retry({ destination: 'archive' }, use)).toEqual({ queued: 0 });
  });

  test('of named deliveries leaves those that arrived, and those that a later decision replaced', async () => {
    await viewed.receive(smallSax('110'), '110');
    await set('dead', 'given up', 'id <= 2');
    await viewed.app.db.transaction((tx) => tx.run('update deliveries set superseded_at = 5 where id = 1'));
    expect((await list()).items.map(({ id }) => id)).toEqual([2]);
    expect(await retry({ ids: [1, 2, 3, 4, 99] })).toEqual({ queued: 1 });
    expect(await retry({ destination: 'archive' })).toEqual({ queued: 0 });
    viewed.app.wake();
    await viewed.app.settled();
  });

  test('at another destination queues the same files once, however often it is asked for', async () => {
    const series = smallSax('110');
    await viewed.receive(series, '110');
    await set('failing', 'no room', 'id <= 3');
    expect(await retry({ destination: 'archive', to: 'other' })).toEqual({ queued: 3 });
    expect(await retry({ destination: 'archive', to: 'other' })).toEqual({ queued: 0 });
    viewed.app.wake();
    await expect.poll(() => viewed.other.received.length).toBe(3);
    expect(await retry({ destination: 'archive', to: 'other' })).toEqual({ queued: 0 });
    const sent = new Map(viewed.archive.holdings);
    for (const { sopInstanceUid, dataSet } of viewed.other.received) {
      expect(sent.get(sopInstanceUid)?.equals(dataSet)).toBe(true);
    }
    await retry({ destination: 'archive' });
    viewed.app.wake();
    await viewed.app.settled();
  });

  test('is refused where nothing is named, or too much, or a destination that there is not', async () => {
    await expect(retry({ ids: [1], destination: 'archive' })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(retry({})).rejects.toMatchObject({ code: 'bad-request' });
    await expect(retry({ destination: 'former' })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(retry({ ids: [1], to: 'nowhere' })).rejects.toMatchObject({ code: 'bad-request' });
  });
});
