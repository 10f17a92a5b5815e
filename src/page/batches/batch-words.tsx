import type { Batch } from '../../api/batches.ts';
import { dayOf } from '../moments.ts';
import { filterInWords } from '../series-list/series-filter.ts';
import { count, many } from '../words.ts';

export const ACTION_WORDS: Readonly<
  Record<Batch['order']['action'], { readonly name: string; readonly what: string }>
> = {
  resend: { name: 'Send again', what: 'What stands now is sent again; what an archive has already is not sent twice.' },
  'decide-again': {
    name: 'Decide again',
    what: 'With the present model and settings. Where that changes nothing, nothing is sent.',
  },
};

/** Which series a batch is about. */
export function orderInWords({ filter, destination, to }: Batch['order']): string {
  const days = { ...(filter.from && { from: dayOf(filter.from) }), ...(filter.to && { to: dayOf(filter.to) }) };
  const words = [filterInWords({ ...filter, ...days })];
  if (destination !== undefined) words.push(`of ${destination}`);
  if (to !== undefined) words.push(`to ${to}`);
  return words.join(' · ');
}

/** How far a batch is. */
export function Progress({ batch }: { readonly batch: Batch }) {
  const { all, done, failed } = batch.series;
  const looked = Math.min(done + failed, all);
  return (
    <span class="progress">
      <progress max={Math.max(all, 1)} value={all === 0 ? 1 : looked} aria-label={`Batch ${batch.id}`} />
      <span class="number">
        {count(looked)} of {many(all, 'series', 'series')}
        {failed > 0 && <span class="bad">, {count(failed)} failed</span>}
      </span>
    </span>
  );
}

export function State({ batch }: { readonly batch: Batch }) {
  const kind = { running: '', paused: 'tag-warn', cancelled: '', done: 'tag-good' }[batch.state];
  return (
    <>
      <span class={`tag ${kind}`}>{batch.state}</span>
      {batch.order.dryRun && (
        <>
          {' '}
          <span class="tag">dry run</span>
        </>
      )}
    </>
  );
}
