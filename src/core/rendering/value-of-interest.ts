import { type LookupTable, lookedUp } from './lookup-table.ts';

export const WINDOW_FUNCTIONS = ['LINEAR', 'LINEAR_EXACT', 'SIGMOID'] as const;
export type WindowFunction = (typeof WINDOW_FUNCTIONS)[number];

/** Which values are shown, from black to white. */
export interface Window {
  readonly center: number;
  readonly width: number;
  readonly function: WindowFunction;
}

export type ValueOfInterest =
  | { readonly kind: 'window'; readonly window: Window }
  | { readonly kind: 'table'; readonly table: LookupTable }
  /** From the least to the greatest value that is there. */
  | { readonly kind: 'range'; readonly least: number; readonly greatest: number };

/** From a value to a level from 0, black, to 255, white, not rounded (PS3.3 C.11.2). */
export function levelOf(voi: ValueOfInterest): (value: number) => number {
  switch (voi.kind) {
    case 'window':
      return levelInWindow(voi.window);
    case 'table':
      return (value) => (lookedUp(voi.table, value) * 255) / voi.table.greatest;
    case 'range': {
      const { least, greatest } = voi;
      return (value) => (greatest > least ? ((value - least) * 255) / (greatest - least) : 0);
    }
  }
}

/** PS3.3 C.11.2.1.2 and C.11.2.1.3. */
function levelInWindow({ center, width, function: shape }: Window): (value: number) => number {
  switch (shape) {
    case 'LINEAR':
      // Of width 1 it is a threshold.
      if (width <= 1) return (value) => (value <= center - 0.5 ? 0 : 255);
      return (value) => ((value - (center - 0.5)) / (width - 1) + 0.5) * 255;
    case 'LINEAR_EXACT':
      return (value) => ((value - center) / width + 0.5) * 255;
    case 'SIGMOID':
      return (value) => 255 / (1 + Math.exp((-4 * (value - center)) / width));
  }
}

/** Whether a window can be used: the linear function asks for a width of 1 at least, the others for more than 0. */
export function isWindow({ center, width, function: shape }: Window): boolean {
  return Number.isFinite(center) && Number.isFinite(width) && (shape === 'LINEAR' ? width >= 1 : width > 0);
}
