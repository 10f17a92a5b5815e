import type { RenderedSlice } from '../../src/phantom/render-slice.ts';
import type { Tissue } from '../../src/phantom/tissue.ts';

export interface Centroid {
  readonly x: number;
  readonly y: number;
  readonly count: number;
}

/** Mean column and row of the pixels that show one of `tissues`. */
export function centroid(
  { labels, plane }: Pick<RenderedSlice, 'labels' | 'plane'>,
  ...tissues: readonly Tissue[]
): Centroid {
  let x = 0;
  let y = 0;
  let count = 0;
  labels.forEach((label, i) => {
    if (!(tissues as readonly number[]).includes(label)) return;
    x += i % plane.columns;
    y += Math.floor(i / plane.columns);
    count += 1;
  });
  return { x: x / count, y: y / count, count };
}
