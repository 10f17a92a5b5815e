import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBatch } from '../../../src/app/batches/create-batch.ts';
import type { NodeSettings } from '../../../src/app/node-context.ts';
import { DEFAULT_SETTINGS } from '../../../src/core/decision/thresholds.ts';
import { latestDecision } from '../../../src/store/decisions.ts';
import { ActingReviewer } from '../../support/acting.ts';
import { BatchApp, ORDER } from '../../support/batch-app.ts';
import { mortal } from '../../support/mortal-database.ts';
import { appSettings, changed, type Sent } from '../../support/running-app.ts';
import { smallSax, smallScout } from '../../support/small-study.ts';

const AGAIN = { action: 'decide-again', because: 'a new model' } as const;

let it: BatchApp;
beforeEach(async () => {
  it = await BatchApp.start();
});
afterEach(() => it.close());

function routed(mode: 'observe' | 'standardize'): Partial<NodeSettings> {
  return { routeDefaults: { ...appSettings([it.archive]).routeDefaults, mode } };
}

async function received(...series: readonly (readonly Sent[])[]): Promise<void> {
  for (const one of series) await it.app.receive(one);
  await it.app.settled();
}

const uidsOf = (instances: readonly { readonly sopInstanceUid: string }[]) =>
  instances.map(({ sopInstanceUid }) => sopInstanceUid);
const standing = (seriesId: number) => latestDecision(it.app.db, seriesId);
const held = () => uidsOf(it.archive.received);

const sax = smallSax('101', { study: 'one' });
const standard = smallSax('000', { study: 'two' });
const scout = smallScout({ study: 'three' });

function tellTheTruth(): void {
  it.classifier.tell(sax, '101');
  it.classifier.tell(standard, '000');
}

describe('from observe to standardize', () => {
  beforeEach(async () => {
    await it.restarted(routed('observe'));
    tellTheTruth();
    await received(sax, standard, scout);
    it.archive.received.length = 0;
  });

  test('a dry run says what would change, and changes nothing', async () => {
    await it.restarted(routed('standardize'));
    const before = await it.tables();
    const batch = await it.done({ ...AGAIN, dryRun: true });
    expect(await it.tables()).toEqual(before);
    expect(batch.series).toEqual({ all: 3, done: 3, failed: 0, changed: 1 });
    expect(batch.sentence).toBe(
      'With the present model 1 of 3 series would change; 4 instances would be sent to archive.',
    );
    expect(it.archive.received).toEqual([]);
  });

  test('what was observed is carried out, and nothing else leaves', async () => {
    await it.restarted(routed('standardize'));
    const batch = await it.done(AGAIN);
    expect(batch.sentence).toBe('With the present model 1 of 3 series changed; 4 instances were queued for archive.');
    expect(batch.instances).toEqual({ queued: 4, delivered: 4, gone: 0 });
    const results = await it.app.db.all<{ uid: string }>('select sop_instance_uid as uid from results');
    expect(held().sort()).toEqual(results.map(({ uid }) => uid).sort());
    expect(results).toHaveLength(4);
    const [series] = await it.seriesOf(batch);
    const verdict = { decision: 'standardize', observedCode: '101' };
    expect(series).toMatchObject({ before: verdict, after: verdict, changed: true, queued: { archive: 4 } });
    expect(series?.sentence).toContain('Observed as 101, left as received → Turned (101).');
    expect(await standing(1)).toMatchObject({ supersedes: 1, mode: 'standardize', correction: '110', byPerson: null });
    expect((await it.app.db.all<{ f: string }>('select flags_json as f from series where id = 1'))[0]?.f).toBe('[]');
    expect(await it.app.auditDetails('series-decided-again')).toMatchObject([
      { supersedes: 1, batchId: 1, reason: 'a new model', decision: 'standardize' },
    ]);
  });

  test('and back: the archive gets the originals again', async () => {
    await it.restarted(routed('standardize'));
    await it.done(AGAIN);
    it.archive.received.length = 0;
    await it.restarted(routed('observe'));
    expect((await it.done(AGAIN)).series.changed).toBe(1);
    expect(held().sort()).toEqual(uidsOf(sax).sort());
    expect(sax.every((one) => it.archive.holds(one))).toBe(true);
  });

  test('a second time changes nothing, and sends nothing', async () => {
    await it.restarted(routed('standardize'));
    await it.done(AGAIN);
    it.archive.received.length = 0;
    const before = await it.tables();
    expect((await it.done(AGAIN)).series).toMatchObject({ done: 3, changed: 0 });
    expect(await it.tables()).toEqual(before);
    expect(it.archive.received).toEqual([]);
  });

  test.for(['is lost', 'is kept'] as const)(
    'killed at its transaction, which %s, it is carried out once',
    async (last) => {
      await it.restarted(routed('standardize'));
      const { wrap, arm, isDead } = mortal(2, last);
      const dying = it.newRunner({ db: wrap(it.app.db) });
      arm();
      const { id } = await dying.create({ ...ORDER, ...AGAIN }, 'anna');
      await expect.poll(isDead).toBe(true);
      await dying.close();
      it.runner.wake();
      expect((await it.ended(id)).series).toMatchObject({ done: 3, changed: 1 });
      await it.app.settled();
      expect(it.archive.received).toHaveLength(4);
      expect(await it.app.db.all('select 1 from results')).toHaveLength(4);
    },
  );
});

describe('another model', () => {
  test('that sees a standard picture where one was turned has the originals put back, wherever the results went', async () => {
    tellTheTruth();
    await received(sax);
    await it.done({ to: 'spare' });
    const results = held();
    it.archive.received.length = 0;
    it.spare.received.length = 0;
    it.classifier.tell(sax, '000');
    const batch = await it.done(AGAIN);
    for (const archive of [it.archive, it.spare]) expect(sax.every((one) => archive.holds(one))).toBe(true);
    expect(batch.instances).toMatchObject({ queued: 8, delivered: 8 });
    it.archive.received.length = 0;
    await it.done();
    expect(held().sort()).toEqual(uidsOf(sax).sort());
    expect(held().some((uid) => results.includes(uid))).toBe(false);
  });

  test('that turns as one before it did sends the same bytes under the same UIDs', async () => {
    tellTheTruth();
    await received(sax);
    const first = it.archive.holdings;
    it.classifier.tell(sax, '000');
    await it.done(AGAIN);
    it.archive.received.length = 0;
    it.classifier.tell(sax, '101');
    await it.done(AGAIN);
    expect(it.archive.holdings.size).toBe(sax.length);
    for (const [uid, dataSet] of it.archive.holdings) expect(first.get(uid)?.equals(dataSet), uid).toBe(true);
  });

  test('that turns as one before it did sends the same bytes also where the rules call it another kind by now', async () => {
    tellTheTruth();
    await received(sax);
    const first = it.archive.holdings;
    const { kindRules } = appSettings([it.archive]);
    for (const kind of ['other', 'LGE'] as const) {
      await it.restarted({ kindRules: kindRules.map((rule) => (rule.kind === 'cine' ? { ...rule, kind } : rule)) });
      it.archive.received.length = 0;
      expect((await it.done(AGAIN)).series).toMatchObject({ changed: 1 });
    }
    expect((await standing(1))?.kind).toBe('LGE');
    expect(it.archive.holdings.size).toBe(sax.length);
    for (const [uid, dataSet] of it.archive.holdings) expect(first.get(uid)?.equals(dataSet), uid).toBe(true);
    // Made again of its source, too.
    it.archive.received.length = 0;
    await rm(join(it.app.context.dataDir, 'results'), { recursive: true });
    await it.done();
    for (const [uid, dataSet] of first) expect(it.archive.holdings.get(uid)?.equals(dataSet), uid).toBe(true);
  });

  test('withdraws what still waited by the earlier decision', async () => {
    tellTheTruth();
    it.archive.isDown = true;
    await it.app.receive(sax);
    await expect.poll(() => it.app.db.all('select 1 from deliveries'), { timeout: 5000 }).toHaveLength(4);
    it.classifier.tell(sax, '000');
    it.runner = it.newRunner({}, () => undefined);
    const { id } = await it.order(AGAIN);
    await it.ended(id);
    it.archive.isDown = false;
    await it.app.settled();
    expect(held().sort()).toEqual(uidsOf(sax).sort());
    const states = await it.app.db.all('select state, count(*) as n from deliveries group by state order by state');
    expect(states).toEqual([
      { state: 'dead', n: 4 },
      { state: 'delivered', n: 4 },
    ]);
    expect((await it.app.db.all("select deliveries as n from delivery_counts where state = 'superseded'"))[0]).toEqual({
      n: 4,
    });
  });

  test('that would hold a series for review leaves what left already as it is', async () => {
    tellTheTruth();
    await received(sax);
    it.archive.received.length = 0;
    await it.restarted({ decision: { ...DEFAULT_SETTINGS, onContradiction: 'hold-for-review', holdHours: 24 } });
    it.classifier.tell(sax, '010');
    const before = await it.tables();
    const batch = await it.done(AGAIN);
    expect(await it.tables()).toEqual(before);
    const [series] = await it.seriesOf(batch);
    expect(series).toMatchObject({ changed: false, after: { decision: 'hold-for-review' } });
  });

  test('records what it thinks of a series that leaves as received either way, and sends nothing', async () => {
    await it.restarted(routed('observe'));
    tellTheTruth();
    await received(sax);
    it.archive.received.length = 0;
    it.classifier.tell(sax, '000');
    const batch = await it.done(AGAIN);
    expect(batch.series.changed).toBe(1);
    expect(it.archive.received).toEqual([]);
    expect(await standing(1)).toMatchObject({ supersedes: 1, correction: null });
    await it.done();
    expect(held().sort()).toEqual(uidsOf(sax).sort());
  });
});

describe('a failure takes back nothing', () => {
  test('of the recogniser', async () => {
    tellTheTruth();
    await received(sax);
    it.classifier.fails = true;
    const before = await it.tables();
    const batch = await it.done(AGAIN);
    expect(batch.series).toEqual({ all: 1, done: 0, failed: 1, changed: 0 });
    expect(await it.tables()).toEqual(before);
  });

  test('of a disk that has the pictures no more', async () => {
    tellTheTruth();
    await received(sax);
    await rm(join(it.app.context.dataDir, 'spool'), { recursive: true });
    expect((await it.done(AGAIN)).series).toMatchObject({ failed: 1, changed: 0 });
  });

  test('of turning', async () => {
    await it.restarted(routed('observe'));
    tellTheTruth();
    await received(sax);
    await it.restarted(routed('standardize'));
    it.runner = it.newRunner({ turn: () => Promise.reject(new Error('the disk is full')) });
    const before = await it.tables();
    const batch = await it.done(AGAIN);
    expect(batch.series).toMatchObject({ failed: 1, changed: 0 });
    expect((await it.seriesOf(batch))[0]?.sentence).toContain('nothing was changed: the disk is full');
    expect(await it.tables()).toEqual(before);
  });
});

describe('what persons said', () => {
  test.for(['by_person', 'review'] as const)('is never touched (%s)', async (how) => {
    tellTheTruth();
    await received(sax);
    if (how === 'review') {
      await it.app.db.transaction((tx) =>
        tx.run(
          "insert into reviews (series_id, at, act, by, because, looked_at, decision_id) values (1, 0, 'approve', 'bert', 'right', 1, 1)",
        ),
      );
    } else {
      await it.app.db.transaction(async (tx) => {
        const columns = await tx.all<{ name: string }>("select name from pragma_table_info('decisions')");
        const names = columns.map(({ name }) => name).filter((name) => name !== 'id');
        const values = names.map((name) => (name === 'by_person' ? "'bert'" : name === 'supersedes' ? '1' : name));
        const { lastId } = await tx.run(
          `insert into decisions (${names.join(', ')}) select ${values.join(', ')} from decisions where id = 1`,
        );
        await tx.run('update series set decision_id = ? where id = 1', [lastId]);
      });
    }
    it.classifier.tell(sax, '000');
    const before = await it.tables();
    const batch = await it.done(AGAIN);
    expect(await it.tables()).toEqual(before);
    expect((await it.seriesOf(batch))[0]?.sentence).toBe('It was decided by a person.');
  });

  test.for(['approve', 'overrule'] as const)('while the node judges is not touched either (%s)', async (act) => {
    tellTheTruth();
    await received(sax);
    it.classifier.tell(sax, '000');
    const reviewer = new ActingReviewer(it.app, ['archive']);
    const classify = it.classifier.classify.bind(it.classifier);
    let outcome: Promise<unknown> | undefined;
    it.classifier.classify = async (images) => {
      outcome ??= reviewer.acts({ act, ...(act === 'overrule' && { code: '011' }) });
      await outcome;
      return classify(images);
    };
    const batch = await it.done(AGAIN);
    expect(await outcome).toMatchObject({ done: true });
    expect((await it.seriesOf(batch))[0]).toMatchObject({ changed: false, sentence: 'It was decided by a person.' });
    expect(await standing(1)).toMatchObject({ correction: act === 'approve' ? '110' : '011' });
  });
});

describe('a stack of many series', () => {
  const stack = smallSax('101', { study: 'stack' }).map((instance, i) => ({ instance, series: `2.25.77${i}` }));

  test('is decided together, also where only some of it were chosen', async () => {
    const instances = stack.map(({ instance, series }) => changed(instance, { SeriesInstanceUID: [series] }));
    it.classifier.tell(instances, '101');
    await it.restarted(routed('observe'));
    await received(instances);
    it.archive.received.length = 0;
    await it.restarted(routed('standardize'));
    const batch = await it.done({ ...AGAIN, filter: { series: '2.25.771' } });
    expect(batch.series).toEqual({ all: 4, done: 4, failed: 0, changed: 4 });
    expect(it.archive.received).toHaveLength(4);
    const joined = (await it.seriesOf(batch)).filter(({ sentence }) =>
      sentence?.startsWith('It was not chosen itself, but is one stack with what was chosen.'),
    );
    expect(joined.map(({ seriesInstanceUid }) => seriesInstanceUid)).toEqual(['2.25.770', '2.25.772', '2.25.773']);
    const groups = await it.app.db.all('select distinct stack_group_id from decisions');
    expect(groups).toHaveLength(1);
  });

  test('is left as it is where one of it failed before: it is never decided in part', async () => {
    const instances = stack.map(({ instance, series }) => changed(instance, { SeriesInstanceUID: [series] }));
    it.classifier.tell(instances, '101');
    await it.restarted(routed('observe'));
    await received(instances);
    await it.restarted(routed('standardize'));
    const id = await createBatch({ ...ORDER, ...AGAIN }, 'anna', { ...it.app.context, destinations: [] });
    await it.app.db.transaction((tx) => tx.run("update batch_series set state = 'failed' where series_id = 1"));
    it.runner.wake();
    const before = await it.tables();
    expect((await it.ended(id)).series).toEqual({ all: 4, done: 0, failed: 4, changed: 0 });
    expect(await it.tables()).toEqual(before);
  });
});

describe('after whatever models and modes', () => {
  const MODES = ['observe', 'standardize'] as const;
  const CODES = ['101', '000', '010'] as const;
  const step = fc.record({ mode: fc.constantFrom(...MODES), code: fc.constantFrom(...CODES) });
  type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

  const outcome = async () => {
    const { decision, mode, correction } = (await standing(1)) as NonNullable<Awaited<ReturnType<typeof standing>>>;
    return { decision, correction, ...(decision === 'standardize' ? { mode } : {}) };
  };
  const fresh = async () => {
    await it.close();
    it = await BatchApp.start();
  };

  test('the decision is that of a node that saw the series for the first time, and that alone is sent again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        const seen = async ({ mode, code }: Step, look: () => Promise<unknown>) => {
          await it.restarted(routed(mode));
          it.classifier.tell(sax, code);
          await look();
        };
        await fresh();
        await seen(steps.at(-1) as Step, () => received(sax));
        const expected = await outcome();
        await fresh();
        await seen(steps[0] as Step, () => received(sax));
        for (const one of steps.slice(1)) await seen(one, () => it.done(AGAIN));
        expect(await outcome()).toEqual(expected);
        const turned = expected.decision === 'standardize' && expected.mode === 'standardize';
        const stands = turned
          ? 'select sop_instance_uid as uid from results where decision_id = (select decision_id from series)'
          : 'select sop_instance_uid as uid from instances';
        const uids = (await it.app.db.all<{ uid: string }>(stands)).map(({ uid }) => uid);
        for (const uid of uids) expect(it.archive.holdings.has(uid)).toBe(true);
        it.archive.received.length = 0;
        await it.done();
        expect(held().sort()).toEqual(uids.sort());
      }),
      { numRuns: 6 },
    );
  }, 60_000);
});
