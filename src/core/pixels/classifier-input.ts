import { NodeError } from '../errors.ts';
import { type AxisWeights, linearWeights, pixelsNeeded } from './axis-weights.ts';
import type { GreyImage } from './grey-image.ts';
import { percentileWindow } from './percentile-window.ts';
import { squareAverager } from './square-grid.ts';

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

/**
 * The way from a picture to the model's input: clip and scale, average by area into a square grid in millimetres
 * around the picture's centre, take the central crops. A turned or mirrored picture gives the turned or mirrored
 * input, so that the network's own equivariance is that of the product.
 */
export function createClassifierInput(parameters: ClassifierInputParameters): ClassifierInput {
  const { size, gridSize, crops } = parameters;
  const cropWeights = crops.map((fraction) => linearWeights(size, gridSize, fraction));
  const margin = Math.min(...cropWeights.map((weights) => pixelsNeeded(weights).first));
  const averaged = squareAverager({ cells: gridSize, margin });
  return (image) => {
    checkImage(image);
    const input = new Float32Array(crops.length * size * size);
    const window = percentileWindow(image.samples, parameters.percentiles);
    if (window === undefined || !(window.upper > window.lower)) return input;
    const grid = averaged(image, window);
    for (const [crop, weights] of cropWeights.entries()) {
      takeCrop(grid, gridSize, { weights, into: input.subarray(crop * size * size, (crop + 1) * size * size) });
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

/** Interpolates between the four cells around each sample: `weights` has two cells for each, along either axis. */
function takeCrop(
  grid: Float64Array,
  gridSize: number,
  { weights: { pixels, weights }, into }: { readonly weights: AxisWeights; readonly into: Float32Array },
): void {
  const size = pixels.length / 2;
  for (let y = 0; y < size; y++) {
    const above = (pixels[2 * y] as number) * gridSize;
    const below = (pixels[2 * y + 1] as number) * gridSize;
    const ofAbove = weights[2 * y] as number;
    const ofBelow = weights[2 * y + 1] as number;
    for (let x = 0; x < size; x++) {
      const left = pixels[2 * x] as number;
      const right = pixels[2 * x + 1] as number;
      const ofLeft = weights[2 * x] as number;
      const ofRight = weights[2 * x + 1] as number;
      const upper = ofLeft * (grid[above + left] as number) + ofRight * (grid[above + right] as number);
      const lower = ofLeft * (grid[below + left] as number) + ofRight * (grid[below + right] as number);
      into[y * size + x] = ofAbove * upper + ofBelow * lower;
    }
  }
}
