import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { ArchiveCommitments, type CommittingArchive } from '../../../src/app/commitment/archive-commitments.ts';
import type { CommitmentRequest } from '../../../src/app/ports.ts';
import { NodeError } from '../../../src/core/errors.ts';
import { IS_CONFIRMED } from '../../../src/store/commitments.ts';
import type { Database } from '../../../src/store/database.ts';
import { recordOutcomes } from '../../../src/store/delivery-attempts.ts';
import { type DeliveryRecord, deliveriesOfInstances, enqueue, supersedeDeliveries } from '../../../src/store/outbox.ts';
import { seriesFacts } from '../../../src/store/retention.ts';
import { NOON, newDelivery, receivedSeries } from '../../store/sample-records.ts';
import { temporaryDatabase } from '../../store/temporary-database.ts';
import { eventually } from '../../support/eventually.ts';
import { recordedLog } from '../../support/recorded-log.ts';

const MINUTE = 60_000;

/** An archive that answers when a test says so. */
class SlowArchive implements CommittingArchive {
  readonly name = 'archive';
  readonly groupSeconds = 0.02;
  readonly answerMinutes = 1;
  readonly asked: CommitmentRequest[] = [];
  fails: NodeError | undefined;

  async ask(request: CommitmentRequest): Promise<void> {
    this.asked.push(request);
    if (this.fails !== undefined) throw this.fails;
  }

  /** The request number `count`, waited for. */
  async request(count = 1): Promise<CommitmentRequest> {
    await eventually(
      () => this.asked.length,
      (length) => length >= count,
      { what: `request ${count}` },
    );
    return this.asked[count - 1]!;
  }
}

let open: ArchiveCommitments | undefined;
let now = NOON;
let redeliveries = 0;

afterEach(async () => {
  await open?.close();
  open = undefined;
  now = NOON;
  redeliveries = 0;
});

async function asking(db: Database, ...archives: readonly CommittingArchive[]): Promise<ArchiveCommitments> {
  await open?.close();
  const onRedelivery = (): void => {
    redeliveries += 1;
  };
  open = await ArchiveCommitments.start({ archives, onRedelivery }, { db, log: recordedLog(), now: () => now });
  return open;
}

async function deliver(db: Database, ids: readonly number[]): Promise<void> {
  const outcomes = ids.map((deliveryId) => ({ deliveryId, at: now, outcome: 'delivered' as const }));
  await db.transaction((tx) => recordOutcomes(tx, outcomes));
}

/** A series of `count` instances that wait for the archive. */
async function queued(db: Database, count: number) {
  const { series, instances } = await receivedSeries(db, count);
  const ids = await db.transaction((tx) =>
    enqueue(
      tx,
      instances.map((instance) => newDelivery(instance)),
    ),
  );
  const deliveries = (): Promise<readonly DeliveryRecord[]> =>
    deliveriesOfInstances(
      db,
      instances.map(({ id }) => id),
    );
  const confirmed = async (): Promise<number[]> => {
    const sql = `select id from deliveries where id in (select value from json_each(?)) and ${IS_CONFIRMED} order by id`;
    return (await db.all<{ id: number }>(sql, [JSON.stringify(ids)])).map(({ id }) => id);
  };
  return { series, instances, ids, deliveries, confirmed };
}

function report({ transactionUid, instances }: CommitmentRequest, failures: readonly number[] = []) {
  const [committed, failed] = [true, false].map((ok) => instances.filter((_, i) => failures.includes(i) !== ok));
  return { transactionUid, committed: committed!, failed: failed!.map((one) => ({ ...one, reason: 0x0112 })) };
}

describe('archives that are asked to commit', () => {
  test('a delivery is confirmed only when its archive has committed to it', async () => {
    const db = await temporaryDatabase();
    const archive = new SlowArchive();
    const commitments = await asking(db, archive);
    const { ids, instances, confirmed } = await queued(db, 3);
    expect(await confirmed()).toEqual([]);
    await deliver(db, ids);
    expect(await confirmed()).toEqual([]);
    const request = await archive.request();
    expect(request.instances.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(
      instances.map(({ sopInstanceUid }) => sopInstanceUid),
    );
    await commitments.takeReport(report(request));
    expect(await confirmed()).toEqual(ids);
    // The response was lost: the archive answers again.
    await commitments.takeReport(report(request));
    expect(await confirmed()).toEqual(ids);
    await delay(60);
    expect(archive.asked).toHaveLength(1);
    const audit = await db.all<{ event: string }>('select event from audit');
    expect(audit).toEqual([{ event: 'storage-commitment-answered' }]);
  });

  test('a destination that is not asked confirms by its Success', async () => {
    const db = await temporaryDatabase();
    await asking(db);
    const { ids, confirmed } = await queued(db, 2);
    await deliver(db, ids.slice(0, 1));
    expect(await confirmed()).toEqual(ids.slice(0, 1));
  });

  test('what it did not commit to is delivered again, the same file, with the reason; and asked about again', async () => {
    const db = await temporaryDatabase();
    const archive = new SlowArchive();
    const commitments = await asking(db, archive);
    const { ids, deliveries, confirmed } = await queued(db, 3);
    await deliver(db, ids);
    await commitments.takeReport(report(await archive.request(), [1]));
    expect(await confirmed()).toEqual([ids[0], ids[2]]);
    const again = (await deliveries())[1]!;
    expect(again).toMatchObject({
      id: ids[1],
      state: 'pending',
      nextAttemptAt: now,
      reason: 'archive did not commit: it has no such instance (0112)',
    });
    expect(redeliveries).toBe(1);
    await deliver(db, [ids[1]!]);
    const second = await archive.request(2);
    expect(second.instances.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([again.sopInstanceUid]);
    await commitments.takeReport(report(second, [0]));
    expect((await deliveries())[1]).toMatchObject({ state: 'pending', nextAttemptAt: now + MINUTE });
    await deliver(db, [ids[1]!]);
    await commitments.takeReport(report(await archive.request(3)));
    expect(await confirmed()).toEqual(ids);
  });

  test('without an answer it is asked again, with a new transaction; waits grow', async () => {
    const db = await temporaryDatabase();
    const archive = new SlowArchive();
    const commitments = await asking(db, archive);
    const { ids, confirmed } = await queued(db, 2);
    await deliver(db, ids);
    const first = await archive.request();
    now += MINUTE - 1;
    await delay(60);
    expect(archive.asked).toHaveLength(1);
    now += 1;
    const second = await archive.request(2);
    expect(second.transactionUid).not.toBe(first.transactionUid);
    now += MINUTE;
    await delay(60);
    expect(archive.asked).toHaveLength(2);
    // Nothing that was asked before stands any more.
    await expect(commitments.takeReport(report(first))).rejects.toMatchObject({ code: 'not-found' });
    await commitments.takeReport(report(second));
    expect(await confirmed()).toEqual(ids);
  });

  test('an answer that comes after a restart counts, and what was not asked yet is asked', async () => {
    const db = await temporaryDatabase();
    const archive = new SlowArchive();
    await asking(db, archive);
    const { ids, confirmed } = await queued(db, 2);
    await deliver(db, ids.slice(0, 1));
    const first = await archive.request();
    await open?.close();
    await deliver(db, ids.slice(1));
    const restarted = await asking(db, archive);
    await restarted.takeReport(report(first));
    await restarted.takeReport(report(await archive.request(2)));
    expect(await confirmed()).toEqual(ids);
  });

  test('an archive that cannot be asked is asked later; if the request arrived all the same, its answer counts', async () => {
    const db = await temporaryDatabase();
    const archive = new SlowArchive();
    archive.fails = new NodeError('destination-failed', 'archive broke off the association');
    const commitments = await asking(db, archive);
    const { ids, confirmed } = await queued(db, 2);
    await deliver(db, ids);
    const first = await archive.request();
    await delay(60);
    expect(archive.asked).toHaveLength(1);
    await commitments.takeReport({ ...report(first), committed: first.instances.slice(0, 1) });
    expect(await confirmed()).toEqual(ids.slice(0, 1));
    now += 10_000;
    expect((await archive.request(2)).instances).toEqual(first.instances.slice(1));
  });

  test('retention takes a delivery for safe only when it is confirmed', async () => {
    const db = await temporaryDatabase();
    const archive = new SlowArchive();
    const commitments = await asking(db, archive);
    const { ids, series } = await queued(db, 2);
    await deliver(db, ids);
    const safe = async () =>
      (await seriesFacts(db, series.id))?.instances.flatMap(({ deliveries }) => deliveries.map(({ isSafe }) => isSafe));
    const request = await archive.request();
    expect(await safe()).toEqual([false, false]);
    await commitments.takeReport({ ...report(request), committed: request.instances.slice(1) });
    expect(await safe()).toEqual([false, true]);
  });

  test('an answer to nothing that was asked is refused', async () => {
    const commitments = await asking(await temporaryDatabase(), new SlowArchive());
    const answer = commitments.takeReport({ transactionUid: '2.25.1', committed: [], failed: [] });
    await expect(answer).rejects.toMatchObject({ code: 'not-found' });
  });

  test('nobody waits for what a later decision replaced', async () => {
    const db = await temporaryDatabase();
    const archive = new SlowArchive();
    const commitments = await asking(db, archive);
    const { ids, series, deliveries } = await queued(db, 1);
    await deliver(db, ids);
    const request = await archive.request();
    await db.transaction((tx) =>
      supersedeDeliveries(tx, { seriesId: series.id, at: now, reason: 'decided otherwise' }),
    );
    await expect(commitments.takeReport(report(request, [0]))).rejects.toMatchObject({ code: 'not-found' });
    expect((await deliveries())[0]?.state).toBe('delivered');
  });

  test('an earlier version is never delivered again over a later one', async () => {
    const db = await temporaryDatabase();
    const archive = new SlowArchive();
    const commitments = await asking(db, archive);
    const { ids, instances, deliveries } = await queued(db, 1);
    const [later] = await db.transaction((tx) => enqueue(tx, [newDelivery(instances[0]!)]));
    await deliver(db, [...ids, later!]);
    const request = await archive.request();
    expect(request.instances).toHaveLength(1);
    await commitments.takeReport(report(request, [0]));
    expect((await deliveries()).map(({ state }) => state)).toEqual(['delivered', 'pending']);
  });

  test('a site that does not ask any more does not wait for what it had asked', async () => {
    const db = await temporaryDatabase();
    await asking(db, new SlowArchive());
    const { ids, confirmed } = await queued(db, 1);
    await deliver(db, ids);
    expect(await confirmed()).toEqual([]);
    await asking(db);
    expect(await confirmed()).toEqual(ids);
  });
});
