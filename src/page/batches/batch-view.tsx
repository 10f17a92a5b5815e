import { useState } from 'preact/hooks';
import type { Batch } from '../../api/batches.ts';
import { ask } from '../client.ts';
import { toSecond } from '../moments.ts';
import { Link } from '../navigation.tsx';
import { ListEnd } from '../parts/list-end.tsx';
import { Notice } from '../parts/notice.tsx';
import { type Problem, problemFrom } from '../problem.ts';
import { useRowKeys } from '../row-keys.ts';
import { useMay } from '../session.tsx';
import { useAnswer } from '../use-answer.ts';
import { usePages } from '../use-pages.ts';
import { count } from '../words.ts';
import { BatchSeriesTable } from './batch-series-table.tsx';
import { ACTION_WORDS, orderInWords, Progress, State } from './batch-words.tsx';
import { CarryOut } from './carry-out.tsx';

const TOPICS = ['batches'] as const;

/** One batch: how far it is, what it came to, and, of a dry run, the way to doing it. */
export function BatchView({ id }: { readonly id: number }) {
  const { answer: batch, problem, again } = useAnswer('batch', { params: { id } }, TOPICS);
  useRowKeys('Batch');
  const pages = usePages('batchSeries', { params: { id } }, { topics: TOPICS });
  return (
    <>
      <p class="trail">
        <Link to="/batches">Batches</Link> /
      </p>
      <div class="view-head">
        <h1>Batch {id}</h1>
        {batch !== undefined && <State batch={batch} />}
        {batch !== undefined && <Steering batch={batch} onDone={again} />}
      </div>
      {problem !== undefined && <Notice problem={problem} again={again} />}
      {batch !== undefined && <Facts batch={batch} />}
      {pages.problem !== undefined && <Notice problem={pages.problem} again={pages.again} />}
      {pages.items.length > 0 && (
        <>
          <h2 class="gap-above">Series</h2>
          <BatchSeriesTable series={pages.items} />
        </>
      )}
      <ListEnd pages={pages} name="series" />
    </>
  );
}

function Facts({ batch }: { readonly batch: Batch }) {
  const { order, series, instances } = batch;
  return (
    <div class="panel batch-facts">
      <p class="outcome" role="status">
        {batch.sentence === '' ? 'Nothing to tell yet.' : batch.sentence}
      </p>
      <Progress batch={batch} />
      <dl class="facts">
        <dt>What</dt>
        <dd>{ACTION_WORDS[order.action].name}</dd>
        <dt>Of which series</dt>
        <dd>
          <bdi>{orderInWords(order)}</bdi>
        </dd>
        <dt>Why</dt>
        <dd>
          <bdi>{order.because}</bdi>
        </dd>
        <dt>By</dt>
        <dd>
          <bdi>{batch.by}</bdi>, {toSecond(batch.createdAt)}
          {batch.endedAt !== null && <> – {toSecond(batch.endedAt)}</>}
        </dd>
        <dt>{order.dryRun ? 'Would change' : 'Changed'}</dt>
        <dd>{count(series.changed)} series</dd>
        <dt>Instances</dt>
        <dd>
          {count(instances.queued)} {order.dryRun ? 'would be sent' : 'queued'}
          {!order.dryRun && <>, {count(instances.delivered)} delivered</>}
          {instances.gone > 0 && <>, {count(instances.gone)} not on the disk any more</>}
        </dd>
      </dl>
      <a class="button" href={`/api/v1/batches/${batch.id}/results.csv`} download={`batch-${batch.id}.csv`}>
        Results as CSV
      </a>
    </div>
  );
}

/** Pause, go on, cancel; and, after a dry run, do it. */
function Steering({ batch, onDone }: { readonly batch: Batch; readonly onDone: () => void }) {
  const mayOrder = useMay('administrator');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  if (!mayOrder) return null;
  const steer = async (how: 'pauseBatch' | 'resumeBatch' | 'cancelBatch') => {
    setBusy(true);
    setProblem(undefined);
    try {
      await ask(how, { params: { id: batch.id } });
    } catch (error) {
      setProblem(problemFrom(error));
    }
    setBusy(false);
    onDone();
  };
  const isOpen = batch.state === 'running' || batch.state === 'paused';
  return (
    <div class="steering">
      {batch.state === 'running' && (
        <button type="button" disabled={busy} onClick={() => void steer('pauseBatch')}>
          Pause
        </button>
      )}
      {batch.state === 'paused' && (
        <button type="button" disabled={busy} onClick={() => void steer('resumeBatch')}>
          Go on
        </button>
      )}
      {isOpen && (
        <button type="button" disabled={busy} onClick={() => void steer('cancelBatch')}>
          Cancel the batch
        </button>
      )}
      {batch.order.dryRun && batch.state === 'done' && <CarryOut batch={batch} />}
      {problem !== undefined && <Notice problem={problem} />}
    </div>
  );
}
