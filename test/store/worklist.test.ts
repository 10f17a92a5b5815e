import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DELIVERY_STATES, SERIES_ORDERS, type SeriesFilter, type SeriesQuery } from '../../src/api/series.ts';
import { FLAGS } from '../../src/core/decision/flags.ts';
import { ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import { reviewNeeded } from '../../src/core/review/review-needed.ts';
import type { Database } from '../../src/store/database.ts';
import {
  MOST_COUNTED,
  seriesMatching,
  type WorklistRow,
  worklistPage,
  worklistRows,
} from '../../src/store/worklist.ts';
import { insertManySeries } from '../support/many-series.ts';
import { temporaryDatabase } from './temporary-database.ts';

const UNTIL = Date.UTC(2026, 0, 15, 12);
const COUNT = 1200;

async function longList(): Promise<{ database: Database; rows: readonly WorklistRow[] }> {
  const database = await temporaryDatabase();
  await insertManySeries(database, { count: COUNT, until: UNTIL, days: 20, receiving: 10 });
  const ids = Array.from({ length: COUNT }, (_, index) => index + 1);
  return { database, rows: await worklistRows(database, ids) };
}

function destinationOf({ state, callingAeTitle }: WorklistRow): string | undefined {
  if (state === 'receiving') return undefined;
  return callingAeTitle === 'MR_ROOM_3' ? 'web' : 'archive';
}

/** What each filter means, said again without SQL. */
const MEANS: {
  readonly [Name in keyof SeriesFilter]-?: (row: WorklistRow, value: string, filter: SeriesFilter) => boolean;
} = {
  from: (row, value) => row.receivedAt >= Date.parse(value),
  to: (row, value) => row.receivedAt < Date.parse(value),
  scanner: (row, value) => row.callingAeTitle === value,
  station: (row, value) => row.stationName === value,
  kind: (row, value) => row.kind === value,
  code: (row, value) => row.observedCode === value,
  decision: (row, value) => row.decision === value,
  reason: (row, value) => row.metricReason === value,
  flag: (row, value) => row.flags.some((flag) => flag === value),
  confidenceBelow: (row, value) => row.confidence !== null && row.confidence < Number(value),
  confidenceFrom: (row, value) => row.confidence !== null && row.confidence >= Number(value),
  // Each goes to one destination, and nothing of it to any other.
  delivery: (row, value, { destination }) =>
    (destination === undefined || destinationOf(row) === destination ? row.delivery : 'none') === value,
  destination: (row, value, { delivery }) => delivery !== undefined || destinationOf(row) === value,
  review: (row, value) => {
    if (value === 'needed') return reviewNeeded(row);
    return (row.review !== null) === (value === 'done');
  },
  reviewer: (row, value) => row.review?.by === value,
  modelVersion: (row, value) => row.modelVersion === value,
  study: (row, value) => row.studyInstanceUid === value,
  series: (row, value) => row.seriesInstanceUid === value,
  text: (row, value) => {
    const texts = `${row.patientName} ${row.patientId} ${row.accessionNumber} ${row.seriesDescription} ${row.stationName}
      ${row.callingAeTitle} ${row.studyInstanceUid} ${row.seriesInstanceUid} MR heart`;
    const folded = (text: string) => text.replaceAll('Ü', 'U').replaceAll('ü', 'u').toLowerCase();
    return value.split(' ').every((word) => folded(texts).includes(folded(word)));
  },
};

const anyMoment = fc
  .integer({ min: 0, max: 20 * 24 })
  .map((hours) => new Date(UNTIL - hours * 3_600_000).toISOString());
const anyFilter: fc.Arbitrary<SeriesFilter> = fc
  .record({
    from: anyMoment,
    to: anyMoment,
    scanner: fc.constantFrom('MR_ROOM_1', 'MR_ROOM_3', 'NOBODY'),
    station: fc.constantFrom('MRC2', 'MRC3'),
    kind: fc.constantFrom('cine', 'LGE', 'T2', 'other' as const),
    code: fc.constantFrom(...ORIENTATION_CODES),
    decision: fc.constantFrom('standardize', 'pass-through', 'hold-for-review'),
    reason: fc.constantFrom('turned', 'standard', 'contradiction', 'not-short-axis'),
    flag: fc.constantFrom(...FLAGS),
    confidenceBelow: fc.double({ min: 0, max: 1, noNaN: true }),
    confidenceFrom: fc.double({ min: 0, max: 1, noNaN: true }),
    delivery: fc.constantFrom(...DELIVERY_STATES),
    destination: fc.constantFrom('archive', 'web', 'nowhere', 'arch'),
    review: fc.constantFrom('needed', 'done', 'none'),
    reviewer: fc.constantFrom('j.doe', 'r.meyer', 'nobody'),
    modelVersion: fc.constantFrom('0.1.0', '0.2.0'),
    study: fc.constantFrom('1.2.826.0.1.3680043.8.498.77.3', '1.2'),
    series: fc.constantFrom('1.2.826.0.1.3680043.8.498.77.3.30', '1.2'),
    text: fc.constantFrom('ÜNAL', 'unal deniz', 'mrc1 CINE', '77.12.', '%', '_', 'p17', '"', 'room_2 lge heart'),
  })
  .chain((all) =>
    // More of them together leave nothing.
    fc.subarray(Object.keys(all) as (keyof SeriesFilter)[], { minLength: 1, maxLength: 3 }).map((names) => {
      const some = names.map((name) => [name, all[name]]);
      return Object.fromEntries(some) as SeriesFilter;
    }),
  );

function isMeant(row: WorklistRow, filter: SeriesFilter): boolean {
  return Object.entries(filter).every(([name, value]) => MEANS[name as keyof SeriesFilter](row, String(value), filter));
}

async function allPages(database: Database, query: SeriesQuery): Promise<readonly WorklistRow[]> {
  const rows: WorklistRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await worklistPage(database, { ...query, cursor });
    expect(page.rows.length).toBeLessThanOrEqual(query.limit);
    rows.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

/** The value that an order compares. */
const KEY: { readonly [Order in SeriesQuery['order']]: (row: WorklistRow) => number | string } = {
  received: (row) => row.receivedAt,
  confidence: (row) => row.confidence ?? -1,
  code: (row) => row.observedCode ?? '',
  scanner: (row) => row.callingAeTitle + row.stationName,
  kind: (row) => row.kind ?? '',
  decision: (row) => row.decision ?? '',
};

describe('the list of series', () => {
  test('lets through what the filters mean, whatever they are, and counts it', async () => {
    const { database, rows } = await longList();
    const query = { order: 'received', descending: false, limit: 500 } as const;
    await fc.assert(
      fc.asyncProperty(anyFilter, async (filter) => {
        const meant = rows.filter((row) => isMeant(row, filter)).map(({ id }) => id);
        expect(await seriesMatching(database, filter)).toEqual(meant);
        const page = await worklistPage(database, { ...filter, ...query });
        expect(page.rows.map(({ id }) => id)).toEqual(meant.slice(0, 500));
        expect(page).toMatchObject({ total: meant.length, totalIsLeast: false });
      }),
      { numRuns: 300 },
    );
  });

  test.each(SERIES_ORDERS)('goes through all of them in pages, ordered by %s, each once', async (order) => {
    const { database, rows } = await longList();
    for (const descending of [true, false]) {
      const paged = await allPages(database, { order, descending, limit: 199 });
      const sign = descending ? -1 : 1;
      const compare = (a: number | string, b: number | string): number => (a < b ? -sign : a > b ? sign : 0);
      const sorted = [...rows].sort((a, b) => compare(KEY[order](a), KEY[order](b)) || compare(a.id, b.id));
      expect(paged.map(({ id }) => id)).toEqual(sorted.map(({ id }) => id));
    }
  });

  test('repeats and leaves out nothing where series come in between two pages', async () => {
    const { database } = await longList();
    const query = { order: 'received', descending: true, limit: 100 } as const;
    const first = await worklistPage(database, query);
    await database.transaction(async (tx) => {
      await tx.run(
        `insert into series (study_instance_uid, series_instance_uid, part, state, first_received_at, last_received_at,
          flags_json) select 'new', 'new.' || value, 'cine', 'receiving', ?, ?, '[]' from json_each('[1,2,3,4,5]')`,
        [UNTIL + 1, UNTIL + 1],
      );
    });
    const second = await worklistPage(database, { ...query, cursor: first.next ?? '' });
    const ids = [...first.rows, ...second.rows].map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 200 }, (_, index) => COUNT - index));
  });

  test('counts no further than it promises', async () => {
    const database = await temporaryDatabase();
    await insertManySeries(database, { count: MOST_COUNTED + 1, until: UNTIL });
    const query = { order: 'received', descending: true, limit: 1 } as const;
    expect(await worklistPage(database, query)).toMatchObject({ total: MOST_COUNTED, totalIsLeast: true });
    const one = { ...query, to: new Date(UNTIL).toISOString() };
    expect(await worklistPage(database, one)).toMatchObject({ total: MOST_COUNTED, totalIsLeast: false });
  });

  test('of a destination, tells the state of what goes there', async () => {
    const { database } = await longList();
    const at = { delivery: 'dead' as const, destination: 'web' };
    const dead = await seriesMatching(database, { delivery: 'dead' });
    await database.transaction((tx) =>
      tx.run(
        `insert into deliveries (destination, instance_id, purpose, sop_instance_uid, sop_class_uid,
          transfer_syntax_uid, file, data_set_offset, data_set_length, calling_ae_title, state, attempts,
          next_attempt_at, queued_at) select 'web', id, 'result', sop_instance_uid, sop_class_uid, transfer_syntax_uid,
          file, 0, 1, 'A', 'dead', 3, 0, 0 from instances where series_id = 1`,
      ),
    );
    expect(await seriesMatching(database, { delivery: 'dead' })).toEqual([...new Set([1, ...dead])]);
    expect(await seriesMatching(database, at)).toContain(1);
    expect(await seriesMatching(database, { ...at, destination: 'archive' })).not.toContain(1);
    expect(await seriesMatching(database, { ...at, delivery: 'delivered', destination: 'archive' })).toContain(1);
  });

  test.each(['', 'e30', 'WzFd', 'WzEsMiwzXQ', '%%%', 'W251bGwsbnVsbF0'])('refuses the cursor "%s"', async (cursor) => {
    const database = await temporaryDatabase();
    const query = { order: 'received', descending: true, limit: 1, cursor } as const;
    await expect(worklistPage(database, query)).rejects.toMatchObject({ code: 'bad-request' });
  });
});
