import { useEffect, useRef } from 'preact/hooks';
import type { Offset } from './turned-picture.ts';

/** What a hand does in a viewport, in screen pixels. */
export interface Gestures {
  /** Towards the viewer's right and downwards. */
  readonly window: (by: Offset) => void;
  readonly pan: (by: Offset) => void;
  readonly zoom: (factor: number) => void;
  readonly slice: (by: number) => void;
}

const PIXELS_TO_DOUBLE = 200;
/** A wheel notch is about 100 pixels, a touch pad sends many small steps. */
const WHEEL_STEP = 50;

/** Drag: window; with Shift or the middle button: pan; with the right button, or wheel and Ctrl: zoom; wheel: slices. */
export function useGestures(element: { readonly current: HTMLElement | null }, gestures: Gestures): void {
  const now = useRef(gestures);
  now.current = gestures;
  useEffect(() => {
    const host = element.current;
    if (host === null) return;
    let wheeled = 0;
    const move = (event: PointerEvent) => {
      if (!host.hasPointerCapture(event.pointerId)) return;
      const by = { x: event.movementX, y: event.movementY };
      if ((event.buttons & 2) !== 0) now.current.zoom(2 ** (-by.y / PIXELS_TO_DOUBLE));
      else if (event.shiftKey || (event.buttons & 4) !== 0) now.current.pan(by);
      else now.current.window(by);
    };
    const down = (event: PointerEvent) => host.setPointerCapture(event.pointerId);
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      if (event.ctrlKey) {
        now.current.zoom(2 ** (-event.deltaY / PIXELS_TO_DOUBLE));
        return;
      }
      wheeled += event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * WHEEL_STEP : event.deltaY;
      const steps = Math.trunc(wheeled / WHEEL_STEP);
      wheeled -= steps * WHEEL_STEP;
      if (steps !== 0) now.current.slice(Math.sign(steps));
    };
    const noMenu = (event: Event) => event.preventDefault();
    const stop = new AbortController();
    const { signal } = stop;
    host.addEventListener('pointerdown', down, { signal });
    host.addEventListener('pointermove', move, { signal });
    host.addEventListener('wheel', wheel, { signal, passive: false });
    host.addEventListener('contextmenu', noMenu, { signal });
    return () => stop.abort();
  }, [element]);
}
