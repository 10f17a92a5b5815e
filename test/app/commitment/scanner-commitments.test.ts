import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { ArchiveCommitments } from '../../../src/app/commitment/archive-commitments.ts';
import { ScannerCommitments, type ScannerCommitmentsOptions } from '../../../src/app/commitment/scanner-commitments.ts';
import type { CommitmentReport, CommitmentRequest } from '../../../src/app/ports.ts';
import type { Database } from '../../../src/store/database.ts';
import { recordOutcomes } from '../../../src/store/delivery-attempts.ts';
import { type InstanceRecord, markInstances } from '../../../src/store/instances.ts';
import { enqueue, type NewDelivery } from '../../../src/store/outbox.ts';
import { NOON, newDelivery, receivedSeries } from '../../store/sample-records.ts';
import { temporaryDatabase } from '../../store/temporary-database.ts';
import { eventually } from '../../support/eventually.ts';
import { recordedLog } from '../../support/recorded-log.ts';

const HOUR = 3_600_000;

let now = NOON;
let open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  open = [];
  now = NOON;
});

/** A scanner, and the part of the node that answers it. */
async function answering(db: Database, options: Partial<ScannerCommitmentsOptions> = {}) {
  const told: CommitmentReport[] = [];
  const scanner = { aeTitle: 'MR1', told, fails: false };
  const report = async (one: CommitmentReport): Promise<void> => {
    if (scanner.fails) throw new Error('nobody is there');
    told.push(one);
  };
  const commitments = new ScannerCommitments(
    {
      peers: [{ aeTitle: 'MR1', report }],
      rule: { destinations: ['archive'], confirmed: true },
      hours: 48,
      admitted: async () => undefined,
      lookEveryMs: 10,
      ...options,
    },
    { db, log: recordedLog(), now: () => now },
  );
  open.push(commitments);
  const reported = (count = 1) =>
    eventually(
      () => told,
      ({ length }) => length >= count,
      { what: `report ${count}`, milliseconds: 5_000 },
    );
  return { commitments, scanner, told, reported };
}

function request(
  instances: readonly Pick<InstanceRecord, 'sopClassUid' | 'sopInstanceUid'>[],
  transactionUid = '2.25.9',
) {
  const named = instances.map(({ sopClassUid, sopInstanceUid }) => ({ sopClassUid, sopInstanceUid }));
  return { transactionUid, callingAeTitle: 'MR1', instances: named };
}

async function queue(db: Database, instances: readonly InstanceRecord[], overrides: Partial<NewDelivery> = {}) {
  return db.transaction(async (tx) => {
    await markInstances(
      tx,
      instances.map(({ id }) => id),
      'decided',
    );
    return enqueue(
      tx,
      instances.map((instance) => newDelivery(instance, overrides)),
    );
  });
}

async function deliver(db: Database, ids: readonly number[]): Promise<void> {
  const outcomes = ids.map((deliveryId) => ({ deliveryId, at: now, outcome: 'delivered' as const }));
  await db.transaction((tx) => recordOutcomes(tx, outcomes));
}

/** The archive is asked to commit, and does when it is told to. */
async function committingArchive(db: Database) {
  const asked: CommitmentRequest[] = [];
  const ask = async (one: CommitmentRequest): Promise<void> => void asked.push(one);
  const archive = { name: 'archive', groupSeconds: 0.01, answerMinutes: 60, ask };
  const options = { archives: [archive], onRedelivery: () => undefined };
  const commitments = await ArchiveCommitments.start(options, { db, log: recordedLog(), now: () => now });
  open.push(commitments);
  return async () => {
    await eventually(
      () => asked.length,
      (count) => count > 0,
      { what: 'a request' },
    );
    const { transactionUid, instances } = asked.at(-1)!;
    await commitments.takeReport({ transactionUid, committed: instances, failed: [] });
  };
}

/** Long enough for several looks. */
const aWhile = (): Promise<void> => delay(80);

describe('scanners that ask for storage commitment', () => {
  test('are told by the UIDs of the originals, and only when the archive has committed to what stands of them', async () => {
    const db = await temporaryDatabase();
    const commit = await committingArchive(db);
    const { commitments, told, reported } = await answering(db);
    const { instances } = await receivedSeries(db, 3);
    await commitments.takeRequest(request(instances));
    await aWhile();
    const ids = await queue(db, instances, { sopInstanceUid: '2.25.4' });
    await deliver(db, ids);
    await aWhile();
    expect(told).toEqual([]);
    await commit();
    now += 60_000;
    const [report] = await reported();
    expect(report).toEqual({ transactionUid: '2.25.9', committed: request(instances).instances, failed: [] });
  });

  test('are told at the delivery where the site wants that, once everything of an instance has arrived', async () => {
    const db = await temporaryDatabase();
    const { commitments, told, reported } = await answering(db, {
      rule: { destinations: ['archive'], confirmed: false },
    });
    const { instances } = await receivedSeries(db, 2);
    await commitments.takeRequest(request(instances));
    const ids = await queue(db, instances);
    await deliver(db, ids.slice(0, 1));
    now += 60_000;
    await aWhile();
    expect(told).toEqual([]);
    await deliver(db, ids.slice(1));
    now += 60_000;
    expect((await reported())[0]?.committed).toHaveLength(2);
  });

  test('of several destinations the default one counts; where an instance goes to none of these, all do', async () => {
    const db = await temporaryDatabase();
    const { commitments, told, reported } = await answering(db, {
      rule: { destinations: ['archive'], confirmed: false },
    });
    const { instances } = await receivedSeries(db, 2);
    await queue(db, instances.slice(0, 1), { destination: 'research' });
    const [toDefault] = await queue(db, instances.slice(0, 1));
    const [elsewhere] = await queue(db, instances.slice(1), { destination: 'research' });
    await commitments.takeRequest(request(instances));
    await deliver(db, [toDefault!]);
    now += 60_000;
    await aWhile();
    expect(told).toEqual([]);
    await deliver(db, [elsewhere!]);
    now += 60_000;
    expect((await reported())[0]).toMatchObject({ committed: [{}, {}], failed: [] });
  });

  test('hear of each instance why it failed: unknown 0112, another class 0119, not safe in time 0110', async () => {
    const db = await temporaryDatabase();
    const { commitments, told, reported } = await answering(db, {
      rule: { destinations: ['archive'], confirmed: false },
    });
    const { instances } = await receivedSeries(db, 3);
    const ids = await queue(db, instances);
    await deliver(db, ids.slice(0, 1));
    const [one, late, other] = request(instances).instances;
    const conflict = { ...other!, sopClassUid: '1.2.840.10008.5.1.4.1.1.2' };
    const unknown = { ...one!, sopInstanceUid: '1.2.3.4' };
    await commitments.takeRequest({ ...request([]), instances: [one!, late!, conflict, unknown] });
    now += 47 * HOUR;
    await aWhile();
    expect(told).toEqual([]);
    now += HOUR;
    const [report] = await reported();
    expect(report?.committed).toEqual([one]);
    expect(new Map(report?.failed.map(({ sopInstanceUid, reason }) => [sopInstanceUid, reason]))).toEqual(
      new Map([
        [late!.sopInstanceUid, 0x0110],
        [conflict.sopInstanceUid, 0x0119],
        ['1.2.3.4', 0x0112],
      ]),
    );
  });

  test('what was acknowledged and is not on record yet is not called unknown', async () => {
    const db = await temporaryDatabase();
    let admit: (() => void) | undefined;
    const admitted = () =>
      new Promise<void>((resolve) => {
        admit = resolve;
      });
    const { commitments, told, reported } = await answering(db, {
      rule: { destinations: ['archive'], confirmed: false },
      admitted,
    });
    await commitments.takeRequest(
      request([{ sopClassUid: '1.2.840.10008.5.1.4.1.1.4', sopInstanceUid: '1.2.826.0.1.3680043.8.498.1.1.1' }]),
    );
    now += 120_000;
    await eventually(
      () => admit,
      (one) => one !== undefined,
      { what: 'the question whether all is on record' },
    );
    const { instances } = await receivedSeries(db, 1);
    await deliver(db, await queue(db, instances));
    expect(told).toEqual([]);
    admit!();
    expect((await reported())[0]).toMatchObject({ committed: [{}], failed: [] });
  });

  test('that cannot be reached are told later, also by a node that was started anew', async () => {
    const db = await temporaryDatabase();
    const first = await answering(db, { rule: { destinations: ['archive'], confirmed: false } });
    first.scanner.fails = true;
    const { instances } = await receivedSeries(db, 1);
    await deliver(db, await queue(db, instances));
    await first.commitments.takeRequest(request(instances));
    await aWhile();
    await first.commitments.close();
    const second = await answering(db, { rule: { destinations: ['archive'], confirmed: false } });
    now += 10_000;
    expect(await second.reported()).toHaveLength(1);
    await aWhile();
    expect([first.told.length, second.told.length]).toEqual([0, 1]);
    const audit = await db.all<{ event: string }>('select event from audit order by seq');
    expect(audit.map(({ event }) => event)).toEqual(['storage-commitment-requested', 'storage-commitment-reported']);
  });

  test('that ask again in the same transaction are told again', async () => {
    const db = await temporaryDatabase();
    const { commitments, reported } = await answering(db, { rule: { destinations: ['archive'], confirmed: false } });
    const { instances } = await receivedSeries(db, 1);
    await deliver(db, await queue(db, instances));
    await commitments.takeRequest(request(instances));
    const [report] = await reported();
    await aWhile();
    await commitments.takeRequest(request(instances));
    expect(await reported(2)).toEqual([report, report]);
  });

  test('that are never reached are given up in the end, on record', async () => {
    const db = await temporaryDatabase();
    const { commitments, scanner } = await answering(db, { rule: { destinations: ['archive'], confirmed: false } });
    scanner.fails = true;
    await commitments.takeRequest(request([{ sopClassUid: '1.2', sopInstanceUid: '1.2.3' }]));
    now += 97 * HOUR;
    await eventually(
      () => db.all<{ event: string }>("select event from audit where event = 'storage-commitment-unreported'"),
      ({ length }) => length === 1,
      { what: 'the end of it' },
    );
  });

  test('are refused where nobody knows their address, and where they name nothing', async () => {
    const { commitments } = await answering(await temporaryDatabase());
    const stranger = commitments.takeRequest({
      ...request([{ sopClassUid: '1', sopInstanceUid: '2' }]),
      callingAeTitle: 'X',
    });
    await expect(stranger).rejects.toMatchObject({ code: 'forbidden' });
    await expect(commitments.takeRequest(request([]))).rejects.toMatchObject({ code: 'bad-request' });
  });
});
