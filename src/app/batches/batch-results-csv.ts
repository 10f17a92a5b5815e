import type { BatchSeries } from '../../api/batches.ts';
import { csvCell } from '../../core/csv-cell.ts';
import { NodeError } from '../../core/errors.ts';
import { batchById, seriesOfBatch } from '../../store/batches.ts';
import type { NodeContext } from '../node-context.ts';
import { batchSeriesView } from './batch-views.ts';

const PAGE = 500;
const COLUMNS: readonly (readonly [string, (series: BatchSeries) => string | number | null])[] = [
  ['studyInstanceUid', (series) => series.studyInstanceUid],
  ['seriesInstanceUid', (series) => series.seriesInstanceUid],
  ['state', (series) => series.state],
  ['decisionBefore', (series) => series.before?.decision ?? null],
  ['codeBefore', (series) => series.before?.observedCode ?? null],
  ['decisionAfter', (series) => series.after?.decision ?? null],
  ['codeAfter', (series) => series.after?.observedCode ?? null],
  ['changed', (series) => (series.changed ? 'yes' : 'no')],
  ['queued', ({ queued }) => Object.entries(queued).reduce((sum, [, instances]) => sum + instances, 0)],
  ['destinations', ({ queued }) => Object.keys(queued).join(' ')],
  ['gone', (series) => series.gone],
  ['sentence', (series) => series.sentence],
];

/**
 * What became of each series of a batch so far, as RFC 4180 says, page after page; begins with the names of the columns.
 * @throws NodeError not-found, database-failed
 */
export async function* batchResultsCsv(id: number, { db }: Pick<NodeContext, 'db'>): AsyncGenerator<string> {
  if ((await batchById(db, id)) === undefined) throw new NodeError('not-found', `there is no batch ${id}`);
  yield line(COLUMNS.map(([name]) => name));
  for (let after = 0; ; ) {
    const page = await seriesOfBatch(db, id, { after, limit: PAGE });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page.map((record) => line(COLUMNS.map(([, read]) => read(batchSeriesView(record))))).join('');
    after = last.id;
  }
}

function line(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}
