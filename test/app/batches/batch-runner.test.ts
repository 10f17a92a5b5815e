import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { batchResultsCsv } from '../../../src/app/batches/batch-results-csv.ts';
import { verifyAudit } from '../../../src/store/verify-audit.ts';
import { BatchApp, ORDER } from '../../support/batch-app.ts';
import { eventually } from '../../support/eventually.ts';
import { mortal } from '../../support/mortal-database.ts';
import type { RecordingArchive } from '../../support/running-app.ts';
import { smallSax, smallScout } from '../../support/small-study.ts';

const turned = smallSax('101', { study: 'turned' });
const scouts = ['a', 'b', 'c'].map((study) => smallScout({ study }));
const everything = [...turned, ...scouts.flat()];
const SERIES = 4;

let it: BatchApp;
beforeEach(async () => {
  it = await BatchApp.start();
  it.classifier.tell(turned, '101');
});
afterEach(() => it.close());

/** Everything was sent once, and then the archive forgot it. */
async function lostArchive(): Promise<ReadonlyMap<string, Buffer>> {
  await it.app.receive(everything);
  await it.app.settled();
  const held = it.archive.holdings;
  expect(held.size).toBe(everything.length);
  it.archive.received.length = 0;
  return held;
}

/** The same bytes under the same UIDs, each once. */
function expectRefilled(by: RecordingArchive, held: ReadonlyMap<string, Buffer>): void {
  expect(by.received.map(({ sopInstanceUid }) => sopInstanceUid).sort()).toEqual([...held.keys()].sort());
  for (const [uid, dataSet] of by.holdings) expect(held.get(uid)?.equals(dataSet)).toBe(true);
}

describe('a batch that sends again', () => {
  test('fills a lost archive, counts what arrived, and tells what became of each series', async () => {
    const held = await lostArchive();
    const batch = await it.done();
    expectRefilled(it.archive, held);
    expect(batch).toMatchObject({
      by: 'anna',
      state: 'done',
      series: { all: SERIES, done: SERIES, failed: 0, changed: 0 },
      instances: { queued: everything.length, delivered: everything.length, gone: 0 },
      sentence: '10 instances were queued for archive. 10 arrived.',
    });
    const series = await it.seriesOf(batch);
    expect(series.map(({ state, queued }) => [state, queued.archive])).toEqual([
      ['done', 4],
      ['done', 2],
      ['done', 2],
      ['done', 2],
    ]);
    expect(series[0]).toMatchObject({ before: { decision: 'standardize', observedCode: '101' }, after: null });
    expect(it.spare.received).toEqual([]);
  });

  test('puts its beginning, its end and each series on the audit trail', async () => {
    await lostArchive();
    await it.done();
    const begun = { action: 'resend', dryRun: false, filter: ORDER.filter, series: SERIES, reason: ORDER.because };
    expect(await it.app.auditDetails('batch-created')).toEqual([begun]);
    expect(await it.app.auditDetails('batch-ended')).toMatchObject([{ done: SERIES, queued: { archive: 10 } }]);
    expect(await it.app.auditDetails('series-sent-again')).toHaveLength(SERIES);
    expect(await verifyAudit(it.app.db)).toMatchObject({ ok: true });
  });

  test('never names on the audit trail the words that were looked for', async () => {
    await it.done({ filter: { text: 'Doe' } });
    expect(JSON.stringify(await it.app.auditDetails('batch-created'))).not.toContain('Doe');
  });

  test('sends to another destination what the first one had', async () => {
    const held = await lostArchive();
    await it.done({ to: 'spare' });
    expectRefilled(it.spare, held);
    expect(it.archive.received).toEqual([]);
  });

  test('changes nothing in a dry run, and says what would be sent', async () => {
    await lostArchive();
    const before = await it.tables();
    const batch = await it.done({ dryRun: true });
    expect(await it.tables()).toEqual(before);
    expect(batch.instances).toEqual({ queued: 10, delivered: 0, gone: 0 });
    expect(batch.sentence).toBe('10 instances would be sent to archive.');
  });

  test('takes the series that the filter let through when it was ordered', async () => {
    await lostArchive();
    it.archive.isDown = true;
    const { id } = await it.order();
    await it.app.receive(smallScout({ study: 'later' }));
    it.archive.isDown = false;
    await it.app.settled();
    expect((await it.ended(id)).series.all).toBe(SERIES);
  });
});

describe('an order', () => {
  test('again under the same key is the same batch, and another under that key a conflict', async () => {
    await lostArchive();
    const key = 'a-key-of-mine';
    const [one, same] = await Promise.all([it.order({ key }), it.order({ key })]);
    expect(same.id).toBe(one.id);
    await expect(it.order({ key, to: 'spare' })).rejects.toMatchObject({ code: 'conflict' });
    await it.ended(one.id);
    await it.app.settled();
    expect(it.archive.received).toHaveLength(everything.length);
  });

  test.for([
    ['without a filter', { filter: {} }],
    ['for a destination that is not there', { destination: 'nowhere' }],
    ['to one that is not there', { to: 'nowhere' }],
    ['to decide again for one archive', { action: 'decide-again', to: 'spare' }],
  ] as const)('%s is refused', async ([, order]) => {
    await expect(it.order(order)).rejects.toMatchObject({ code: 'bad-request' });
    expect(await it.runner.list({ limit: 10 })).toEqual({ items: [], next: null });
  });
});

describe('progress', () => {
  const downAfter = async (deliveries: number): Promise<number> => {
    await lostArchive();
    it.archive.isDown = true;
    const { id } = await it.order();
    await eventually(
      () => it.runner.get(id),
      ({ instances }) => instances.queued >= deliveries,
      { what: 'the first series' },
    );
    return id;
  };

  test('stops while the destination takes nothing: no more than one series is queued', async () => {
    const id = await downAfter(4);
    await delay(300);
    const batch = await it.runner.get(id);
    expect(batch.series.done).toBe(1);
    expect(batch.sentence).toContain('It waits, because archive takes nothing at the moment: nobody answers.');
    it.archive.isDown = false;
    expect((await it.ended(id)).series.done).toBe(SERIES);
  });

  test('leaves room for what arrives live: a series is not queued while 200 instances wait', async () => {
    const long = ['long', 'longer'].flatMap((study) => smallSax('000', { study, phases: 51 }));
    await it.app.receive(long);
    await it.app.settled();
    it.archive.isDown = true;
    await it.runner.close();
    // Nobody noticed yet that it takes nothing.
    it.runner = it.newRunner({}, () => undefined);
    const { id } = await it.order();
    await eventually(
      () => it.runner.get(id),
      ({ sentence }) => sentence.includes('It waits until some of 204 instances have arrived.'),
      { what: 'the limit' },
    );
    expect((await it.runner.get(id)).series).toMatchObject({ all: 2, done: 1 });
    it.archive.isDown = false;
    expect((await it.ended(id)).instances.queued).toBe(408);
  });

  test('goes on after a pause where it was', async () => {
    const id = await downAfter(4);
    expect(await it.runner.pause(id, 'bert')).toMatchObject({ state: 'paused' });
    it.archive.isDown = false;
    await it.app.settled();
    await delay(300);
    expect((await it.runner.get(id)).series.done).toBe(1);
    await it.runner.resume(id, 'bert');
    await it.ended(id);
    await it.app.settled();
    expect(it.archive.received).toHaveLength(everything.length);
    for (const event of ['batch-paused', 'batch-resumed']) expect(await it.app.auditDetails(event)).toHaveLength(1);
  });

  test('ends when it is cancelled; what is queued still goes out', async () => {
    const id = await downAfter(4);
    expect(await it.runner.cancel(id, 'bert')).toMatchObject({ state: 'cancelled' });
    it.archive.isDown = false;
    await it.app.settled();
    await delay(300);
    expect(it.archive.received).toHaveLength(4);
    expect((await it.runner.get(id)).instances).toEqual({ queued: 4, delivered: 4, gone: 0 });
    await expect(it.runner.resume(id, 'bert')).rejects.toMatchObject({ code: 'conflict' });
  });

  test('is listed newest first, page after page', async () => {
    for (const to of ['spare', 'archive']) await it.done({ to });
    const first = await it.runner.list({ limit: 1 });
    const second = await it.runner.list({ limit: 1, cursor: first.next ?? undefined });
    expect([...first.items, ...second.items].map(({ order }) => order.to)).toEqual(['archive', 'spare']);
    expect(second.next).toBeNull();
    await expect(it.runner.get(9)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the results as a table', () => {
  test('name every series, and nothing that a spreadsheet would take for a formula', async () => {
    await lostArchive();
    const batch = await it.done();
    let text = '';
    for await (const part of batchResultsCsv(batch.id, it.app.context)) text += part;
    const lines = text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(1 + SERIES);
    expect(lines[1]).toContain('done,standardize,101,,,no,4,archive,0,');
    for (const cell of lines.flatMap((line) => line.split(','))) expect(cell).not.toMatch(/^[=+\-@]/);
  });
});

describe('a runner that is killed', () => {
  const newestBatch = async () => (await it.runner.list({ limit: 1 })).items[0]?.id ?? 0;

  test('at any transaction, whether that was kept or lost, leaves nothing out and queues nothing twice', async () => {
    const held = await lostArchive();
    const ends = fc.record({
      transactions: fc.integer({ min: 1, max: SERIES + 2 }),
      last: fc.constantFrom('is kept' as const, 'is lost' as const),
    });
    await fc.assert(
      fc.asyncProperty(ends, async ({ transactions, last }) => {
        it.archive.received.length = 0;
        const before = await newestBatch();
        const { wrap, arm, isDead } = mortal(transactions, last);
        const dying = it.newRunner({ db: wrap(it.app.db) });
        arm();
        const ordered = await dying.create(ORDER, 'anna').catch(() => undefined);
        if (ordered !== undefined) {
          await eventually(
            async () => isDead() || (await it.app.db.all("select 1 from batches where state = 'running'")).length === 0,
            Boolean,
            { what: 'its end' },
          );
        }
        await dying.close();
        const next = it.newRunner();
        next.wake();
        const id = await newestBatch();
        if (id > before) await it.ended(id, next);
        await it.app.settled();
        await next.close();
        if (id > before) expectRefilled(it.archive, held);
        else expect(it.archive.received).toEqual([]);
      }),
      { numRuns: 14 },
    );
  });
});
