import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { type Correction, correctionFor, inverse, observed } from '../../core/orientation/d4.ts';
import { useKeys } from '../keys.ts';
import { Notice } from '../parts/notice.tsx';
import type { ValueRange } from './drawn-samples.ts';
import type { Gestures } from './gestures.ts';
import type { Leaving } from './leaving.ts';
import { draggedRange, fittingScale, type LinkedView, nextView, type ViewStep, viewOf } from './linked-view.ts';
import { middlePlace, type PictureGrid, type PicturePair, pairAt, phaseIntervalMs } from './picture-grid.ts';
import { forgetPictures, type PictureSource } from './picture-loader.ts';
import type { Look } from './picture-viewport.ts';
import { StandardOverlay } from './standard-overlay.tsx';
import { type Offset, turnedOffset } from './turned-picture.ts';
import { usePreloaded, useShownPair } from './use-shown-pair.ts';
import { viewerKeys } from './viewer-keys.ts';
import { ViewerTools } from './viewer-tools.tsx';
import { ViewportPane } from './viewport-pane.tsx';
import '../style/viewer.css';

interface ViewerProps {
  readonly grid: PictureGrid;
  readonly leaving: Leaving;
  /** Told which slice is looked at. */
  readonly onPair: (pair: PicturePair | undefined) => void;
}

const AS_IT_IS = correctionFor(observed('000'));
const stillness = matchMedia('(prefers-reduced-motion: reduce)');

/** Received and leaving side by side: one place in the heart, one moment, one scale, one window. */
export function Viewer({ grid, leaving, onPair }: ViewerProps) {
  const [view, step] = useReducer(nextView, undefined, () =>
    viewOf(middlePlace(grid), !stillness.matches && (grid[middlePlace(grid).slice]?.length ?? 0) > 1),
  );
  const [overlay, setOverlay] = useState(false);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const slice = grid[Math.min(view.slice, grid.length - 1)] ?? [];
  const wanted = useMemo(() => {
    const pair = pairAt(grid, { slice: view.slice, phase: view.phase });
    return {
      place: { slice: view.slice, phase: view.phase },
      as: leaving,
      received: pair && { picture: pair.received, correction: undefined },
      leaving: pair && leavingSource(pair, leaving),
    };
  }, [grid, leaving, view.slice, view.phase]);
  const shown = useShownPair(wanted);
  usePreloaded(useMemo(() => comingSources(grid, view.slice, leaving), [grid, view.slice, leaving]));
  useCine(view, step, { slice, isShown: shown?.place === wanted.place });
  useEffect(() => forgetPictures, []);
  useEffect(() => onPair(pairAt(grid, { slice: view.slice, phase: 0 })), [grid, view.slice, onPair]);

  const shapes = [shown?.received?.shape, shown?.leaving?.shape].filter((shape) => shape !== undefined);
  const fit = shapes.length > 0 && size.width > 0 ? fittingScale(shapes, size) : 0;
  const pixelsPerMm = fit * view.zoom;
  const drawn = shown?.received?.drawn;
  const range = view.range ?? drawn?.initial;
  const told = shown?.as ?? leaving;
  const looks = useLooks(view, pixelsPerMm, told.correction);
  const counts = { slices: grid.length, phases: slice.length };
  const gesturesOf = (back: Correction): Gestures => ({
    window: ({ x, y }) =>
      range && step({ kind: 'window', range: draggedRange(range, { x: x / size.width, y: -y / size.height }) }),
    pan: ({ x, y }) => step({ kind: 'pan', by: turnedOffset({ x: -x / pixelsPerMm, y: -y / pixelsPerMm }, back) }),
    zoom: (by) => step({ kind: 'zoom', by }),
    slice: (by) => step({ kind: 'slice', by, slices: counts.slices }),
  });
  const nothing = shown === undefined ? 'Loading …' : 'No picture';
  const setRange = (to: ValueRange | undefined) => step({ kind: 'window', range: to });
  useKeys('Pictures', viewerKeys({ view, step, counts, toggleOverlay: () => setOverlay((on) => !on) }));
  const onSize = useCallback(setSize, []);
  return (
    <section class="viewer" aria-label="Pictures before and after">
      {shown?.problem !== undefined && <Notice problem={shown.problem} />}
      <div class="panes">
        <ViewportPane
          name="As received"
          note={null}
          image={shown?.received}
          missing={nothing}
          look={looks.received}
          gestures={gesturesOf(AS_IT_IS)}
          onSize={onSize}
        />
        <ViewportPane
          name={told.kind === 'preview' ? 'Preview, nothing was sent' : 'As it leaves'}
          note={told.note}
          isPreview={told.kind === 'preview'}
          image={shown?.leaving}
          missing={shown?.received === undefined ? nothing : 'This picture is not among the turned ones'}
          look={looks.leaving}
          gestures={gesturesOf(inverse(told.correction) as Correction)}
          onSize={onSize}
        >
          {overlay && <StandardOverlay />}
        </ViewportPane>
      </div>
      <ViewerTools
        view={view}
        step={step}
        counts={counts}
        values={drawn?.values ?? 'rescaled'}
        range={range}
        setRange={setRange}
        overlay={overlay}
        setOverlay={setOverlay}
      />
    </section>
  );
}

function leavingSource(pair: PicturePair, { kind, correction }: Leaving): PictureSource | undefined {
  if (kind === 'result') return pair.result && { picture: pair.result, correction: undefined };
  return { picture: pair.received, correction: kind === 'preview' ? correction : undefined };
}

/** The phases of the slice that is shown first, then the other slices, from near to far. */
function comingSources(grid: PictureGrid, slice: number, leaving: Leaving): readonly PictureSource[] {
  const order = grid.map((_, i) => i).sort((one, other) => Math.abs(one - slice) - Math.abs(other - slice));
  return order
    .flatMap((i) => grid[i]!)
    .flatMap((pair) => [{ picture: pair.received, correction: undefined }, leavingSource(pair, leaving)])
    .filter((source) => source !== undefined);
}

/** Steps to the next phase some time after the last one was shown: a slow line slows the heart and skips nothing. */
function useCine(
  { playing, phase }: LinkedView,
  step: (step: ViewStep) => void,
  { slice, isShown }: { readonly slice: readonly PicturePair[]; readonly isShown: boolean },
): void {
  const phases = slice.length;
  const interval = phaseIntervalMs(slice);
  const stepped = useRef(0);
  useEffect(() => {
    if (!playing || !isShown || phases < 2) return;
    // Loading and drawing are a part of the time that a phase is shown.
    const timer = setTimeout(
      () => {
        stepped.current = performance.now();
        step({ kind: 'phase', by: 1, phases });
      },
      stepped.current + interval - performance.now(),
    );
    return () => clearTimeout(timer);
  }, [playing, isShown, phase, phases, interval, step]);
}

/** The same look for both, each in its own picture's directions. */
function useLooks(
  { range, centre }: LinkedView,
  pixelsPerMm: number,
  correction: Correction,
): { readonly received: Look; readonly leaving: Look } {
  return useMemo(() => {
    const look = (at: Offset): Look => ({ range, pixelsPerMm, centre: at });
    return { received: look(centre), leaving: look(turnedOffset(centre, correction)) };
  }, [range, centre, pixelsPerMm, correction]);
}
