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

function decidingAgain({ order, seriesAll, seriesDone, seriesFailed, seriesChanged, queued }: BatchRecord): string {
  const seen = seriesDone + seriesFailed < seriesAll ? seriesDone + seriesFailed : seriesAll;
  const counts = `${count(seriesChanged)} of ${count(seen)} series`;
  return order.dryRun
    ? `With the present model ${counts} would change; ${instances(queued)} would be sent.`
    : `With the present model ${counts} changed; ${instances(queued)} queued.`;
}

function sendingAgain({ order, queued, delivered }: BatchRecord): string {
  if (order.dryRun) return `${capitalized(instances(queued))} would be sent.`;
  return `${capitalized(instances(queued))} queued, of which ${count(delivered)} arrived.`;
}

function instances(queued: Readonly<Record<string, number>>): string {
  const each = Object.entries(queued).map(([name, number]) => `${count(number)} instances to ${name}`);
  return each.length === 0 ? 'nothing' : each.join(', ');
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
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
