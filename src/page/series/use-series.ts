import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { SeriesDetail, SeriesPictures } from '../../api/series-detail.ts';
import { ask } from '../client.ts';
import { useLive } from '../live.ts';
import { type Problem, problemFrom } from '../problem.ts';

export interface SeriesNow {
  readonly detail: SeriesDetail | undefined;
  readonly pictures: SeriesPictures | undefined;
  readonly problem: Problem | undefined;
  /** What the node says by now, where somebody decided or acted since. */
  readonly newer: SeriesDetail | undefined;
  readonly lookAgain: () => void;
}

interface Loaded {
  readonly detail: SeriesDetail | undefined;
  readonly pictures: SeriesPictures | undefined;
  readonly problem: Problem | undefined;
}

/** All that is known of a series is much; changes of any series of the node call for it. */
const GATHER_MS = 2000;

/**
 * A series as it was when it was opened: what a person judges must not change under their eyes. Deliveries are followed;
 * of anything else that changed there is word.
 */
export function useSeries(id: number): SeriesNow {
  const [loaded, setLoaded] = useState<Loaded>({ detail: undefined, pictures: undefined, problem: undefined });
  const [newer, setNewer] = useState<SeriesDetail>();
  const [turn, setTurn] = useState(0);
  const shown = useRef(loaded);
  shown.current = loaded;
  useEffect(() => {
    const stop = new AbortController();
    const how = { signal: stop.signal };
    const fail = (error: unknown) => {
      if (!stop.signal.aborted) setLoaded((before) => ({ ...before, problem: problemFrom(error) }));
    };
    ask('series', { params: { id } }, how)
      .then((detail) => {
        setNewer(undefined);
        // Pictures of one version are never seen under the decision of another.
        const keep = shown.current.detail?.version === detail.version ? shown.current.pictures : undefined;
        setLoaded({ detail, pictures: keep, problem: undefined });
        return ask('seriesPictures', { params: { id } }, how).then((pictures) =>
          setLoaded((before) => ({ ...before, pictures })),
        );
      }, fail)
      .catch(fail);
    return () => stop.abort();
  }, [id, turn]);
  const timer = useRef<number | undefined>(undefined);
  const changed = useCallback(() => {
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      ask('series', { params: { id } }).then(
        (detail) => {
          if (shown.current.detail?.version === detail.version) setLoaded((before) => ({ ...before, detail }));
          else if (shown.current.detail !== undefined) setNewer(detail);
        },
        // The next change, or the person's next act, says it again.
        () => undefined,
      );
    }, GATHER_MS);
  }, [id]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  useLive(['series', 'decisions', 'reviews', 'deliveries'], changed);
  return { ...loaded, newer, lookAgain: useCallback(() => setTurn((before) => before + 1), []) };
}
