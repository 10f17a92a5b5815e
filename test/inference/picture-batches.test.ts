import { describe, expect, test } from 'vitest';
import { pictureBatches } from '../../src/inference/picture-batches.ts';

function pictures(count: number, size: number) {
  const samples = new Float32Array(size * size);
  return Array.from({ length: count }, () => ({
    rows: size,
    columns: size,
    rowSpacingMm: 1,
    columnSpacingMm: 1,
    samples,
  }));
}

describe('pictureBatches', () => {
  test('keeps the order and puts at most 32 small pictures together', () => {
    const images = pictures(70, 8);
    expect(pictureBatches(images).map(({ length }) => length)).toEqual([32, 32, 6]);
    expect(pictureBatches(images).flat()).toEqual(images);
  });

  test('keeps a message of large pictures below 2 MiB, and sends a larger picture alone', () => {
    expect(pictureBatches(pictures(9, 512)).map(({ length }) => length)).toEqual([2, 2, 2, 2, 1]);
    expect(
      pictureBatches([...pictures(1, 8), ...pictures(2, 1200), ...pictures(2, 8)]).map(({ length }) => length),
    ).toEqual([1, 1, 1, 2]);
  });

  test('makes no batch of no pictures', () => {
    expect(pictureBatches([])).toEqual([]);
  });
});
