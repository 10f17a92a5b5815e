import type { Batch, BatchSeries } from '../../api/batches.ts';
import type { BatchRecord, ListedBatchSeries } from '../../store/batches.ts';

/** A batch as it is shown; `waitsFor` says in plain words what keeps it at the moment. */
export function batchView(record: BatchRecord, waitsFor?: string): Batch {
  const { id, order, by, createdAt, endedAt, state, queued } = record;
  return {
    id,
    order,
    by,
    createdAt: new Date(createdAt).toISOString(),
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
    state,
    series: {
      all: record.seriesAll,
      done: record.seriesDone,
      failed: record.seriesFailed,
      changed: record.seriesChanged,
    },
    instances: { queued: sumOf(queued), delivered: record.delivered, gone: record.gone },
    sentence: [...sentences(record), ...(state === 'running' && waitsFor !== undefined ? [waitsFor] : [])].join(' '),
  };
}

function sentences(record: BatchRecord): readonly string[] {
  const { order, seriesAll, seriesDone, seriesFailed, gone } = record;
  const seen = seriesDone + seriesFailed;
  const sofar = seen < seriesAll ? [`${count(seen)} of ${count(seriesAll)} series were looked at.`] : [];
  const failed = seriesFailed > 0 ? [`${count(seriesFailed)} series failed.`] : [];
  const lost = gone > 0 ? [`${count(gone)} instances are not on the disk any more.`] : [];
  return [...sofar, order.action === 'resend' ? sendingAgain(record) : decidingAgain(record), ...failed, ...lost];
}

function decidingAgain({ order, seriesDone, seriesFailed, seriesChanged, queued }: BatchRecord): string {
  const would = order.dryRun ? 'would change' : 'changed';
  return `With the present model ${count(seriesChanged)} of ${count(seriesDone + seriesFailed)} series ${would}; ${sending(queued, order)}.`;
}

function sendingAgain({ order, queued, delivered }: BatchRecord): string {
  const told = sending(queued, order);
  const arrived = order.dryRun ? '' : ` ${count(delivered)} arrived.`;
  return `${told.charAt(0).toUpperCase()}${told.slice(1)}.${arrived}`;
}

function sending(queued: Readonly<Record<string, number>>, { dryRun }: Pick<BatchRecord['order'], 'dryRun'>): string {
  const [first, ...others] = Object.entries(queued);
  if (first === undefined) return dryRun ? 'nothing would be sent' : 'nothing was queued';
  const doing = dryRun ? 'would be sent to' : 'were queued for';
  const each = [`${count(first[1])} instances ${doing} ${first[0]}`];
  for (const [name, instances] of others) each.push(`${count(instances)} ${dryRun ? 'to' : 'for'} ${name}`);
  return each.join(', ');
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

function sumOf(queued: Readonly<Record<string, number>>): number {
  return Object.values(queued).reduce((sum, number) => sum + number, 0);
}

export function batchSeriesView(record: ListedBatchSeries): BatchSeries {
  const { seriesId, studyInstanceUid, seriesInstanceUid, state, before, after, queued, gone, sentence } = record;
  const changed = record.changed === 1;
  return { seriesId, studyInstanceUid, seriesInstanceUid, state, before, after, changed, queued, gone, sentence };
}
