import { type AxisWeights, areaWeights } from './axis-weights.ts';
import { type ClassifierInput, type ClassifierInputParameters, createClassifierInput } from './classifier-input.ts';
import type { GreyImage } from './grey-image.ts';

/**
 * The whole square that `createClassifierInput` cuts its crops from: gridSize × gridSize, row-major, 0 to 1, nothing
 * left out at its borders. It is a crop of all with one sample for each cell.
 */
export function createClassifierGrid({
  gridSize,
  percentiles,
}: Pick<ClassifierInputParameters, 'gridSize' | 'percentiles'>): ClassifierInput {
  return createClassifierInput({ size: gridSize, gridSize, percentiles, crops: [1] });
}

/** Side, in millimetres, of the square that holds the whole picture and has the same centre. */
export function squareExtentMm(image: Omit<GreyImage, 'samples'>): number {
  return Math.max(image.columns * image.columnSpacingMm, image.rows * image.rowSpacingMm);
}

/**
 * Which part of each cell of the same square a mask covers: 0 for nothing, 255 for all of it.
 * @param mask one value for each pixel of `image`, non-zero inside
 */
export function coverageGrid(mask: Uint8Array, image: Omit<GreyImage, 'samples'>, gridSize: number): Uint8Array {
  const { rows, columns, rowSpacingMm, columnSpacingMm } = image;
  const extentMm = squareExtentMm(image);
  const cells = { cells: gridSize, margin: 0 };
  const across = areaWeights({ count: columns, spacingMm: columnSpacingMm }, extentMm, cells);
  const down = areaWeights({ count: rows, spacingMm: rowSpacingMm }, extentMm, cells);
  const wide = Array.from({ length: rows }, (_, y) => weighed(across, (x) => (mask[y * columns + x] === 0 ? 0 : 1)));
  const coverage = new Uint8Array(gridSize * gridSize);
  for (let x = 0; x < gridSize; x++) {
    const column = weighed(down, (y) => wide[y]?.[x] as number);
    for (let y = 0; y < gridSize; y++) coverage[y * gridSize + x] = Math.round(255 * (column[y] as number));
  }
  return coverage;
}

function weighed({ starts, pixels, weights }: AxisWeights, value: (pixel: number) => number): Float64Array {
  const sums = new Float64Array(starts.length - 1);
  for (let cell = 0; cell < sums.length; cell++) {
    let sum = 0;
    for (let entry = starts[cell] as number; entry < (starts[cell + 1] as number); entry++) {
      sum += (weights[entry] as number) * value(pixels[entry] as number);
    }
    sums[cell] = sum;
  }
  return sums;
}
