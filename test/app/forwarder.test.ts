import { describe, expect, it } from 'vitest';
import { Forwarder } from '../../src/app/forwarder.ts';
import type { NodeContext } from '../../src/app/node-context.ts';
import type { DeliveryOutcome, Destination, OutgoingInstance } from '../../src/app/ports.ts';
import { NodeError } from '../../src/core/errors.ts';
import { deliveriesOfInstances, enqueue } from '../../src/store/outbox.ts';
import { newDelivery, receivedSeries } from '../store/sample-records.ts';
import { temporaryDatabase } from '../store/temporary-database.ts';
import { eventually } from '../support/eventually.ts';
import { recordedLog } from '../support/recorded-log.ts';

const RETRY = {
  retrySeconds: 0.05,
  maxRetrySeconds: 0.1,
  deadAfterAttempts: { destination: 'never', unclear: 'never', instance: 5 },
} as const;

/** Everything of one attempt happens at the same time, as it mostly does. */
const coarseClock = (): number => Math.floor(Date.now() / 20) * 20;

type Answer = (instance: OutgoingInstance) => DeliveryOutcome;

/** A forwarder with six instances to deliver, and an archive that does what the test says. */
async function forwarding(answer: Answer) {
  const db = await temporaryDatabase();
  const { instances } = await receivedSeries(db, 6);
  const log = recordedLog();
  const outcomes: string[] = [];
  const archive: Destination = {
    name: 'archive',
    concurrency: 1,
    deliver: async (batch, outcome) => {
      for (const [i, instance] of batch.entries()) outcome(i, answer(instance));
    },
    close: async () => undefined,
  };
  const observer = { delivered: (_: string, outcome: string) => outcomes.push(outcome) };
  const context = { db, log, now: coarseClock, dataDir: '/nowhere', observer } as unknown as NodeContext;
  await db.transaction((tx) =>
    enqueue(
      tx,
      instances.map((instance) => newDelivery(instance)),
    ),
  );
  const forwarder = new Forwarder(archive, context, RETRY);
  const ids = instances.map(({ id }) => id);
  const delivered = async (): Promise<string[]> =>
    (await deliveriesOfInstances(db, ids)).flatMap((one) => (one.state === 'delivered' ? one.sopInstanceUid : []));
  return { forwarder, instances, outcomes, log, delivered };
}

describe('the forwarder', () => {
  it('delivers all others where an archive breaks off at one instance, each time', async () => {
    let poison = '';
    const { forwarder, instances, delivered } = await forwarding(({ sopInstanceUid }) => {
      if (sopInstanceUid === poison) throw new NodeError('destination-failed', 'the archive went away');
      return { stored: true };
    });
    poison = instances[1]?.sopInstanceUid as string;
    forwarder.wake();
    const others = instances.map(({ sopInstanceUid }) => sopInstanceUid).filter((uid) => uid !== poison);
    const seen = await eventually(delivered, (uids) => uids.length >= 5, { what: 'the others', milliseconds: 5000 });
    expect(new Set(seen)).toEqual(new Set(others));
    const wentAway = (problem: string | undefined): boolean => problem?.includes('went away') === true;
    await eventually(() => forwarder.problem, wentAway, { what: 'a problem' });
    await forwarder.close();
  });

  it('has a problem where an archive answers and stores nothing, and none once it stores again', async () => {
    let full = true;
    const { forwarder, log, outcomes, delivered } = await forwarding(() =>
      full
        ? { stored: false, cause: 'out-of-resources', reason: 'the archive refused: out of resources (A700)' }
        : { stored: true },
    );
    forwarder.wake();
    await eventually(
      () => forwarder.problem,
      (problem) => problem?.includes('A700') === true,
      { what: 'a problem' },
    );
    full = false;
    await eventually(delivered, (uids) => uids.length === 6, { what: 'all' });
    await forwarder.close();
    expect(forwarder.problem).toBeUndefined();
    expect(log.events.map(({ event }) => event)).toEqual(['destination-refuses', 'destination-recovered']);
    expect(new Set(outcomes)).toEqual(new Set(['refused', 'stored']));
  });
});
