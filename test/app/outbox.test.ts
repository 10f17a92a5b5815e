import { describe, expect, it } from 'vitest';
import { Forwarder, type ForwarderSettings } from '../../src/app/forwarder.ts';
import type { NodeContext } from '../../src/app/node-context.ts';
import type { DeliveryOutcome, Destination, OutgoingInstance } from '../../src/app/ports.ts';
import { parseTimeWindow, type TimeWindow } from '../../src/core/delivery/time-window.ts';
import { NodeError } from '../../src/core/errors.ts';
import { deliveriesOfInstances, enqueue } from '../../src/store/outbox.ts';
import { newDelivery, receivedSeries } from '../store/sample-records.ts';
import { temporaryDatabase } from '../store/temporary-database.ts';
import { eventually } from '../support/eventually.ts';
import { recordedLog } from '../support/recorded-log.ts';

const RETRY: ForwarderSettings = {
  retrySeconds: 0.02,
  maxRetrySeconds: 0.05,
  deadAfterAttempts: { destination: 'never', unclear: 'never', instance: 3 },
};
const HOUR_MS = 3_600_000;

type Answer = (instance: OutgoingInstance) => DeliveryOutcome;
const STORED: DeliveryOutcome = { stored: true };
const MISMATCH: DeliveryOutcome = { stored: false, cause: 'mismatch', reason: 'does not match (A900)' };
const down: Answer = () => {
  throw new NodeError('destination-unreachable', 'nobody answers');
};

/** An outbox with six instances for `archive`, a clock that can be set, and archives that do what the test says. */
async function outbox() {
  const db = await temporaryDatabase();
  const { instances } = await receivedSeries(db, 6);
  const log = recordedLog();
  const clock = { offset: 0 };
  const arrived = new Map<string, string[]>();
  const context = {
    db,
    log,
    now: () => Date.now() + clock.offset,
    dataDir: '/nowhere',
    observer: { delivered() {} },
  } as unknown as NodeContext;
  const forwarder = (name: string, answer: Answer, settings: Partial<ForwarderSettings> = {}): Forwarder => {
    const uids: string[] = [];
    arrived.set(name, uids);
    const destination: Destination = {
      name,
      concurrency: 2,
      deliver: async (batch, outcome) => {
        for (const [i, instance] of batch.entries()) {
          const told = answer(instance);
          if (told.stored) uids.push(instance.sopInstanceUid);
          outcome(i, told);
        }
      },
      close: async () => undefined,
    };
    return new Forwarder(destination, context, { ...RETRY, ...settings });
  };
  const queue = async (destination: string, chosen = instances): Promise<void> => {
    await db.transaction((tx) =>
      enqueue(
        tx,
        chosen.map((one) => newDelivery(one, { destination, queuedAt: context.now() })),
      ),
    );
  };
  const records = async (destination: string) => {
    const ids = instances.map(({ id }) => id);
    return (await deliveriesOfInstances(db, ids)).filter((one) => one.destination === destination);
  };
  const states = async (destination: string): Promise<string[]> =>
    (await records(destination)).map(({ state }) => state);
  const settled = (destination: string, milliseconds = 5000): Promise<unknown> =>
    eventually(
      () => states(destination),
      (all) => all.every((state) => state !== 'pending'),
      {
        what: `nothing waits for ${destination}`,
        milliseconds,
      },
    );
  const audited = async (event: string): Promise<unknown[]> => {
    const rows = await db.all<{ detail: string }>('select detail_json as detail from audit where event = ?', [event]);
    return rows.map(({ detail }) => JSON.parse(detail));
  };
  return { db, instances, log, clock, arrived, forwarder, queue, records, states, settled, audited };
}

const uidsOf = (all: readonly { readonly sopInstanceUid: string }[]) => all.map((one) => one.sopInstanceUid);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('the outbox', () => {
  it('gives up what an archive cannot bear after few tries, tells, and delivers all the rest', async () => {
    const box = await outbox();
    const bad = box.instances[2]!.sopInstanceUid;
    const archive = box.forwarder('archive', ({ sopInstanceUid }) => (sopInstanceUid === bad ? MISMATCH : STORED));
    await box.queue('archive');
    archive.wake();
    await box.settled('archive');
    await archive.close();
    const dead = (await box.records('archive')).filter(({ state }) => state === 'dead');
    expect(uidsOf(dead)).toEqual([bad]);
    expect(dead[0]).toMatchObject({
      attempts: 3,
      cause: 'mismatch',
      causeFailures: 3,
      reason: 'does not match (A900)',
    });
    expect(box.arrived.get('archive')).toHaveLength(5);
    const told = { destination: 'archive', cause: 'mismatch', reason: 'does not match (A900)' };
    expect(await box.audited('delivery-given-up')).toEqual([told]);
    expect(box.log.events.filter(({ event }) => event === 'delivery-given-up')).toHaveLength(1);
  });

  it('counts only failures in a row of one kind, so that an outage gives up nothing', async () => {
    const box = await outbox();
    let tries = 0;
    const archive = box.forwarder('archive', (instance) => {
      tries += 1;
      if (tries > 15) return STORED;
      return tries % 3 === 0 ? down(instance) : MISMATCH;
    });
    await box.queue('archive', box.instances.slice(0, 1));
    archive.wake();
    await box.settled('archive', 15_000);
    await archive.close();
    expect(await box.states('archive')).toEqual(['delivered']);
  });

  it('delays no destination for another that is down, hangs or cannot bear an instance', async () => {
    const box = await outbox();
    const others = [box.forwarder('down', down), box.forwarder('picky', () => MISMATCH)];
    const good = box.forwarder('good', () => STORED);
    for (const name of ['down', 'picky', 'good']) await box.queue(name);
    for (const one of [...others, good]) one.wake();
    await box.settled('good', 2000);
    await Promise.all([...others, good].map((one) => one.close()));
    expect(box.arrived.get('good')).toEqual(uidsOf(box.instances));
    expect(await box.states('down')).toEqual(Array(6).fill('pending'));
  });

  it('holds up nothing when the clock of the machine is set back while it waits', async () => {
    const box = await outbox();
    let works = false;
    const archive = box.forwarder('archive', (instance) => (works ? STORED : down(instance)));
    await box.queue('archive');
    archive.wake();
    await eventually(
      () => archive.problem,
      (problem) => problem !== undefined,
      { what: 'a failure' },
    );
    box.clock.offset = -HOUR_MS;
    works = true;
    await box.settled('archive');
    await archive.close();
    expect(box.arrived.get('archive')).toHaveLength(6);
  });

  it('sends what was queued, or was to be tried again, while the clock of the machine was wrong', async () => {
    const box = await outbox();
    box.clock.offset = 24 * HOUR_MS;
    await box.queue('archive');
    box.clock.offset = 0;
    const archive = box.forwarder('archive', () => STORED);
    archive.wake();
    await box.settled('archive');
    await archive.close();
    expect(box.log.events.map(({ event }) => event)).toEqual(['due-times-corrected']);
  });

  it('sends nothing outside of the windows of a destination, and everything when one opens', async () => {
    const box = await outbox();
    const noon = new Date();
    noon.setHours(12, 0, 0, 0);
    box.clock.offset = noon.getTime() - Date.now();
    const windows = [parseTimeWindow('18:00-06:00') as TimeWindow];
    const archive = box.forwarder('archive', () => STORED, { windows });
    await box.queue('archive');
    archive.wake();
    archive.tryAtOnce();
    await pause(100);
    expect(box.arrived.get('archive')).toEqual([]);
    expect(archive).toMatchObject({ isClosed: true, problem: undefined });
    box.clock.offset += 7 * HOUR_MS;
    archive.wake();
    await box.settled('archive');
    await archive.close();
  });
});

describe('an alternate destination', () => {
  it('gets what waits and what is new once, and the first gets everything when it is back', async () => {
    const box = await outbox();
    let works = false;
    const second = box.forwarder('second', () => STORED);
    const alternate = { name: 'second', afterSeconds: 0.1, wake: () => second.wake() };
    const first = box.forwarder('first', (instance) => (works ? STORED : down(instance)), { alternate });
    await box.queue('first', box.instances.slice(0, 4));
    // This one goes to both by its route.
    await box.queue('second', box.instances.slice(0, 1));
    first.wake();
    second.wake();
    const arrivedAtSecond = (count: number) =>
      eventually(
        () => box.arrived.get('second') ?? [],
        (uids) => uids.length === count,
        { what: `${count} at the alternate`, milliseconds: 5000 },
      );
    await arrivedAtSecond(4);
    await box.queue('first', box.instances.slice(4));
    first.wake();
    await arrivedAtSecond(6);
    expect(box.arrived.get('first')).toEqual([]);
    works = true;
    await box.settled('first');
    await box.settled('second');
    await Promise.all([first, second].map((one) => one.close()));
    const all = uidsOf(box.instances).toSorted();
    expect(box.arrived.get('first')?.toSorted()).toEqual(all);
    expect(box.arrived.get('second')?.toSorted()).toEqual(all);
    const passed = (await box.audited('passed-to-alternate')) as { queued: { second: number } }[];
    expect(passed.reduce((sum, { queued }) => sum + queued.second, 0)).toBe(5);
  });

  it('gets nothing for a short outage, nor what the first cannot bear', async () => {
    const box = await outbox();
    const second = box.forwarder('second', () => STORED);
    const wake = (): void => second.wake();
    const brief = box.forwarder('first', down, { alternate: { name: 'second', afterSeconds: 60, wake } });
    const picky = box.forwarder('picky', () => MISMATCH, { alternate: { name: 'second', afterSeconds: 0.01, wake } });
    await box.queue('first');
    await box.queue('picky');
    brief.wake();
    picky.wake();
    await box.settled('picky');
    await Promise.all([brief, picky, second].map((one) => one.close()));
    expect(await box.records('second')).toEqual([]);
  });

  it('that nothing can be queued for does not keep the first from being tried', async () => {
    const box = await outbox();
    let works = false;
    await box.db.transaction((tx) =>
      tx.run(`create trigger none_for_second before insert on deliveries when new.destination = 'second'
        begin select raise(abort, 'not today'); end`),
    );
    const alternate = { name: 'second', afterSeconds: 0.05, wake: () => undefined };
    const first = box.forwarder('first', (instance) => (works ? STORED : down(instance)), { alternate });
    await box.queue('first');
    first.wake();
    const tried = () => box.log.events.filter(({ event }) => event === 'not-passed-to-alternate').length;
    await eventually(tried, (times) => times > 0, { what: 'a try to pass it on' });
    works = true;
    await box.settled('first');
    await first.close();
    expect(box.arrived.get('first')).toHaveLength(6);
  });

  it('that fails itself hands on to its own alternate, and never in a circle', async () => {
    const box = await outbox();
    const wakers: Record<string, () => void> = {};
    const alternateTo = (name: string) => ({ name, afterSeconds: 0.05, wake: () => wakers[name]?.() });
    const one = box.forwarder('one', down, { alternate: alternateTo('two') });
    const two = box.forwarder('two', down, { alternate: alternateTo('one') });
    Object.assign(wakers, { one: () => one.wake(), two: () => two.wake() });
    await box.queue('one');
    one.wake();
    await eventually(
      () => box.records('two'),
      (all) => all.length === 6,
      { what: 'six for the alternate' },
    );
    await pause(400);
    await Promise.all([one, two].map((forwarder) => forwarder.close()));
    expect(await box.records('one')).toHaveLength(6);
    expect(await box.records('two')).toHaveLength(6);
  });
});
