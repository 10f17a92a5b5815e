import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ORIENTATION_CODES } from '../../../src/core/orientation/d4.ts';
import { linearWeights } from '../../../src/core/pixels/axis-weights.ts';
import { coverageGrid, createClassifierGrid, squareExtentMm } from '../../../src/core/pixels/classifier-grid.ts';
import { createClassifierInput } from '../../../src/core/pixels/classifier-input.ts';
import type { GreyImage } from '../../../src/core/pixels/grey-image.ts';
import { turnedImage } from '../../support/turned-image.ts';

const PARAMETERS = { size: 24, gridSize: 48, percentiles: [1, 99.5], crops: [1, 0.75, 0.6, 0.5] } as const;
const gridOf = createClassifierGrid(PARAMETERS);
const inputOf = createClassifierInput(PARAMETERS);

const images: fc.Arbitrary<GreyImage> = fc
  .record({
    rows: fc.integer({ min: 1, max: 70 }),
    columns: fc.integer({ min: 1, max: 70 }),
    rowSpacingMm: fc.double({ min: 0.3, max: 4, noNaN: true }),
    columnSpacingMm: fc.double({ min: 0.3, max: 4, noNaN: true }),
    values: fc.array(fc.integer({ min: -2000, max: 4000 }), { minLength: 2, maxLength: 40 }),
  })
  .map(({ values, ...size }) => ({
    ...size,
    samples: Float32Array.from(
      { length: size.rows * size.columns },
      (_, i) => values[(i * 7) % values.length] as number,
    ),
  }));

/** The crop of a square grid, cell by cell: no line of the way that feeds the recogniser. */
function cropOf(grid: Float32Array, fraction: number): Float32Array {
  const { size, gridSize } = PARAMETERS;
  const { starts, pixels, weights } = linearWeights(size, gridSize, fraction);
  const parts = (k: number) =>
    Array.from(pixels.subarray(starts[k], starts[k + 1]), (pixel, n) => ({
      pixel,
      weight: weights[(starts[k] as number) + n] as number,
    }));
  return Float32Array.from({ length: size * size }, (_, i) => {
    let sum = 0;
    for (const down of parts(Math.floor(i / size))) {
      for (const across of parts(i % size)) {
        sum += down.weight * across.weight * (grid[down.pixel * gridSize + across.pixel] as number);
      }
    }
    return sum;
  });
}

describe('the grid of a picture', () => {
  test('holds what the recogniser is fed: crops cut from it equal its inputs', () => {
    fc.assert(
      fc.property(images, (image) => {
        const input = inputOf(image);
        const cut = PARAMETERS.crops.flatMap((fraction) => Array.from(cropOf(gridOf(image), fraction)));
        const worst = cut.reduce((most, value, i) => Math.max(most, Math.abs(value - (input[i] as number))), 0);
        expect(worst).toBeLessThan(1e-6);
      }),
      { numRuns: 60 },
    );
  });

  test('shows the whole picture, with nothing around it', () => {
    const image = { rows: 2, columns: 4, rowSpacingMm: 1, columnSpacingMm: 1, samples: new Float32Array(8).fill(1) };
    image.samples[0] = 0;
    const grid = createClassifierGrid({ gridSize: 4, percentiles: [0, 100] })(image);
    expect(Array.from(grid)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
  });

  test('spans the longer side of the picture', () => {
    expect(squareExtentMm({ rows: 10, columns: 20, rowSpacingMm: 3, columnSpacingMm: 1 })).toBe(30);
  });
});

describe('the coverage of a mask', () => {
  const square = { rows: 4, columns: 4, rowSpacingMm: 1, columnSpacingMm: 1 };

  test('tells which part of each cell lies inside', () => {
    const mask = new Uint8Array(16);
    for (const pixel of [0, 1, 4, 5, 6]) mask[pixel] = 200;
    expect(Array.from(coverageGrid(mask, square, 2))).toEqual([255, 64, 0, 0]);
  });

  test('of a mask that is everywhere is full where the picture is and nothing around it', () => {
    const wide = { rows: 2, columns: 4, rowSpacingMm: 1, columnSpacingMm: 1 };
    expect(Array.from(coverageGrid(new Uint8Array(16).fill(1), square, 2))).toEqual([255, 255, 255, 255]);
    const full = [255, 255, 255, 255];
    expect(Array.from(coverageGrid(new Uint8Array(8).fill(1), wide, 4))).toEqual([
      0,
      0,
      0,
      0,
      ...full,
      ...full,
      0,
      0,
      0,
      0,
    ]);
  });

  test('lies on the cells of the grid, however the picture is stored', () => {
    fc.assert(
      fc.property(images, fc.constantFrom(...ORIENTATION_CODES), (image, code) => {
        const inside = { ...image, samples: image.samples.map((value) => (value > 500 ? 1 : 0)) };
        const turned = turnedImage(inside, code);
        const coverage = coverageGrid(Uint8Array.from(turned.samples), turned, PARAMETERS.gridSize);
        const grid = createClassifierGrid({ ...PARAMETERS, percentiles: [0, 100] })(turned);
        if (new Set(inside.samples).size < 2) return;
        const worst = grid.reduce(
          (most, value, i) => Math.max(most, Math.abs(value * 255 - (coverage[i] as number))),
          0,
        );
        expect(worst).toBeLessThan(0.51);
      }),
      { numRuns: 60 },
    );
  });
});
