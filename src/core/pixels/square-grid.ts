import { type AxisWeights, areaWeights, pixelsNeeded } from './axis-weights.ts';
import type { GreyImage, GreySamples } from './grey-image.ts';
import type { PercentileWindow } from './percentile-window.ts';
import { type StoredKeys, storedKeys } from './stored-keys.ts';

/** Weights are kept for so many different sizes and spacings; more would be an odd site, not a wrong result. */
const KEPT_WEIGHTS = 64;

/** The square of cells that a picture is averaged into: `cells` × `cells`, its outermost `margin` cells left zero. */
export interface SquareGrid {
  readonly cells: number;
  readonly margin: number;
}

/**
 * Averages pictures, clipped to a window and scaled to 0…1, by area into a square of cells, in millimetres, that holds
 * the whole picture and has its centre.
 * @returns the cells, row-major, in memory that the next call uses again
 */
export function squareAverager(grid: SquareGrid): (image: GreyImage, window: PercentileWindow) => Float64Array {
  const { cells, margin } = grid;
  const weightsFor = keptWeights(grid);
  const averaged = new Float64Array(cells * cells);
  return (image, window) => {
    const extentMm = Math.max(image.columns * image.columnSpacingMm, image.rows * image.rowSpacingMm);
    const across = weightsFor(image.columns, image.columnSpacingMm, extentMm);
    const down = weightsFor(image.rows, image.rowSpacingMm, extentMm);
    const rowSum = rowSumOf(image, window, pixelsNeeded(across));
    for (let cell = margin; cell < cells - margin; cell++) {
      rowSum.row.fill(0);
      const end = down.starts[cell + 1] as number;
      for (let entry = down.starts[cell] as number; entry < end; entry++) {
        addRow(rowSum, (down.pixels[entry] as number) * image.columns, down.weights[entry] as number);
      }
      combine(rowSum.row, across, averaged.subarray(cell * cells, (cell + 1) * cells));
    }
    return averaged;
  };
}

function keptWeights(grid: SquareGrid): (count: number, spacingMm: number, extentMm: number) => AxisWeights {
  const kept = new Map<string, AxisWeights>();
  return (count, spacingMm, extentMm) => {
    const key = `${count} ${spacingMm} ${extentMm}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    if (kept.size >= KEPT_WEIGHTS) kept.clear();
    const weights = areaWeights({ count, spacingMm }, extentMm, grid);
    kept.set(key, weights);
    return weights;
  };
}

/** A weighted sum of rows of a picture, clipped to 0…1, in the columns from `first` to `last`. */
interface RowSum {
  readonly row: Float64Array;
  readonly first: number;
  readonly last: number;
  readonly samples: GreySamples;
  readonly keys: StoredKeys | undefined;
  /** What becomes 0, in keys where there are some, and how much one more is. */
  readonly lowest: number;
  readonly scale: number;
}

function rowSumOf(
  { samples, columns }: GreyImage,
  { lower, upper }: PercentileWindow,
  needed: { readonly first: number; readonly last: number },
): RowSum {
  const keys = storedKeys(samples);
  const scale = 1 / (upper - lower);
  return { ...needed, row: new Float64Array(columns), samples, keys, lowest: lower + (keys?.flip ?? 0), scale };
}

/** Adds the row that begins at sample `start`. */
function addRow(sum: RowSum, start: number, weight: number): void {
  // One loop for each kind of number: one that meets both is half as fast.
  if (sum.keys === undefined) addFloats(sum, start, weight);
  else addStored(sum, start, weight);
}

function addStored({ row, first, last, keys, lowest, scale }: RowSum, start: number, weight: number): void {
  const { raw, flip } = keys as StoredKeys;
  for (let x = first; x <= last; x++) {
    const scaled = (((raw[start + x] as number) ^ flip) - lowest) * scale;
    // biome-ignore lint/complexity/useMathMinMax: a comparison takes half the time of Math.min
    row[x] = (row[x] as number) + weight * (scaled > 0 ? (scaled < 1 ? scaled : 1) : 0);
  }
}

function addFloats({ row, first, last, samples, lowest, scale }: RowSum, start: number, weight: number): void {
  const floats = samples as Float32Array;
  for (let x = first; x <= last; x++) {
    const scaled = ((floats[start + x] as number) - lowest) * scale;
    // Not-a-number fails the first comparison; positive infinity counts as the smallest sample too.
    const value = scaled > 0 ? (scaled < 1 ? scaled : scaled === Number.POSITIVE_INFINITY ? 0 : 1) : 0;
    row[x] = (row[x] as number) + weight * value;
  }
}

/** Combines the pixels of one row into cells. */
function combine(pixels: Float64Array, { starts, pixels: indices, weights }: AxisWeights, cells: Float64Array): void {
  let entry = 0;
  for (let cell = 0; cell < cells.length; cell++) {
    const end = starts[cell + 1] as number;
    let sum = 0;
    for (; entry < end; entry++) sum += (weights[entry] as number) * (pixels[indices[entry] as number] as number);
    cells[cell] = sum;
  }
}
