import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ORIENTATION_CODES, type OrientationCode, sourceIndex, stepsOf } from '../../../src/core/orientation/d4.ts';
import { createClassifierInput } from '../../../src/core/pixels/classifier-input.ts';
import type { GreyImage } from '../../../src/core/pixels/grey-image.ts';
import { turnedImage } from '../../support/turned-image.ts';

const PARAMETERS = { size: 64, gridSize: 128, percentiles: [1, 99.5], crops: [0.75, 0.6, 0.5] } as const;
const classifierInput = createClassifierInput(PARAMETERS);

const images: fc.Arbitrary<GreyImage & { readonly samples: Float32Array }> = fc
  .record({
    rows: fc.integer({ min: 1, max: 150 }),
    columns: fc.integer({ min: 1, max: 150 }),
    rowSpacingMm: fc.double({ min: 0.3, max: 4, noNaN: true }),
    columnSpacingMm: fc.double({ min: 0.3, max: 4, noNaN: true }),
    seed: fc.integer(),
  })
  .map(({ seed, ...size }) => ({ ...size, samples: noise(size.rows * size.columns, seed) }));

function noise(length: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 20;
  });
}

function turnedInput(input: Float32Array, code: OrientationCode): Float32Array {
  const { size } = PARAMETERS;
  return Float32Array.from(input, (_, index) => {
    const crop = Math.floor(index / size ** 2);
    const target = { x: index % size, y: Math.floor(index / size) % size };
    const source = sourceIndex(code, target, { columns: size, rows: size });
    return input[crop * size ** 2 + source.y * size + source.x] as number;
  });
}

function greatestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((greatest, value, index) => Math.max(greatest, Math.abs(value - (b[index] as number))), 0);
}

describe('createClassifierInput', () => {
  test('preprocessing a turned picture gives the turned preprocessed picture, for every code, size and spacing', () => {
    fc.assert(
      fc.property(images, fc.constantFrom(...ORIENTATION_CODES), (image, code) => {
        const expected = turnedInput(classifierInput(image), code);
        expect(greatestDifference(classifierInput(turnedImage(image, code)), expected)).toBeLessThan(1e-6);
      }),
      { numRuns: 150 },
    );
  });

  test('stored integers, signed and unsigned, give the same as floats', () => {
    fc.assert(
      fc.property(images, fc.boolean(), (image, signed) => {
        const floats = image.samples.map((sample) => (signed ? sample - 2000 : sample));
        const stored = signed ? Int16Array.from(floats) : Uint16Array.from(floats);
        const expected = classifierInput({ ...image, samples: Float32Array.from(floats) });
        expect(classifierInput({ ...image, samples: stored })).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test('a picture leaves nothing behind in the input of the next one', () => {
    const one = { rows: 40, columns: 90, rowSpacingMm: 1, columnSpacingMm: 1, samples: noise(3600, 1) };
    const other = { rows: 90, columns: 40, rowSpacingMm: 1, columnSpacingMm: 1, samples: noise(3600, 2) };
    const fresh = createClassifierInput(PARAMETERS)(other);
    classifierInput(one);
    expect(classifierInput(other)).toEqual(fresh);
  });

  test('every cell is the area-weighted average of the pixels under it', () => {
    // 3 × 2 pixels of 1 mm × 1 mm in 6 × 6 cells of 0.5 mm: one row of cells lies outside above and below.
    const whole = createClassifierInput({ size: 6, gridSize: 6, percentiles: [0, 100], crops: [1] });
    const image = {
      rows: 2,
      columns: 3,
      rowSpacingMm: 1,
      columnSpacingMm: 1,
      samples: Float32Array.of(0, 2, 4, 6, 8, 10),
    };
    const rows = [0, 0, 0, 0, 0, 0].map((_, y) => Array.from(whole(image).slice(6 * y, 6 * y + 6)));
    const above = [0, 0, 0.2, 0.2, 0.4, 0.4].map(Math.fround);
    const below = [0.6, 0.6, 0.8, 0.8, 1, 1].map(Math.fround);
    const outside = [0, 0, 0, 0, 0, 0];
    expect(rows).toEqual([outside, above, above, below, below, outside]);
  });

  test('a pixel on a cell border is shared by area', () => {
    const whole = createClassifierInput({ size: 2, gridSize: 2, percentiles: [0, 100], crops: [1] });
    const image = {
      rows: 3,
      columns: 3,
      rowSpacingMm: 1,
      columnSpacingMm: 1,
      samples: Float32Array.of(9, 0, 0, 0, 9, 0, 0, 0, 0),
    };
    // Cells of 1.5 mm: the first holds the first pixel (1 mm²) and a quarter of the centre.
    const [first, second, third, fourth] = whole(image);
    expect(first).toBeCloseTo(1.25 / 2.25, 6);
    expect([second, third, fourth]).toEqual([0.25 / 2.25, 0.25 / 2.25, 0.25 / 2.25].map(Math.fround));
  });

  test('a crop of half the grid shows the central cells as they are', () => {
    const image = { rows: 128, columns: 128, rowSpacingMm: 1.4, columnSpacingMm: 1.4, samples: noise(128 * 128, 7) };
    const full = createClassifierInput({ size: 128, gridSize: 128, percentiles: [1, 99.5], crops: [1] })(image);
    const half = createClassifierInput({ size: 64, gridSize: 128, percentiles: [1, 99.5], crops: [0.5] })(image);
    const central = Float32Array.from(half, (_, i) => full[(32 + Math.floor(i / 64)) * 128 + 32 + (i % 64)] as number);
    expect(greatestDifference(half, central)).toBeLessThan(1e-6);
  });

  test('a constant picture and one without a finite sample give zeros', () => {
    const size = { rows: 5, columns: 4, rowSpacingMm: 1, columnSpacingMm: 1 };
    expect(classifierInput({ ...size, samples: new Float32Array(20).fill(7) })).toEqual(new Float32Array(3 * 4096));
    expect(classifierInput({ ...size, samples: new Float32Array(20).fill(Number.NaN) })).toEqual(
      new Float32Array(3 * 4096),
    );
  });

  test('samples that are not finite count as the smallest', () => {
    const size = { rows: 40, columns: 30, rowSpacingMm: 1, columnSpacingMm: 1 };
    const samples = noise(1200, 3);
    const smallest = samples.reduce((a, b) => Math.min(a, b));
    const places = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const broken = samples.map((sample, i) => (i % 50 === 0 ? (places[i % 3] as number) : sample));
    const mended = samples.map((sample, i) => (i % 50 === 0 ? smallest : sample));
    expect(classifierInput({ ...size, samples: broken })).toEqual(classifierInput({ ...size, samples: mended }));
  });

  test('refuses a picture whose size or spacing makes no sense, and names it', () => {
    const image = { rows: 2, columns: 2, rowSpacingMm: 1, columnSpacingMm: 1, samples: new Float32Array(4) };
    expect(() => classifierInput({ ...image, rows: 3 })).toThrow('4 samples are not 3 rows × 2 columns');
    expect(() => classifierInput({ ...image, rowSpacingMm: 0 })).toThrow('PixelSpacing');
    expect(() => classifierInput({ ...image, columnSpacingMm: Number.NaN })).toThrow('PixelSpacing');
  });

  test('a transposed picture exchanges its spacings', () => {
    const image = { rows: 2, columns: 1, rowSpacingMm: 3, columnSpacingMm: 5, samples: Float32Array.of(1, 2) };
    for (const code of ORIENTATION_CODES.filter((each) => stepsOf(each).transpose)) {
      expect(turnedImage(image, code)).toMatchObject({ rows: 1, columns: 2, rowSpacingMm: 5, columnSpacingMm: 3 });
    }
  });
});
