import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERIES_ORDERS, type SeriesFilter, seriesQuery } from '../../src/api/series.ts';
import { listSeries } from '../../src/app/views/list-series.ts';
import { overviewOf } from '../../src/app/views/overview.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { insertManySeries } from '../support/many-series.ts';
import { millisecondsOf } from './measure.ts';
import type { Row } from './report.ts';

export const SERIES = 100_000;

const FILTERS: readonly (readonly [string, SeriesFilter])[] = [
  ['one scanner', { scanner: 'MR_ROOM_2' }],
  ['a rare code', { code: '100' }],
  ['a flag', { flag: 'contradiction' }],
  ['review needed', { review: 'needed' }],
  ['dead deliveries', { delivery: 'dead' }],
  ['low confidence', { confidenceBelow: 0.6 }],
  ['one day', { from: '2026-01-14T00:00:00Z', to: '2026-01-15T00:00:00Z' }],
  ['words that many have', { text: 'sax smith' }],
  ['words that nobody has', { text: 'nobody at all' }],
];

/** First pages of a list of so many series, in the order that takes longest; and the overview. */
export async function seriesListRows(): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cmr-bench-list-'));
  const db = await openDatabase({ file: join(folder, 'node.sqlite') });
  try {
    const until = Date.UTC(2026, 0, 15, 12);
    await insertManySeries(db, { count: SERIES, until, receiving: 20 });
    const rows: Row[] = [];
    for (const order of SERIES_ORDERS) rows.push(await pageRow(db, `first page by ${order}`, {}, [order]));
    for (const [name, filter] of FILTERS) {
      rows.push(await pageRow(db, `first page of ${name}, slowest order`, filter, SERIES_ORDERS));
    }
    const now = () => until;
    const took = await millisecondsOf(() => overviewOf({}, { db, now }, []), { calls: 1, rounds: 5 });
    rows.push({ what: 'overview', unit: 'ms', bySize: new Map([[SERIES, took]]) });
    return rows;
  } finally {
    await db.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function pageRow(
  db: Database,
  what: string,
  filter: SeriesFilter,
  orders: readonly (typeof SERIES_ORDERS)[number][],
): Promise<Row> {
  const times = [];
  for (const order of orders) {
    for (const descending of ['true', 'false']) {
      const query = seriesQuery.parse({ ...filter, order, descending });
      times.push(await millisecondsOf(() => listSeries(query, { db }), { calls: 1, rounds: 5 }));
    }
  }
  const slowest = times.reduce((one, other) => (other.median > one.median ? other : one));
  return { what, unit: 'ms', bySize: new Map([[SERIES, slowest]]) };
}
