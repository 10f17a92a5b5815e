import { useEffect, useState } from 'preact/hooks';
import { type Problem, problemFrom } from '../problem.ts';
import type { Leaving } from './leaving.ts';
import type { Place } from './picture-grid.ts';
import { loadPicture, type PictureSource, type ViewerImage } from './picture-loader.ts';

/** What both viewports show: always of one place, so that nobody compares two phases. */
export interface ShownPair {
  readonly place: Place;
  /** What `leaving` is: a picture never stands under the words of another. */
  readonly as: Leaving;
  readonly received: ViewerImage | undefined;
  readonly leaving: ViewerImage | undefined;
  readonly problem: Problem | undefined;
}

export interface WantedPair {
  readonly place: Place;
  readonly as: Leaving;
  readonly received: PictureSource | undefined;
  readonly leaving: PictureSource | undefined;
}

/** The last pair that is loaded; it stays until the wanted one is. `wanted` must be the same object while it is meant. */
export function useShownPair(wanted: WantedPair): ShownPair | undefined {
  const [shown, setShown] = useState<ShownPair>();
  useEffect(() => {
    let isWanted = true;
    const load = (source: PictureSource | undefined) => (source === undefined ? undefined : loadPicture(source));
    const { place, as } = wanted;
    Promise.all([load(wanted.received), load(wanted.leaving)]).then(
      ([received, leaving]) => isWanted && setShown({ place, as, received, leaving, problem: undefined }),
      (error: unknown) =>
        isWanted && setShown({ place, as, received: undefined, leaving: undefined, problem: problemFrom(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [wanted]);
  return shown;
}

const AT_ONCE = 4;

/** Loads what will be looked at next, nearest first; stops when it is no longer wanted. */
export function usePreloaded(sources: readonly PictureSource[]): void {
  useEffect(() => {
    let isWanted = true;
    let next = 0;
    const work = async () => {
      while (isWanted && next < sources.length) {
        const source = sources[next++]!;
        // What cannot be loaded says so when it is to be shown.
        await loadPicture(source).catch(() => undefined);
      }
    };
    for (let i = 0; i < AT_ONCE; i++) void work();
    return () => {
      isWanted = false;
    };
  }, [sources]);
}
