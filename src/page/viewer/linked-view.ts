import type { ValueRange } from './drawn-samples.ts';
import type { Place } from './picture-grid.ts';
import type { Offset } from './turned-picture.ts';

/** How both viewports look at a series. */
export interface LinkedView extends Place {
  readonly playing: boolean;
  /** Undefined: as each header wishes. */
  readonly range: ValueRange | undefined;
  /** 1: the whole picture is seen. */
  readonly zoom: number;
  /** Millimetres from the middle of the picture as received to the point that is in the middle of the viewport. */
  readonly centre: Offset;
}

export type ViewStep =
  | { readonly kind: 'slice'; readonly by: number; readonly slices: number }
  | { readonly kind: 'phase'; readonly by: number; readonly phases: number }
  | { readonly kind: 'go'; readonly to: Place }
  | { readonly kind: 'play'; readonly playing: boolean }
  | { readonly kind: 'window'; readonly range: ValueRange | undefined }
  | { readonly kind: 'zoom'; readonly by: number }
  | { readonly kind: 'pan'; readonly by: Offset }
  | { readonly kind: 'fit' }
  | { readonly kind: 'reset' };

const ZOOM = { least: 0.5, greatest: 16 };
const MIDDLE: Offset = { x: 0, y: 0 };

export function viewOf(place: Place, playing: boolean): LinkedView {
  return { ...place, playing, range: undefined, zoom: 1, centre: MIDDLE };
}

export function nextView(view: LinkedView, step: ViewStep): LinkedView {
  switch (step.kind) {
    case 'slice':
      // A stack has two ends: nobody should wonder why base follows apex.
      return { ...view, slice: Math.min(Math.max(view.slice + step.by, 0), Math.max(step.slices - 1, 0)) };
    case 'phase':
      return {
        ...view,
        phase: step.phases > 0 ? (((view.phase + step.by) % step.phases) + step.phases) % step.phases : 0,
      };
    case 'go':
      return { ...view, ...step.to };
    case 'play':
      return { ...view, playing: step.playing };
    case 'window':
      return { ...view, range: step.range };
    case 'zoom':
      return { ...view, zoom: Math.min(Math.max(view.zoom * step.by, ZOOM.least), ZOOM.greatest) };
    case 'pan':
      return { ...view, centre: { x: view.centre.x + step.by.x, y: view.centre.y + step.by.y } };
    case 'fit':
      return { ...view, zoom: 1, centre: MIDDLE };
    case 'reset':
      return { ...view, zoom: 1, centre: MIDDLE, range: undefined };
    default:
      return step satisfies never;
  }
}

/** Screen pixels in a millimetre at which all of the pictures fit into one viewport. */
export function fittingScale(
  shapes: readonly {
    readonly rows: number;
    readonly columns: number;
    readonly rowSpacing: number;
    readonly columnSpacing: number;
  }[],
  viewport: { readonly width: number; readonly height: number },
): number {
  const scales = shapes.flatMap(({ rows, columns, rowSpacing, columnSpacing }) => [
    viewport.width / (columns * columnSpacing),
    viewport.height / (rows * rowSpacing),
  ]);
  return Math.min(...scales);
}

/** A range whose width and middle are changed by parts of its width: to the right wider, downwards brighter. */
export function draggedRange({ lower, upper }: ValueRange, { x, y }: Offset): ValueRange {
  const width = Math.max(upper - lower, Number.EPSILON);
  const half = (width * 2 ** x) / 2;
  const middle = (lower + upper) / 2 - y * width;
  return { lower: middle - half, upper: middle + half };
}
