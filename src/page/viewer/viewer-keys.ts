import type { KeyBinding } from '../keys.ts';
import type { LinkedView, ViewStep } from './linked-view.ts';

const ZOOM_STEP = 1.25;
export const WINDOW_FIELD = 'window-centre';

interface Steered {
  readonly view: LinkedView;
  readonly step: (step: ViewStep) => void;
  readonly counts: { readonly slices: number; readonly phases: number };
  readonly toggleOverlay: () => void;
}

/** What the keys do in the viewer; each has a control for the mouse as well. */
export function viewerKeys({ view, step, counts, toggleOverlay }: Steered): readonly KeyBinding[] {
  const slice = (by: number) => () => step({ kind: 'slice', by, slices: counts.slices });
  const phase = (by: number) => () => {
    step({ kind: 'play', playing: false });
    step({ kind: 'phase', by, phases: counts.phases });
  };
  return [
    { keys: 'ArrowUp', does: 'Slice before', run: slice(-1) },
    { keys: 'ArrowDown', does: 'Slice after', run: slice(1) },
    { keys: 'ArrowLeft', does: 'Phase before', run: phase(-1) },
    { keys: 'ArrowRight', does: 'Phase after', run: phase(1) },
    { keys: ' ', does: 'Cine on or off', run: () => step({ kind: 'play', playing: !view.playing }) },
    { keys: 'w', does: 'Window: centre and width', run: () => document.getElementById(WINDOW_FIELD)?.focus() },
    { keys: '+', does: 'Larger', run: () => step({ kind: 'zoom', by: ZOOM_STEP }) },
    { keys: '-', does: 'Smaller', run: () => step({ kind: 'zoom', by: 1 / ZOOM_STEP }) },
    { keys: 'f', does: 'Fit into the viewports', run: () => step({ kind: 'fit' }) },
    { keys: 'r', does: 'Reset window, size and place', run: () => step({ kind: 'reset' }) },
    { keys: 'a', does: 'What should be where, on or off', run: toggleOverlay },
  ];
}
