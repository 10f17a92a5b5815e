import { useEffect, useMemo, useState } from 'preact/hooks';
import { ActBar } from '../acts/act-bar.tsx';
import { keepListTrail } from '../kept-list-trail.ts';
import { Link, navigate, usePlace } from '../navigation.tsx';
import { Notice } from '../parts/notice.tsx';
import { searchOf } from '../request-address.ts';
import { useMay } from '../session.tsx';
import { usePages } from '../use-pages.ts';
import { count } from '../words.ts';
import { FilterBar } from './filter-bar.tsx';
import { chosenSeries, type Selection, stillAsChosen } from './selection.ts';
import { filterOf, type ListQuery, listAddress, listQueryOf } from './series-filter.ts';
import { SeriesTable } from './series-table.tsx';

const TOPICS = ['series', 'decisions', 'reviews', 'deliveries'] as const;

/** All series, by filter. The address is the filter. */
export function SeriesListView() {
  const { search } = usePlace();
  const query = useMemo(() => listQueryOf(search), [search]);
  const [selection, setSelection] = useState<Selection>(new Map());
  const pages = usePages('listSeries', { query }, { topics: TOPICS, still: selection.size > 0 });
  const { items: rows, last, problem, loading, again } = pages;
  const mayReview = useMay('reviewer');
  const mayOrder = useMay('administrator');
  useEffect(() => setSelection((before) => stillAsChosen(before, rows)), [rows]);
  useEffect(() => keepListTrail({ address: listAddress(query), ids: rows.map(({ id }) => id) }), [query, rows]);

  const ask = (next: ListQuery) => {
    setSelection(new Map());
    navigate(listAddress(next), { replace: true });
  };
  const total = last?.total ?? rows.length;
  const totalWords = `${count(total)}${last?.totalIsLeast === true ? ' or more' : ''} series`;
  return (
    <div class="fills">
      <div class="view-head">
        <h1>Series</h1>
        <p role="status" class="soft">
          {last === undefined ? 'Looking …' : totalWords}
          {last !== undefined && loading && ', looking …'}
        </p>
        {pages.changed && (
          <button type="button" onClick={again}>
            Something changed: look again
          </button>
        )}
        {mayOrder && (
          <Link class="button" to={`/batches${searchOf({ ...filterOf(query), new: true })}`}>
            Batch of these …
          </Link>
        )}
      </div>
      <FilterBar query={query} onQuery={ask} />
      {problem !== undefined && <Notice problem={problem} again={again} />}
      {selection.size > 0 && mayReview && (
        <ActBar
          series={chosenSeries(selection)}
          onClear={() => setSelection(new Map())}
          onDone={() => {
            setSelection(new Map());
            again();
          }}
        />
      )}
      {last !== undefined && rows.length === 0 && !loading ? (
        <p class="empty">No series passes this filter.</p>
      ) : (
        <SeriesTable
          key={search}
          rows={rows}
          total={total}
          busy={loading}
          order={query.order ?? 'received'}
          descending={query.descending ?? true}
          onOrder={(order, descending) => ask({ ...filterOf(query), ...orderOf(order, descending) })}
          selection={selection}
          onSelection={setSelection}
          onNearEnd={pages.more}
        />
      )}
      <p class="soft list-end">
        {count(rows.length)} of {totalWords} loaded.{' '}
        {last?.next != null && (
          <button type="button" class="quiet" disabled={loading} onClick={pages.more}>
            Load more
          </button>
        )}
      </p>
    </div>
  );
}

/** Only what differs from the node's own order has to be in the address. */
function orderOf(order: NonNullable<ListQuery['order']>, descending: boolean): ListQuery {
  return { ...(order === 'received' ? {} : { order }), ...(descending ? {} : { descending }) };
}
