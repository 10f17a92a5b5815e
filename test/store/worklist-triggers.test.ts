import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FLAGS } from '../../src/core/decision/flags.ts';
import { REVIEW_ACTS, type ReviewAct } from '../../src/core/review/review-acts.ts';
import { putInCatalogue } from '../../src/store/catalogue.ts';
import { Connection } from '../../src/store/connection.ts';
import type { Database, Transaction } from '../../src/store/database.ts';
import { insertDecision, type NewDecision } from '../../src/store/decisions.ts';
import { recordOutcomes } from '../../src/store/delivery-attempts.ts';
import { addInstanceFlags, insertInstances, instancesOfSeries, type NewInstance } from '../../src/store/instances.ts';
import { enqueue, reopenDeliveries, supersedeDeliveries } from '../../src/store/outbox.ts';
import { insertResults } from '../../src/store/results.ts';
import { addSeriesFlags, recordArrivals, seriesByIds, setDecided } from '../../src/store/series.ts';
import { seriesMatching, worklistRows } from '../../src/store/worklist.ts';
import { FAILURE, NOON, newDecision, newDelivery, newInstance, receivedSeries, STUDY } from './sample-records.ts';
import { temporaryDatabase } from './temporary-database.ts';

const MIGRATION = new URL('../../src/store/migrations/0005-worklist.sql', import.meta.url);

/** Takes away all that the migration made, and lets it make it again of what there is. */
async function madeAgain(file: string): Promise<void> {
  const connection = await Connection.open({ file, access: 'write', busyTimeoutMs: 0 });
  const sql = await readFile(MIGRATION, 'utf8');
  const made = [...sql.matchAll(/^create (table|view|trigger) (\w+)/gm)].reverse();
  const drops = made.map(([, what, name]) => `drop ${what} ${name};`);
  // The columns that it added stay.
  await connection.script(`begin; ${drops.join(' ')} ${sql.replaceAll(/^alter table .*$/gm, '')} commit`);
  await connection.close();
}

const anyEvent = fc.record({
  what: fc.constantFrom(
    'arrival',
    'instances',
    'decision',
    'flags',
    'review',
    'results',
    'enqueue',
    'outcomes',
    'again',
    'study',
    'series',
  ),
  series: fc.integer({ min: 1, max: 3 }),
  n: fc.nat({ max: 7 }),
});
type Event = typeof anyEvent extends fc.Arbitrary<infer One> ? One : never;

const HOUR_MS = 3_600_000;
const UIDS = [1, 2, 2].map((n) => `${STUDY}.${n}`);
/** The second and the third have one UID. */
const PARTS = ['cine', 'cine', 'other'] as const;

async function happen(tx: Transaction, { what, series, n }: Event): Promise<void> {
  const at = NOON - n * HOUR_MS;
  const [record] = await seriesByIds(tx, [series]);
  const all = await instancesOfSeries(tx, series);
  if (record === undefined || all.length === 0) throw new RangeError('every series begins with an instance');
  switch (what) {
    case 'arrival':
      await recordArrivals(tx, [{ ...record, receivedAt: at }]);
      return;
    case 'instances': {
      // Some again, and some of another series' UID.
      const overrides = { sopInstanceUid: `${STUDY}.1.${n}`, receivedAt: at, file: `later${all.at(-1)!.id}-${series}` };
      await insertInstances(tx, [newInstance(record, n, overrides)]);
      return;
    }
    case 'decision': {
      const decision = (['standardize', 'pass-through', 'hold-for-review'] as const)[n % 3]!;
      const flags = FLAGS.filter((_, index) => index % 8 === n);
      const row = newDecision(series, {
        decision,
        flags,
        probabilities: n % 2 === 0 ? null : [0.25, 0.75],
        byPerson: n > 5 ? 'j.doe' : null,
        modelVersion: n === 4 ? null : '0.2.0',
      });
      const decisionId = await insertDecision(tx, row);
      await setDecided(tx, { seriesId: series, kind: 'cine', kindRule: null, decisionId });
      await addSeriesFlags(tx, series, flags);
      return;
    }
    case 'flags': {
      const flags = ['late', 'late-contradiction'] as const;
      await addInstanceFlags(tx, [all[0]!.id], flags);
      await addSeriesFlags(tx, series, flags);
      return;
    }
    case 'review':
      await tx.run('insert into reviews (series_id, at, act, by, because, looked_at) values (?, ?, ?, ?, ?, ?)', [
        series,
        at,
        REVIEW_ACTS[n % REVIEW_ACTS.length]!,
        'j.doe',
        'because',
        record.decisionId,
      ]);
      return;
    case 'results': {
      const decisionId = await insertDecision(tx, newDecision(series));
      const result = {
        instanceId: all[0]!.id,
        decisionId,
        sopInstanceUid: `2.25.${n}`,
        seriesInstanceUid: `2.25.9.${n % 3}`,
        file: `derived/${decisionId}.dcm`,
        dataSetOffset: 0,
        dataSetLength: 1,
        sha256: 'd',
        transferSyntaxUid: '1.2',
        stalePrivate: [],
      };
      await insertResults(tx, [result]);
      return;
    }
    case 'enqueue':
      await enqueue(tx, [newDelivery(all[n % all.length]!, { destination: n % 2 === 0 ? 'archive' : 'arch' })]);
      return;
    case 'outcomes': {
      const pending = await tx.all<{ id: number }>("select id from deliveries where state = 'pending' order by id");
      const deliveryId = pending[n % Math.max(1, pending.length)]?.id;
      if (deliveryId === undefined) return;
      const failure = { ...FAILURE, reason: 'refused', nextAttemptAt: at };
      const outcomes = [
        { deliveryId, at, outcome: 'delivered' as const },
        { deliveryId, at, outcome: 'failed' as const, ...failure },
        { deliveryId, at, outcome: 'dead' as const, ...FAILURE, reason: 'refused' },
      ];
      await recordOutcomes(tx, [outcomes[n % 3]!]);
      return;
    }
    case 'again':
      await reopenDeliveries(tx, { instanceIds: all.map(({ id }) => id), at });
      return;
    case 'study':
      await tx.run(
        `insert into catalogue_studies (study_instance_uid, study_date, accession_number,
            referring_physician_name_json, patient_name_json, patient_id, attributes_json)
          values (?1, '20260115', ?2, '[]', '[]', ?2, ?3)
          on conflict do update set patient_id = excluded.patient_id, accession_number = excluded.accession_number,
            attributes_json = excluded.attributes_json`,
        [STUDY, `${n}`, JSON.stringify({ '00100010': [{ Alphabetic: `A^${n}`, Phonetic: 'Ph' }] })],
      );
      return;
    case 'series':
      await happen(tx, { what: 'study', series, n });
      await tx.run(
        `insert into catalogue_series (study_id, series_instance_uid, series_description, series_number,
            request_attributes_json, attributes_json)
          select id, ?1, ?2, ?3, '[]', ?4 from catalogue_studies where study_instance_uid = ?5
          on conflict do update set series_description = excluded.series_description,
            series_number = excluded.series_number, attributes_json = excluded.attributes_json`,
        [UIDS[series - 1]!, `d${n}`, n, JSON.stringify({ '00081010': [`S${n}`], '00080070': ['M'] }), STUDY],
      );
  }
}

async function lived(database: Database, events: readonly Event[]): Promise<void> {
  await database.transaction(async (tx) => {
    const arrivals = UIDS.map((seriesInstanceUid, index) => ({
      studyInstanceUid: STUDY,
      seriesInstanceUid,
      part: PARTS[index]!,
      receivedAt: NOON,
    }));
    for (const [index, series] of (await recordArrivals(tx, arrivals)).entries()) {
      const overrides = { callingAeTitle: `AE${index}`, file: `first${index}` };
      await insertInstances(tx, [newInstance(series, 100 + index, overrides)]);
    }
    for (const event of events) await happen(tx, event);
  });
}

/** All that the triggers keep, without what is folded for searching. */
async function kept(database: Database): Promise<unknown> {
  const destinations = (names: string): string => names.split('\n').sort().join(' ');
  const rows = await database.all<{ destinations: string }>('select * from worklist order by series_id');
  const texts = await database.all<{ series_text: string }>(
    `select series_id, series_text, patient_name, patient_id, study_date, accession_number, series_number,
      series_description, manufacturer, model_name from worklist_texts order by series_id`,
  );
  return {
    rows: rows.map((row) => ({ ...row, destinations: destinations(row.destinations) })),
    texts: texts.map((row) => ({ ...row, series_text: destinations(row.series_text) })),
    derived: await database.all('select * from derived_series'),
    hours: await database.all('select * from hourly_counts order by hour'),
  };
}

describe('the rows of the list', () => {
  test('are the same, kept by triggers through whatever happens, and made of what was there before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 30 }), async (events) => {
        const database = await temporaryDatabase();
        await lived(database, events);
        const byTriggers = await kept(database);
        await database.close();
        await madeAgain(database.file);
        expect(await kept(await temporaryDatabase({ file: database.file }))).toEqual(byTriggers);
      }),
      { numRuns: 30 },
    );
  });

  test('tell of the deliveries that stand: what a later decision replaced is neither dead nor delivered', async () => {
    const database = await temporaryDatabase();
    const { series, instances } = await receivedSeries(database, 3);
    const delivery = async () => (await worklistRows(database, [series.id]))[0]?.delivery;
    expect(await delivery()).toBe('none');
    const ids = await database.transaction((tx) =>
      enqueue(
        tx,
        instances.map((one) => newDelivery(one)),
      ),
    );
    expect(await delivery()).toBe('waiting');
    const [first, second] = ids as [number, number, number];
    const failed = { outcome: 'failed', at: NOON, ...FAILURE, reason: 'refused', nextAttemptAt: NOON } as const;
    await database.transaction((tx) => recordOutcomes(tx, [{ deliveryId: first, ...failed }]));
    expect(await delivery()).toBe('failing');
    await database.transaction((tx) =>
      recordOutcomes(tx, [{ deliveryId: second, at: NOON, outcome: 'dead', ...FAILURE, reason: 'refused' }]),
    );
    expect(await delivery()).toBe('dead');
    await database.transaction(async (tx) => {
      await supersedeDeliveries(tx, { seriesId: series.id, at: NOON, reason: 'decided otherwise' });
    });
    expect(await delivery()).toBe('none');
    expect(await seriesMatching(database, { delivery: 'dead', destination: 'archive' })).toEqual([]);
    // One that was under way arrives after all: it is not what stands.
    await database.transaction((tx) => recordOutcomes(tx, [{ deliveryId: first, at: NOON, outcome: 'delivered' }]));
    expect(await delivery()).toBe('none');
    const [again] = await database.transaction((tx) => enqueue(tx, [newDelivery(instances[0]!)]));
    await database.transaction((tx) => recordOutcomes(tx, [{ deliveryId: again!, at: NOON, outcome: 'delivered' }]));
    expect(await delivery()).toBe('delivered');
  });

  test('keep the texts of what was received, where a result has the same UID, and find a result by its own', async () => {
    const database = await temporaryDatabase();
    const { series, instances } = await receivedSeries(database, 1);
    const catalogued = (description: string, resultId: number | null, uid = series.seriesInstanceUid) => ({
      studyInstanceUid: STUDY,
      seriesInstanceUid: uid,
      sopInstanceUid: instances[0]!.sopInstanceUid,
      sopClassUid: '1.2',
      instanceId: instances[0]!.id,
      resultId,
      values: { '0008103E': [description], '00100010': [{ Alphabetic: 'Müller^Éva' }], '00081010': ['MRC1'] },
    });
    await database.transaction((tx) => putInCatalogue(tx, [catalogued('Ciné SAX', null)]));
    const shown = { seriesDescription: 'Ciné SAX', patientName: 'Müller^Éva', stationName: 'MRC1' };
    expect(await worklistRows(database, [series.id])).toMatchObject([shown]);
    await database.transaction(async (tx) => {
      const decisionId = await insertDecision(tx, newDecision(series.id));
      const result = {
        instanceId: instances[0]!.id,
        decisionId,
        sopInstanceUid: instances[0]!.sopInstanceUid,
        file: 'derived/1.dcm',
        dataSetOffset: 0,
        dataSetLength: 1,
        sha256: 'd',
        transferSyntaxUid: '1.2',
        stalePrivate: [],
      };
      const seriesInstanceUid = series.seriesInstanceUid;
      const [id] = await insertResults(tx, [{ ...result, seriesInstanceUid }]);
      await insertResults(tx, [{ ...result, seriesInstanceUid: '2.25.77', file: 'derived/2.dcm' }]);
      await putInCatalogue(tx, [catalogued('Ciné SAX (standardized)', id!)]);
    });
    expect(await worklistRows(database, [series.id])).toMatchObject([shown]);
    for (const text of ['cine sax', 'muller EVA', '2.25.77', 'mrc1', 'scanner']) {
      expect(await seriesMatching(database, { text }), text).toEqual([series.id]);
    }
    expect(await seriesMatching(database, { text: 'standardized' })).toEqual([]);
    expect(await seriesMatching(database, { series: '2.25.77' })).toEqual([series.id]);
  });

  test('name the first caller that has a name, and find it', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 0);
    const callers = ['', '', 'CT_7', 'MR_2'];
    await database.transaction((tx) =>
      insertInstances(
        tx,
        callers.map((callingAeTitle, n) => newInstance(series, n, { callingAeTitle })),
      ),
    );
    expect(await worklistRows(database, [series.id])).toMatchObject([{ callingAeTitle: 'CT_7', instances: 4 }]);
    expect(await seriesMatching(database, { text: 'ct_7' })).toEqual([series.id]);
    expect(await seriesMatching(database, { text: 'mr_2' })).toEqual([]);
  });

  test('ask for a person until an answering act looked at the decision that stands', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 1);
    const needed = () => seriesMatching(database, { review: 'needed' });
    const decide = (overrides: Partial<NewDecision>) =>
      database.transaction(async (tx) => {
        const decisionId = await insertDecision(tx, newDecision(series.id, overrides));
        await setDecided(tx, { seriesId: series.id, kind: 'cine', kindRule: null, decisionId });
        await addSeriesFlags(tx, series.id, overrides.flags ?? []);
        return decisionId;
      });
    const review = (act: ReviewAct, lookedAt: number, at = NOON) =>
      database.transaction((tx) =>
        tx.run(
          "insert into reviews (series_id, at, act, by, because, looked_at) values (?, ?, ?, 'me', 'because', ?)",
          [series.id, at, act, lookedAt],
        ),
      );
    expect(await needed()).toEqual([]);
    const first = await decide({ flags: ['uncertain'] });
    expect(await needed()).toEqual([series.id]);
    await review('resend', first);
    expect(await needed()).toEqual([series.id]);
    await review('approve', first);
    expect(await needed()).toEqual([]);
    const second = await decide({ decision: 'hold-for-review' });
    expect(await worklistRows(database, [series.id])).toMatchObject([{ flags: [] }]);
    expect(await needed()).toEqual([series.id]);
    await review('leave-as-received', second);
    expect(await needed()).toEqual([]);
    await decide({ flags: ['contradiction'], byPerson: 'me' });
    expect(await needed()).toEqual([]);
    const last = await decide({ flags: ['observe'] });
    expect(await needed()).toEqual([]);
    const speaksAgainst = (overrides: Partial<NewInstance>) =>
      database.transaction(async (tx) => {
        const [late] = await insertInstances(tx, [newInstance(series, 9, overrides)]);
        await addInstanceFlags(tx, [late!.id], ['late-contradiction']);
        await addSeriesFlags(tx, series.id, ['late-contradiction']);
      });
    await speaksAgainst({ receivedAt: NOON, file: 'late' });
    expect(await needed()).toEqual([series.id]);
    await review('approve', last, NOON + 1000);
    expect(await needed()).toEqual([]);
    await speaksAgainst({ receivedAt: NOON + 2000, file: 'later' });
    expect(await needed()).toEqual([series.id]);
    await review('approve', last, NOON + 3000);
    expect(await needed()).toEqual([]);
  });
});
