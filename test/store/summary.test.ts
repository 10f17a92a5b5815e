import { describe, expect, test } from 'vitest';
import { appendAudit } from '../../src/store/audit.ts';
import { insertDecision } from '../../src/store/decisions.ts';
import { recordOutcomes } from '../../src/store/delivery-attempts.ts';
import { markInstances } from '../../src/store/instances.ts';
import { enqueue, reopenDeliveries } from '../../src/store/outbox.ts';
import { setDecided } from '../../src/store/series.ts';
import { summarize } from '../../src/store/summary.ts';
import { FAILURE, NOON, newDecision, newDelivery, receivedSeries } from './sample-records.ts';
import { temporaryDatabase } from './temporary-database.ts';

describe('summary', () => {
  test('an empty database counts nothing', async () => {
    expect(await summarize(await temporaryDatabase())).toEqual({
      instances: { undecided: 0, decided: 0 },
      series: { receiving: 0, decided: 0 },
      decisions: [],
      flagged: [],
      deliveries: [],
      auditEntries: 0,
    });
  });

  test('instances, series, decisions by flag and deliveries by state are counted as they stand', async () => {
    const database = await temporaryDatabase();
    const first = await receivedSeries(database, 4, 1);
    const second = await receivedSeries(database, 2, 2);
    await database.transaction(async (tx) => {
      const flags = ['uncertain', 'few-slices'] as const;
      const decisionId = await insertDecision(tx, newDecision(first.series.id, { flags }));
      await insertDecision(tx, newDecision(second.series.id, { flags: ['uncertain'] }));
      await setDecided(tx, { seriesId: first.series.id, kind: 'cine', kindRule: null, decisionId });
      await markInstances(
        tx,
        first.instances.map(({ id }) => id),
        'decided',
      );
      await appendAudit(tx, [{ at: NOON, event: 'series-decided', actor: 'node', subject: {}, detail: {} }]);
    });
    await database.transaction(async (tx) => {
      const deliveries = first.instances.map((one, n) => newDelivery(one, { queuedAt: NOON + n }));
      const ids = await enqueue(tx, [...deliveries, newDelivery(second.instances[0]!, { destination: 'web' })]);
      await recordOutcomes(tx, [
        { deliveryId: ids[0]!, at: NOON, outcome: 'delivered' },
        { deliveryId: ids[1]!, at: NOON, outcome: 'delivered' },
        { deliveryId: ids[2]!, at: NOON, outcome: 'dead', ...FAILURE, reason: 'refused' },
      ]);
      await reopenDeliveries(tx, { instanceIds: [first.instances[1]!.id], at: NOON });
    });
    const passed = { decision: 'pass-through', mode: 'standardize', kind: 'cine', reason: 'standard' };
    expect(await summarize(database)).toEqual({
      instances: { undecided: 2, decided: 4 },
      series: { receiving: 1, decided: 1 },
      decisions: [{ ...passed, count: 2 }],
      flagged: [
        { ...passed, flag: 'few-slices', count: 1 },
        { ...passed, flag: 'uncertain', count: 2 },
      ],
      deliveries: [
        { destination: 'archive', pending: 2, delivered: 1, dead: 1, oldestPendingAt: NOON + 1 },
        { destination: 'web', pending: 1, delivered: 0, dead: 0, oldestPendingAt: NOON },
      ],
      auditEntries: 1,
    });
  });
});
