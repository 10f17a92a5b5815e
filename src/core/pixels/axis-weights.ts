/**
 * How the cells of one axis are averaged from pixels: cell k is the sum of `weights[j]` × pixel `pixels[j]` for j from
 * `starts[k]` up to `starts[k + 1]`.
 */
export interface AxisWeights {
  readonly starts: Int32Array;
  readonly pixels: Int32Array;
  readonly weights: Float64Array;
}

type Entry = readonly [pixel: number, weight: number];

/**
 * Weights by overlap: `count` pixels of `spacingMm` and `cells` cells that divide `extentMm`, both centred on the same
 * point. What lies outside the pixels counts as zero.
 *
 * The upper half of the cells mirrors the lower half, so that a flipped axis gives the flipped cells. The `margin`
 * cells at either end are left empty, for a reader that never looks at them.
 */
export function areaWeights(
  axis: { readonly count: number; readonly spacingMm: number },
  extentMm: number,
  { cells, margin }: { readonly cells: number; readonly margin: number },
): AxisWeights {
  const { count } = axis;
  const lists: Entry[][] = [];
  for (let cell = 0; cell < cells; cell++) {
    const mirrored = lists[cells - 1 - cell];
    if (mirrored !== undefined) {
      lists.push(mirrored.map(([pixel, weight]): Entry => [count - 1 - pixel, weight]).reverse());
    } else if (cell < margin) {
      lists.push([]);
    } else {
      lists.push(overlaps(axis, { centre: cell + 0.5 - cells / 2, sizeMm: extentMm / cells }));
    }
  }
  return packed(lists);
}

/** The first and the last pixel that any cell needs. */
export function pixelsNeeded({ pixels }: AxisWeights): { readonly first: number; readonly last: number } {
  return { first: pixels[0] ?? 0, last: pixels.at(-1) ?? -1 };
}

/** `centre` in cells from the common centre. */
function overlaps(
  { count, spacingMm }: { readonly count: number; readonly spacingMm: number },
  cell: { readonly centre: number; readonly sizeMm: number },
): Entry[] {
  const from = (cell.centre - 0.5) * cell.sizeMm;
  const to = (cell.centre + 0.5) * cell.sizeMm;
  const first = Math.max(0, Math.floor(from / spacingMm + count / 2));
  const last = Math.min(count - 1, Math.ceil(to / spacingMm + count / 2));
  const entries: Entry[] = [];
  for (let pixel = first; pixel <= last; pixel++) {
    const start = Math.max(from, (pixel - count / 2) * spacingMm);
    const end = Math.min(to, (pixel + 1 - count / 2) * spacingMm);
    if (end > start) entries.push([pixel, (end - start) / cell.sizeMm]);
  }
  return entries;
}

/**
 * Weights by linear interpolation: `size` samples at the centres of equal parts of the central `fraction` of `cells`
 * cells, clamped at the border.
 */
export function linearWeights(size: number, cells: number, fraction: number): AxisWeights {
  const lists: Entry[][] = [];
  for (let i = 0; i < size; i++) {
    const exact = ((i + 0.5) * fraction * cells) / size - 0.5 + ((1 - fraction) * cells) / 2;
    const place = Math.min(cells - 1, Math.max(0, exact));
    const below = Math.min(cells - 1, Math.floor(place));
    const above = Math.min(cells - 1, below + 1);
    const share = place - below;
    lists.push([
      [below, 1 - share],
      [above, share],
    ]);
  }
  return packed(lists);
}

function packed(lists: readonly (readonly Entry[])[]): AxisWeights {
  const starts = new Int32Array(lists.length + 1);
  for (const [index, list] of lists.entries()) starts[index + 1] = (starts[index] as number) + list.length;
  const entries = lists.flat();
  return {
    starts,
    pixels: Int32Array.from(entries, ([pixel]) => pixel),
    weights: Float64Array.from(entries, ([, weight]) => weight),
  };
}
