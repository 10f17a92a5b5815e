import { describe, expect, test } from 'vitest';
import { appendAudit } from '../../src/store/audit.ts';
import { isKeptFile, keptFiles } from '../../src/store/backup.ts';
import * as batches from '../../src/store/batches.ts';
import * as orders from '../../src/store/commitment-orders.ts';
import * as commitments from '../../src/store/commitments.ts';
import type { SqlValue } from '../../src/store/connection.ts';
import type { Database, Transaction } from '../../src/store/database.ts';
import * as decisions from '../../src/store/decisions.ts';
import { attemptsOf, recordOutcomes } from '../../src/store/delivery-attempts.ts';
import * as instances from '../../src/store/instances.ts';
import * as outbox from '../../src/store/outbox.ts';
import { predictionsOfDecision } from '../../src/store/predictions.ts';
import {
  filesAreRemoved,
  filesToRemove,
  resultIsBack,
  resultIsLost,
  returnFile,
  wantedResults,
} from '../../src/store/removed-files.ts';
import { lastSentOfSeries, seriesToResend } from '../../src/store/resend.ts';
import { moveDataSet, resultsOfDecision, resultsOfInstances } from '../../src/store/results.ts';
import { returnedRecords } from '../../src/store/retained.ts';
import { markRemoved, seriesFacts, seriesWithFiles } from '../../src/store/retention.ts';
import * as reviews from '../../src/store/reviews.ts';
import * as series from '../../src/store/series.ts';
import { unknownFiles } from '../../src/store/spool-files.ts';
import { stackGroupsOfStudy } from '../../src/store/stack-groups.ts';
import { summarize } from '../../src/store/summary.ts';
import { verifyAudit } from '../../src/store/verify-audit.ts';
import { NOON, newDecision, newDelivery, newInstance, STUDY } from './sample-records.ts';
import { temporaryDatabase } from './temporary-database.ts';

/** Does everything that the store can do once and returns the statements that were run. */
async function allStatements(database: Database): Promise<readonly string[]> {
  const seen = new Set<string>();
  await database.transaction(async (tx) => {
    const watched: Transaction = {
      all: <Row>(sql: string, parameters?: readonly SqlValue[]) => {
        seen.add(sql);
        return tx.all<Row>(sql, parameters);
      },
      run: (sql, parameters) => {
        seen.add(sql);
        return tx.run(sql, parameters);
      },
    };
    const instanceIds = await writeOnce(watched);
    await readOnce(watched, instanceIds);
  });
  return [...seen];
}

async function writeOnce(tx: Transaction): Promise<readonly number[]> {
  const arrival = { studyInstanceUid: STUDY, seriesInstanceUid: '1.2', part: 'cine' as const, receivedAt: NOON };
  const [one] = await series.recordArrivals(tx, [arrival]);
  const received = await instances.insertInstances(tx, [newInstance(one!, 1)]);
  const ids = received.map(({ id }) => id);
  await instances.markInstances(tx, ids, 'decided');
  await instances.addInstanceFlags(tx, ids, ['late']);
  await series.addSeriesFlags(tx, one!.id, ['late']);
  const decisionId = await decisions.insertDecision(tx, newDecision(one!.id));
  await series.setDecided(tx, { seriesId: one!.id, kind: 'cine', kindRule: null, decisionId });
  const [deliveryId] = await outbox.enqueue(tx, [newDelivery(received[0]!)]);
  await recordOutcomes(tx, [{ deliveryId: deliveryId!, at: NOON, outcome: 'delivered' }]);
  await outbox.reopenDeliveries(tx, { instanceIds: ids, at: NOON });
  await outbox.reopen(tx, [deliveryId!], NOON);
  await writeBatch(tx, one!.id, deliveryId!);
  await commitOnce(tx, deliveryId!);
  const review = { act: 'approve', by: 'a', because: 'b', code: null, lookedAt: decisionId, decisionId } as const;
  await reviews.insertReview(tx, { ...review, seriesId: one!.id, at: NOON });
  await outbox.supersedeDeliveries(tx, { seriesId: one!.id, at: NOON, reason: 'r' });
  await series.removeSeriesFlags(tx, one!.id, ['late']);
  await moveDataSet(tx, 1, 0);
  await markRemoved(tx, { instances: ids, results: [1] }, NOON);
  await filesAreRemoved(tx, await filesToRemove(tx, { after: '', limit: 10 }));
  await returnFile(tx, { instanceId: ids[0]!, file: 'spool/again', dataSetOffset: 1 });
  await resultIsBack(tx, 1);
  await resultIsLost(tx, 1, 'r');
  await appendAudit(tx, [{ at: NOON, event: 'e', actor: 'node', subject: {}, detail: {} }]);
  return ids;
}

async function commitOnce(tx: Transaction, deliveryId: number): Promise<void> {
  await commitments.setCommitmentDestinations(tx, ['archive']);
  const opening = { destination: 'archive', transactionUid: '2.25.1', now: NOON, limit: 10, answerMs: 1 };
  await commitments.openCommitment(tx, opening);
  await commitments.postponeCommitment(tx, { transactionUid: '2.25.1', dueAt: NOON, reason: 'r' });
  await commitments.commitmentsOfTransaction(tx, '2.25.1');
  await commitments.isAnsweredCommitment(tx, '2.25.1');
  await commitments.confirmDeliveries(tx, [deliveryId], NOON);
  await commitments.redeliverUncommitted(tx, [{ deliveryId, reason: 'r' }], { at: NOON, answerMs: 1 });
  const instances = [{ sopClassUid: '1.2', sopInstanceUid: '1.3' }];
  await orders.insertCommitmentOrder(tx, { transactionUid: '2.25.1', callingAeTitle: 'A', instances, at: NOON });
  await orders.dueCommitmentOrders(tx, NOON, 10);
  await orders.openItems(tx, 1, { destinations: ['archive'], confirmed: true });
  await orders.recordItemOutcomes(tx, 1, { outcomes: new Map([['1.3', 0]]), now: NOON, lookAgainAt: NOON });
  await orders.itemOutcomes(tx, 1);
  await orders.recordReport(tx, 1, { state: 'reported', dueAt: NOON });
}

async function writeBatch(tx: Transaction, seriesId: number, deliveryId: number): Promise<void> {
  const order = { action: 'resend', filter: {}, dryRun: false, because: 'b' } as const;
  const batch = { key: 'k', order, by: 'a', createdAt: NOON };
  const id = await batches.insertBatch(tx, batch, [{ id: seriesId, joined: false }]);
  const end = { state: 'done', before: null, after: null, changed: false, queued: {}, gone: 0 } as const;
  await batches.endSeries(tx, (await batches.nextWaiting(tx, id))!, { ...end, deliveryIds: [deliveryId] });
  await batches.moveBatch(tx, id, { from: ['running'], to: 'done', endedAt: NOON });
}

async function readOnce(tx: Transaction, ids: readonly number[]): Promise<void> {
  await instances.findVersions(tx, ['1.2']);
  await instances.instancesByIds(tx, ids);
  await instances.instancesOfSeries(tx, 1);
  await instances.undecidedInstances(tx);
  await series.seriesByIds(tx, [1]);
  await series.seriesByUid(tx, '1.2');
  await series.seriesInOtherFrames(tx, { studyInstanceUid: STUDY, frameOfReferenceUid: '1.9' });
  await stackGroupsOfStudy(tx, STUDY);
  await decisions.decisionById(tx, 1);
  await decisions.latestDecision(tx, 1);
  await decisions.decisionsBySeriesUid(tx, '1.2');
  await decisions.decidedInStudy(tx, STUDY);
  await decisions.standingHolds(tx);
  await predictionsOfDecision(tx, 1);
  await resultsOfDecision(tx, 1);
  await resultsOfInstances(tx, ids);
  await outbox.nextBatch(tx, { destination: 'archive', now: NOON, limit: 10 });
  await outbox.nextDueAt(tx, 'archive', NOON);
  await outbox.oldestPending(tx, 'archive');
  await outbox.lastDueAt(tx, 'archive');
  await outbox.pendingAfter(tx, { destination: 'archive', after: 0, limit: 10 });
  await outbox.dueAtLast(tx, { destination: 'archive', now: NOON, latest: NOON });
  await outbox.deliveriesOfInstances(tx, ids);
  await lastSentOfSeries(tx, 1, { callingAeTitle: 'A', destination: 'archive', state: 'pending' });
  await seriesToResend(tx, [1]);
  await outbox.concernedDestinations(tx, 1);
  await decisions.firstDecisions(tx, STUDY);
  await batches.batchById(tx, 1);
  await batches.batchByKey(tx, 'k');
  await batches.batchesBefore(tx, 9, 10);
  await batches.runningBatches(tx);
  await batches.waitingOf(tx, 1, [1]);
  await batches.waitingDeliveries(tx, 1, ['archive']);
  await batches.seriesOfBatch(tx, 1, { after: 0, limit: 10 });
  await batches.seriesDecidedWith(tx, [1]);
  await batches.personsDecisions(tx, [1]);
  await reviews.reviewsOfSeries(tx, 1);
  await reviews.lastReviewId(tx, 1);
  await reviews.latestDecisionByNode(tx, 1);
  await reviews.earlierDerivation(tx, { seriesId: 1, method: 'reorient', correction: null });
  await reviews.sentBefore(tx, 1);
  await reviews.standingResultUid(tx, 1);
  await attemptsOf(tx, 1);
  await unknownFiles(tx, ['a']);
  await seriesWithFiles(tx, { after: 0, limit: 10 });
  await seriesFacts(tx, 1);
  await wantedResults(tx, 10);
  await returnedRecords(tx, 10);
  await isKeptFile(tx, 'a');
  for await (const _ of keptFiles(tx));
  await summarize(tx);
  await verifyAudit(tx);
}

/** Reading a whole table, or a whole index that grows with the instances. */
const WHOLE_TABLE =
  /SCAN (instances|series|stack_groups|decisions|predictions|results|deliveries|delivery_attempts|audit|reviews|batches|batch_series|batch_deliveries|commitments|commitment_orders|commitment_order_items|item|own|versions|later|newest)\b/;
/** Indexes that may be read whole: of what is open at the moment, and of the series, which are counted. */
const SHORT_INDEXES =
  /SCAN \w+ USING (COVERING )?INDEX (instances_undecided|decisions_to_hold|series_by_state|batches_running|commitments_due)/g;

async function planOf(database: Database, sql: string): Promise<string> {
  const steps = await database.all<{ detail: string }>(`explain query plan ${sql}`);
  return steps
    .map(({ detail }) => detail)
    .join('\n')
    .replaceAll(SHORT_INDEXES, '');
}

describe('query plans', () => {
  test('no statement of the store reads a whole table, so that a million instances slow nothing down', async () => {
    const database = await temporaryDatabase();
    const statements = await allStatements(database);
    expect(statements.length).toBeGreaterThan(35);
    for (const sql of statements) expect(await planOf(database, sql), sql).not.toMatch(WHOLE_TABLE);
  });

  test('the next batch comes out of the index in order, without sorting what waits', async () => {
    const database = await temporaryDatabase();
    const sql = (await allStatements(database)).find((one) => one.includes('indexed by deliveries_due'));
    expect(await planOf(database, sql!)).not.toMatch(/TEMP B-TREE/);
  });
});
