import { describe, expect, test } from 'vitest';
import { REQUEST_ITEM_ATTRIBUTES, type SearchLevel, searchAttribute } from '../../src/core/search/search-attributes.ts';
import { type Condition, parseMatch } from '../../src/core/search/search-query.ts';
import { type CatalogueEntry, putInCatalogue, takeFromCatalogue } from '../../src/store/catalogue.ts';
import { catalogueMatches } from '../../src/store/catalogue-matches.ts';
import { searchCatalogue } from '../../src/store/catalogue-search.ts';
import type { Database } from '../../src/store/database.ts';
import { insertInstances } from '../../src/store/instances.ts';
import { cataloguedRecords } from '../../src/store/retained.ts';
import { newInstance, newSeries } from './sample-records.ts';
import { temporaryDatabase } from './temporary-database.ts';

type Values = CatalogueEntry['values'];

/** Received instances to point at: the catalogue holds what is on record only. */
async function onRecord(database: Database, count: number, first = 1): Promise<readonly number[]> {
  return database.transaction(async (tx) => {
    const series = await newSeries(tx);
    const rows = Array.from({ length: count }, (_, i) => newInstance(series, first + i));
    return (await insertInstances(tx, rows)).map(({ id }) => id);
  });
}

function entry(uids: string, instanceId: number, values: Values = {}): CatalogueEntry {
  const [studyInstanceUid = '', seriesInstanceUid = '', sopInstanceUid = ''] = uids.split('/');
  const sopClassUid = '1.2.840.10008.5.1.4.1.1.4';
  return { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, instanceId, resultId: null, values };
}

function condition(keyword: string, value: string): Condition {
  const tag = TAGS[keyword];
  const attribute = REQUEST_ITEM_ATTRIBUTES.find((one) => one.keyword === keyword) ?? searchAttribute(tag as number);
  const match = parseMatch(attribute!, value);
  if (match === undefined || match === 'any') throw new RangeError(`${keyword}=${value}`);
  return { attribute: attribute!, match };
}

const TAGS: Readonly<Record<string, number>> = {
  StudyInstanceUID: 0x0020000d,
  SeriesInstanceUID: 0x0020000e,
  SOPInstanceUID: 0x00080018,
  SOPClassUID: 0x00080016,
  PatientName: 0x00100010,
  PatientID: 0x00100020,
  StudyDate: 0x00080020,
  StudyTime: 0x00080030,
  ModalitiesInStudy: 0x00080061,
  Modality: 0x00080060,
  SeriesNumber: 0x00200011,
  InstanceNumber: 0x00200013,
};

async function found(
  database: Database,
  level: SearchLevel,
  asked: Readonly<Record<string, string>> = {},
  page: { offset?: number; limit?: number } = {},
): Promise<readonly string[]> {
  const conditions = Object.entries(asked).map(([keyword, value]) => condition(keyword, value));
  const { ids } = await searchCatalogue(database, { level, conditions, offset: 0, limit: 100, ...page });
  const matches = await catalogueMatches(database, level, ids);
  return matches.map(({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }) =>
    [studyInstanceUid, seriesInstanceUid, sopInstanceUid].filter((uid) => uid !== undefined).join('/'),
  );
}

const name = (alphabetic: string, ideographic?: string) => ({
  '00100010': [{ Alphabetic: alphabetic, ...(ideographic === undefined ? {} : { Ideographic: ideographic }) }],
});
const MR = { '00080060': ['MR'] };

async function small(): Promise<Database> {
  const database = await temporaryDatabase();
  const [a, b, c, d] = (await onRecord(database, 4)) as [number, number, number, number];
  const first = {
    ...name('Müller^Jürgen', '山田^太郎'),
    '00100020': ['A[1]'],
    '00080020': ['20240131'],
    '00080030': ['1030'],
    ...MR,
  };
  await database.transaction((tx) =>
    putInCatalogue(tx, [
      entry('1/1.1/1.1.1', a, { ...first, '00200011': ['1'], '00200013': [1] }),
      entry('1/1.1/1.1.2', b, { ...first, '00200011': ['1'], '00200013': [2] }),
      entry('1/1.2/1.2.1', c, {
        ...first,
        '00080060': ['SR'],
        '00400275': [
          { '00400009': { vr: 'SH', Value: ['step'] }, '00401001': { vr: 'SH', Value: ['procedure'] } },
          { '00400009': { vr: 'SH', Value: ['other'] } },
        ],
      }),
      entry('2/2.1/2.1.1', d, { ...name('Smith^A'), ...MR, '00100020': ['B'] }),
    ]),
  );
  return database;
}

describe('the catalogue', () => {
  test('is searched at each level, studies newest first, what is in them in order of arrival', async () => {
    const database = await small();
    expect(await found(database, 'study')).toEqual(['2', '1']);
    expect(await found(database, 'series')).toEqual(['2/2.1', '1/1.1', '1/1.2']);
    expect(await found(database, 'instance')).toEqual(['2/2.1/2.1.1', '1/1.1/1.1.1', '1/1.1/1.1.2', '1/1.2/1.2.1']);
    expect(await found(database, 'instance', { StudyInstanceUID: '1' }, { offset: 1, limit: 1 })).toEqual([
      '1/1.1/1.1.2',
    ]);
  });

  test.each<[Readonly<Record<string, string>>, readonly string[]]>([
    [{ PatientName: 'MULLER^JURGEN' }, ['1']],
    [{ PatientName: 'muller*' }, ['1']],
    [{ PatientName: 'müller' }, []],
    [{ PatientName: '山田^*' }, ['1']],
    [{ PatientName: '*' + '^a' }, ['2']],
    [{ PatientID: 'A[1]' }, ['1']],
    [{ PatientID: 'A[?]' }, ['1']],
    [{ PatientID: 'a[1]' }, []],
    [{ PatientID: '?' }, ['2']],
    [{ StudyDate: '20240101-20240201' }, ['1']],
    [{ StudyDate: '20240201-' }, []],
    [{ StudyTime: '10' }, ['1']],
    [{ StudyTime: '1031-' }, []],
    [{ ModalitiesInStudy: 'SR' }, ['1']],
    [{ ModalitiesInStudy: 'MR' }, ['2', '1']],
    [{ StudyInstanceUID: '2,1,9' }, ['2', '1']],
    [{ PatientName: "x' or 1=1 --" }, []],
  ])('finds studies by %j', async (asked, studies) => {
    expect(await found(await small(), 'study', asked)).toEqual(studies);
  });

  test.each<[SearchLevel, Readonly<Record<string, string>>, readonly string[]]>([
    ['series', { Modality: 'S?' }, ['1/1.2']],
    ['series', { SeriesNumber: '01' }, ['1/1.1']],
    ['series', { PatientName: 'smith*', Modality: 'MR' }, ['2/2.1']],
    ['series', { SeriesInstanceUID: '1.2' }, ['1/1.2']],
    ['series', { ScheduledProcedureStepID: 'st*' }, ['1/1.2']],
    ['series', { ScheduledProcedureStepID: 'step', RequestedProcedureID: 'procedure' }, ['1/1.2']],
    ['series', { ScheduledProcedureStepID: 'other', RequestedProcedureID: 'procedure' }, []],
    ['instance', { InstanceNumber: '2' }, ['1/1.1/1.1.2']],
    ['instance', { SOPInstanceUID: '1.2.1,2.1.1' }, ['2/2.1/2.1.1', '1/1.2/1.2.1']],
    ['instance', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.4', StudyInstanceUID: '2' }, ['2/2.1/2.1.1']],
    ['instance', { SOPClassUID: '1.2.3' }, []],
  ])('finds at level %s by %j', async (level, asked, uids) => {
    expect(await found(await small(), level, asked)).toEqual(uids);
  });

  test('tells the values, the counts and the modalities', async () => {
    const database = await small();
    const { ids } = await searchCatalogue(database, { level: 'study', conditions: [], offset: 1, limit: 1 });
    const [study] = await catalogueMatches(database, 'study', ids);
    expect(study!.attributes).toMatchObject({
      '00080020': { vr: 'DA', Value: ['20240131'] },
      '00080061': { vr: 'CS', Value: ['MR', 'SR'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jürgen', Ideographic: '山田^太郎' }] },
      '0020000D': { vr: 'UI', Value: ['1'] },
      '00201206': { vr: 'IS', Value: [2] },
      '00201208': { vr: 'IS', Value: [3] },
    });
  });

  test('says that there are more', async () => {
    const database = await small();
    const query = { level: 'series' as const, conditions: [], offset: 0 };
    expect((await searchCatalogue(database, { ...query, limit: 2 })).more).toBe(true);
    expect((await searchCatalogue(database, { ...query, limit: 3 })).more).toBe(false);
  });

  test('holds the newest of what shares a UID, wherever it belongs now, and nothing that is empty', async () => {
    const database = await small();
    const [e] = (await onRecord(database, 1, 5)) as [number];
    await database.transaction((tx) => putInCatalogue(tx, [entry('3/3.1/2.1.1', e, name('Smith^B'))]));
    expect(await found(database, 'instance', { PatientName: 'smith*' })).toEqual(['3/3.1/2.1.1']);
    expect(await found(database, 'study')).toEqual(['3', '1']);
    // What is older does not come back.
    await database.transaction((tx) => putInCatalogue(tx, [entry('2/2.1/2.1.1', e - 1)]));
    expect(await found(database, 'instance', { SOPInstanceUID: '2.1.1' })).toEqual(['3/3.1/2.1.1']);
    expect(await found(database, 'series', { StudyInstanceUID: '2' })).toEqual([]);
  });

  test('forgets an instance, and with the last of them its series and study', async () => {
    const database = await small();
    const [record] = await cataloguedRecords(database, { studyInstanceUid: '2' });
    expect(record).toMatchObject({ sopInstanceUid: '2.1.1', resultId: null });
    await database.transaction((tx) => takeFromCatalogue(tx, [{ ...record!, instanceId: record!.instanceId + 1 }]));
    expect(await found(database, 'study')).toEqual(['2', '1']);
    await database.transaction((tx) => takeFromCatalogue(tx, [record!]));
    expect(await found(database, 'study')).toEqual(['1']);
    expect(await found(database, 'series')).toEqual(['1/1.1', '1/1.2']);
  });

  test('leads from a UID to its row without reading a whole table', async () => {
    const database = await small();
    const plans: string[] = [];
    const watched = {
      all: async <Row>(sql: string, parameters: readonly (string | number | null)[] = []) => {
        const steps = await database.all<{ detail: string }>(`explain query plan ${sql}`, parameters);
        plans.push(steps.map(({ detail }) => detail).join('\n'));
        return database.all<Row>(sql, parameters);
      },
    };
    for (const [level, keyword] of [
      ['study', 'StudyInstanceUID'],
      ['series', 'StudyInstanceUID'],
      ['series', 'SeriesInstanceUID'],
      ['instance', 'StudyInstanceUID'],
      ['instance', 'SeriesInstanceUID'],
      ['instance', 'SOPInstanceUID'],
    ] as const) {
      const conditions = [condition(keyword, '1')];
      const { ids } = await searchCatalogue(watched, { level, conditions, offset: 0, limit: 10 });
      await catalogueMatches(watched, level, ids);
    }
    await cataloguedRecords(watched, { studyInstanceUid: '1', seriesInstanceUid: '1.1', sopInstanceUid: '1.1.1' });
    await cataloguedRecords(watched, { studyInstanceUid: '1' });
    for (const plan of plans) expect(plan).not.toMatch(/SCAN catalogue_/);
  });
});

/** Eight series of one instance in each of 12,500 studies of 5,000 patients. */
const COUNTED = 'with recursive n(i) as (select 0 union all select i + 1 from n where i < 99999)';
const HUNDRED_THOUSAND = [
  `${COUNTED} insert into catalogue_studies (id, study_instance_uid, study_date, referring_physician_name_json,
      patient_name_json, patient_id, attributes_json)
    select i + 1, '1.' || i, printf('2024%02d01', 1 + i % 12), '[]',
      json_array('patient' || (i % 5000) || '^test'), 'P-' || (i % 5000), '{"00100020":["P-' || (i % 5000) || '"]}'
    from n where i < 12500`,
  `${COUNTED} insert into catalogue_series (id, study_id, series_instance_uid, modality, series_number,
      request_attributes_json, attributes_json)
    select i + 1, i / 8 + 1, '2.' || i, 'MR', i % 8, '[]', '{"00080060":["MR"]}' from n`,
  `${COUNTED} insert into catalogue_instances (series_id, sop_instance_uid, sop_class_uid, instance_id, attributes_json)
    select i + 1, '3.' || i, '1.2', ?, '{}' from n`,
];

describe('a catalogue of 100,000 series', () => {
  test('answers at once', { timeout: 60_000 }, async () => {
    const database = await temporaryDatabase();
    const [instanceId] = (await onRecord(database, 1)) as [number];
    await database.transaction(async (tx) => {
      for (const sql of HUNDRED_THOUSAND) await tx.run(sql, sql.includes('?') ? [instanceId] : []);
    });
    const milliseconds = async (level: SearchLevel, asked: Readonly<Record<string, string>>, count: number) => {
      const startedAt = performance.now();
      expect(await found(database, level, asked, { limit: 50 })).toHaveLength(count);
      return performance.now() - startedAt;
    };
    const times = [
      await milliseconds('study', {}, 50),
      await milliseconds('study', { PatientName: '*ient4999^*' }, 2),
      await milliseconds('series', { PatientID: 'P-77' }, 24),
      await milliseconds('series', { Modality: 'CT' }, 0),
      await milliseconds('instance', { StudyInstanceUID: '1.5' }, 8),
    ];
    // A hundredth of these on an idle machine of two cores; the limit is for one that is busy.
    for (const time of times) expect(time).toBeLessThan(2000);
    console.info(`catalogue of 100,000 series: ${times.map((time) => `${Math.round(time)} ms`).join(', ')}`);
  });
});
