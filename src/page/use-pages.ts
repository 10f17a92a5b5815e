import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { LiveTopic } from '../api/live.ts';
import { ask, type Received, type Request } from './client.ts';
import { useLive } from './live.ts';
import { type Problem, problemFrom } from './problem.ts';

/** Endpoints that answer in pages. */
export type PagedName = 'listSeries' | 'listBatches' | 'batchSeries' | 'listDeliveries' | 'audit';
type Item<Name extends PagedName> = Received<Name>['items'][number];

interface Shown<Name extends PagedName> {
  readonly key: string;
  readonly items: readonly Item<Name>[];
  /** The page that was loaded last. */
  readonly last: Received<Name> | undefined;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
}

export interface Pages<Name extends PagedName> extends Shown<Name> {
  /** Loads the next page, where there is one and none is on its way. */
  readonly more: () => void;
  /** Asks again for what is shown. */
  readonly again: () => void;
  /** Something changed since, and was not shown because that would have moved what the person works on. */
  readonly changed: boolean;
}

export interface HowToPage {
  readonly topics?: readonly LiveTopic[];
  /** The person works on what is shown: changes are told and not shown. So they are further down than the first page. */
  readonly still?: boolean;
}

const PAGE = 100;
/** As many as the node gives at once. */
const MOST_AT_ONCE = 500;
const NOTHING = { items: [], last: undefined, problem: undefined, loading: true };

/** A list, page by page, asked again when the request changes or one of the topics does. */
export function usePages<Name extends PagedName>(
  name: Name,
  request: Request<Name>,
  { topics = [], still = false }: HowToPage = {},
): Pages<Name> {
  const key = JSON.stringify(request);
  const [shown, setShown] = useState<Shown<Name>>({ key, ...NOTHING });
  const [changed, setChanged] = useState(false);
  const [turn, setTurn] = useState(0);
  const now = useRef({ shown, request, stop: new AbortController() });
  now.current.shown = shown;
  now.current.request = request;

  useEffect(() => {
    const stop = new AbortController();
    now.current.stop = stop;
    const before = now.current.shown;
    const sameList = before.key === key;
    const limit = sameList ? Math.min(Math.max(before.items.length, PAGE), MOST_AT_ONCE) : PAGE;
    setShown((last) => ({ ...last, loading: true }));
    setChanged(false);
    ask(name, pageOf(now.current.request, { limit }), { signal: stop.signal }).then(
      (page) => setShown({ key, items: page.items, last: page, problem: undefined, loading: false }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        // Rows of another filter under this one would be taken for its result.
        setShown({ ...(sameList ? before : NOTHING), key, problem: problemFrom(error), loading: false });
      },
    );
    return () => stop.abort();
  }, [name, key, turn]);

  const more = useCallback(() => {
    const { shown: before, request: wanted, stop } = now.current;
    const cursor = before.last?.next;
    if (cursor == null || before.loading || stop.signal.aborted) return;
    setShown({ ...before, loading: true });
    ask(name, pageOf(wanted, { limit: PAGE, cursor }), { signal: stop.signal }).then(
      (page) => {
        if (stop.signal.aborted) return;
        const items = [...before.items, ...page.items];
        setShown({ key: before.key, items, last: page, problem: undefined, loading: false });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setShown({ ...before, problem: problemFrom(error), loading: false });
      },
    );
  }, [name]);

  const again = useCallback(() => setTurn((last) => last + 1), []);
  const told = useCallback(() => {
    if (still || now.current.shown.items.length > PAGE) setChanged(true);
    else again();
  }, [still, again]);
  useLive(topics, told);
  return { ...shown, loading: shown.loading || shown.key !== key, more, again, changed };
}

function pageOf<Name extends PagedName>(
  request: Request<Name>,
  page: { readonly limit: number; readonly cursor?: string },
): Request<Name> {
  const { query } = request as { readonly query?: object };
  return { ...(request as object), query: { ...query, ...page } } as Request<Name>;
}
