import { toMinute } from '../moments.ts';
import { Link, navigate, usePlace } from '../navigation.tsx';
import { ListEnd } from '../parts/list-end.tsx';
import { Notice } from '../parts/notice.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { useRowKeys } from '../row-keys.ts';
import { useMay } from '../session.tsx';
import { usePages } from '../use-pages.ts';
import { count } from '../words.ts';
import { ACTION_WORDS, orderInWords, Progress, State } from './batch-words.tsx';
import { NewBatch } from './new-batch.tsx';

const TOPICS = ['batches'] as const;

/** Batches, newest first, and the way to a new one. */
export function BatchesView() {
  const { search } = usePlace();
  const mayOrder = useMay('administrator');
  const isNew = mayOrder && new URLSearchParams(search).has('new');
  useRowKeys('Batches');
  const pages = usePages('listBatches', {}, { topics: TOPICS });
  return (
    <>
      <div class="view-head">
        <h1>Batches</h1>
        {mayOrder && !isNew && (
          <button type="button" onClick={() => navigate('/batches?new=true')}>
            New batch …
          </button>
        )}
      </div>
      {isNew && <NewBatch search={search} />}
      {pages.problem !== undefined && <Notice problem={pages.problem} again={pages.again} />}
      {pages.last !== undefined && pages.items.length === 0 && (
        <p class="empty">
          No batch yet. A batch sends many series again, or has them decided again; it begins with a dry run.
        </p>
      )}
      {pages.items.length > 0 && (
        <ScrollBox label="Batches" rows>
          <table>
            <thead>
              <tr>
                <th scope="col">Batch</th>
                <th scope="col">Begun</th>
                <th scope="col">By</th>
                <th scope="col">What</th>
                <th scope="col">Of which series</th>
                <th scope="col">State</th>
                <th scope="col">Progress</th>
                <th scope="col" class="number">
                  Changed
                </th>
                <th scope="col">Outcome</th>
              </tr>
            </thead>
            <tbody>
              {pages.items.map((batch) => (
                <tr key={batch.id}>
                  <th scope="row" class="nowrap">
                    <Link to={`/batches/${batch.id}`}>Batch {batch.id}</Link>
                  </th>
                  <td class="mono nowrap">{toMinute(batch.createdAt)}</td>
                  <td>
                    <bdi>{batch.by}</bdi>
                  </td>
                  <td class="nowrap">{ACTION_WORDS[batch.order.action].name}</td>
                  <td>
                    <bdi>{orderInWords(batch.order)}</bdi>
                  </td>
                  <td class="nowrap">
                    <State batch={batch} />
                  </td>
                  <td>
                    <Progress batch={batch} />
                  </td>
                  <td class="number">{count(batch.series.changed)}</td>
                  <td>{batch.sentence}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
      <ListEnd pages={pages} name="batches" />
    </>
  );
}
