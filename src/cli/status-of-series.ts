import type { SeriesFilter, SeriesRow } from '../api/series.ts';
import { seriesRow } from '../app/views/list-series.ts';
import type { Database } from '../store/database.ts';
import { MOST_COUNTED, worklistPage } from '../store/worklist.ts';

const PAGE = 500;

/** Prints the newest series that a filter lets through, at most so many: a line for each, or JSON. */
export async function printSeries(
  db: Database,
  { filter, limit, json }: { readonly filter: SeriesFilter; readonly limit: number; readonly json: boolean },
): Promise<void> {
  const items: SeriesRow[] = [];
  let all = '';
  let cursor: string | undefined;
  do {
    const pageLimit = Math.min(PAGE, limit - items.length);
    const page = await worklistPage(db, { ...filter, order: 'received', descending: true, limit: pageLimit, cursor });
    items.push(...page.rows.map(seriesRow));
    all = page.totalIsLeast ? `more than ${MOST_COUNTED}` : String(page.total);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && items.length < limit);
  if (json) return void process.stdout.write(`${JSON.stringify(items, null, 2)}\n`);
  for (const row of items) process.stdout.write(`${lineOf(row)}\n`);
  if (items.length === 0) process.stderr.write('No series.\n');
  else if (cursor !== undefined) process.stderr.write(`The newest ${items.length} of ${all}: --limit shows more.\n`);
}

/** UIDs, codes and names of machines and users; no patient. What came over the wire cannot steer the terminal. */
function lineOf(row: SeriesRow): string {
  const { scanner, observedCode, confidence, review } = row;
  const decided = [
    row.decision ?? 'arriving',
    ...(observedCode === null ? [] : [`code ${observedCode}`]),
    ...(confidence === null ? [] : [`${(100 * confidence).toFixed(1)} %`]),
  ];
  return [
    row.receivedAt,
    row.seriesInstanceUid,
    [scanner.callingAeTitle, ...(scanner.stationName === null ? [] : [scanner.stationName])].join('/'),
    row.kind ?? '–',
    decided.join(', '),
    `delivery ${row.delivery}`,
    ...(row.flags.length === 0 ? [] : [row.flags.join(' ')]),
    ...(row.reviewNeeded ? ['review needed'] : []),
    ...(review === null ? [] : [`${review.act} by ${review.by}`]),
  ]
    .join('  ')
    .replaceAll(/\p{Cc}/gu, '?');
}
