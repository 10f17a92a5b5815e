import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { SeriesPage, SeriesRow } from '../../api/series.ts';
import { ask } from '../client.ts';
import { useLive } from '../live.ts';
import { type Problem, problemFrom } from '../problem.ts';
import type { ListQuery } from './series-filter.ts';

const PAGE = 100;
/** As many as the node gives at once. */
const MOST_AT_ONCE = 500;

interface Pages {
  readonly key: string;
  readonly rows: readonly SeriesRow[];
  readonly last: SeriesPage | undefined;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
}

export interface SeriesPages extends Pages {
  /** Loads the next page, where there is one and none is on its way. */
  readonly more: () => void;
  /** Asks again for what is shown. */
  readonly again: () => void;
  /** Something changed since, and was not shown because that would have moved what the person works on. */
  readonly changed: boolean;
}

const NOTHING = { rows: [], last: undefined, problem: undefined, loading: true };

/** The list page by page. While `still`, or further down than the first page, what changes is told and not shown. */
export function useSeriesPages(query: ListQuery, still: boolean): SeriesPages {
  const key = JSON.stringify(query);
  const [pages, setPages] = useState<Pages>({ key, ...NOTHING });
  const [changed, setChanged] = useState(false);
  const [turn, setTurn] = useState(0);
  const now = useRef({ pages, query, stop: new AbortController() });
  now.current.pages = pages;
  now.current.query = query;

  useEffect(() => {
    const stop = new AbortController();
    now.current.stop = stop;
    const { pages: before, query: wanted } = now.current;
    const sameList = before.key === key;
    const limit = sameList ? Math.min(Math.max(before.rows.length, PAGE), MOST_AT_ONCE) : PAGE;
    setPages((shown) => ({ ...shown, loading: true }));
    setChanged(false);
    ask('listSeries', { query: { ...wanted, limit } }, { signal: stop.signal }).then(
      (page) => setPages({ key, rows: page.items, last: page, problem: undefined, loading: false }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        // Rows of another filter under this one would be taken for its result.
        const kept = sameList ? before : NOTHING;
        setPages({ ...kept, key, problem: problemFrom(error), loading: false });
      },
    );
    return () => stop.abort();
  }, [key, turn]);

  const more = useCallback(() => {
    const { pages: shown, query: wanted, stop } = now.current;
    const cursor = shown.last?.next;
    if (cursor == null || shown.loading || stop.signal.aborted) return;
    setPages({ ...shown, loading: true });
    ask('listSeries', { query: { ...wanted, limit: PAGE, cursor } }, { signal: stop.signal }).then(
      (page) =>
        setPages((before) => ({
          ...before,
          rows: [...before.rows, ...page.items],
          last: page,
          problem: undefined,
          loading: false,
        })),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        setPages((before) => ({ ...before, problem: problemFrom(error), loading: false }));
      },
    );
  }, []);

  const again = useCallback(() => setTurn((before) => before + 1), []);
  const told = useCallback(() => {
    if (still || now.current.pages.rows.length > PAGE) setChanged(true);
    else again();
  }, [still, again]);
  useLive(['series', 'decisions', 'reviews', 'deliveries'], told);
  return { ...pages, loading: pages.loading || pages.key !== key, more, again, changed };
}
