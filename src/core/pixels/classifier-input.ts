import { NodeError } from '../errors.ts';
import { type AxisWeights, areaWeights, linearWeights, pixelsNeeded } from './axis-weights.ts';
import type { GreyImage } from './grey-image.ts';
import { type PercentileWindow, percentileWindow } from './percentile-window.ts';

/** What a model wants to see; from its manifest. */
export interface ClassifierInputParameters {
  /** Rows and columns of one crop. */
  readonly size: number;
  /** Cells along each side of the square that the whole picture is averaged into first. */
  readonly gridSize: number;
  /** Values at these percentiles become 0 and 1. */
  readonly percentiles: readonly [number, number];
  /** Which central fraction of the square each crop shows. */
  readonly crops: readonly number[];
}

/** Makes the model's input of a picture: crops × 1 × size × size, row-major. */
export type ClassifierInput = (image: GreyImage) => Float32Array;

/** Weights are kept for so many different sizes and spacings; more would be an odd site, not a wrong result. */
const KEPT_WEIGHTS = 64;

/**
 * The way from a picture to the model's input: clip and scale, average by area into a square grid in millimetres
 * around the picture's centre, take the central crops. A turned or mirrored picture gives the turned or mirrored
 * input, so that the network's own equivariance is that of the product.
 */
export function createClassifierInput(parameters: ClassifierInputParameters): ClassifierInput {
  const { size, gridSize, crops } = parameters;
  const cropWeights = crops.map((fraction) => linearWeights(size, gridSize, fraction));
  const margin = Math.min(...cropWeights.map((weights) => pixelsNeeded(weights).first));
  const weightsFor = keptWeights({ cells: gridSize, margin });
  return (image) => {
    checkImage(image);
    const input = new Float32Array(crops.length * size * size);
    const window = percentileWindow(image.samples, parameters.percentiles);
    if (window === undefined || !(window.upper > window.lower)) return input;
    const extentMm = Math.max(image.columns * image.columnSpacingMm, image.rows * image.rowSpacingMm);
    const across = weightsFor(image.columns, image.columnSpacingMm, extentMm);
    const down = weightsFor(image.rows, image.rowSpacingMm, extentMm);
    const grid = averagedDown(averagedAcross(image, window, { across, down }), down, gridSize);
    for (const [crop, weights] of cropWeights.entries()) {
      const narrow = combinedAcross(grid, gridSize, weights);
      input.set(averagedDown(narrow, weights, size), crop * size * size);
    }
    return input;
  };
}

function checkImage({ rows, columns, rowSpacingMm, columnSpacingMm, samples }: GreyImage): void {
  if (!(rows > 0 && columns > 0 && samples.length === rows * columns)) {
    throw new NodeError('pixel-data-mismatch', `${samples.length} samples are not ${rows} rows × ${columns} columns`);
  }
  for (const spacing of [rowSpacingMm, columnSpacingMm]) {
    if (!(spacing > 0 && Number.isFinite(spacing))) {
      throw new NodeError('geometry-invalid', `A pixel cannot be ${spacing} mm wide`, {
        subject: { attribute: 'PixelSpacing' },
      });
    }
  }
}

function keptWeights(grid: {
  readonly cells: number;
  readonly margin: number;
}): (count: number, spacingMm: number, extentMm: number) => AxisWeights {
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

/** Clips and scales the rows that are needed and combines their pixels into cells; as many rows as the picture has. */
function averagedAcross(
  image: GreyImage,
  { lower, upper }: PercentileWindow,
  { across, down }: { readonly across: AxisWeights; readonly down: AxisWeights },
): Float64Array {
  const { rows, columns, samples } = image;
  const cells = across.starts.length - 1;
  const row = new Float64Array(columns);
  const combined = new Float64Array(rows * cells);
  const scale = 1 / (upper - lower);
  const neededRows = pixelsNeeded(down);
  const neededColumns = pixelsNeeded(across);
  for (let y = neededRows.first; y <= neededRows.last; y++) {
    for (let x = neededColumns.first; x <= neededColumns.last; x++) {
      const scaled = ((samples[y * columns + x] as number) - lower) * scale;
      // Not-a-number fails the first comparison; positive infinity counts as the smallest sample too.
      row[x] = scaled > 0 ? (scaled < 1 ? scaled : scaled === Number.POSITIVE_INFINITY ? 0 : 1) : 0;
    }
    combineRow(row, 0, { weights: across, into: combined, at: y * cells });
  }
  return combined;
}

function combinedAcross(grid: Float64Array, columns: number, weights: AxisWeights): Float64Array {
  const cells = weights.starts.length - 1;
  const rows = grid.length / columns;
  const combined = new Float64Array(rows * cells);
  for (let y = 0; y < rows; y++) combineRow(grid, y * columns, { weights, into: combined, at: y * cells });
  return combined;
}

/** Combines the pixels of one row, which begins at `from`, into cells that begin at `at`. */
function combineRow(
  pixels: Float64Array,
  from: number,
  target: { readonly weights: AxisWeights; readonly into: Float64Array; readonly at: number },
): void {
  const { into, at } = target;
  const { starts, pixels: indices, weights } = target.weights;
  const cells = starts.length - 1;
  let entry = 0;
  for (let cell = 0; cell < cells; cell++) {
    const end = starts[cell + 1] as number;
    let sum = 0;
    for (; entry < end; entry++)
      sum += (weights[entry] as number) * (pixels[from + (indices[entry] as number)] as number);
    into[at + cell] = sum;
  }
}

/** Combines rows of `columns` values into as many rows as `weights` has cells. */
function averagedDown(values: Float64Array, weights: AxisWeights, columns: number): Float64Array {
  const cells = weights.starts.length - 1;
  const combined = new Float64Array(cells * columns);
  for (let cell = 0; cell < cells; cell++) {
    const end = weights.starts[cell + 1] as number;
    for (let entry = weights.starts[cell] as number; entry < end; entry++) {
      const weight = weights.weights[entry] as number;
      const from = (weights.pixels[entry] as number) * columns;
      for (let x = 0; x < columns; x++) {
        combined[cell * columns + x] = (combined[cell * columns + x] as number) + weight * (values[from + x] as number);
      }
    }
  }
  return combined;
}
