import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { percentileWindow } from '../../../src/core/pixels/percentile-window.ts';

/** numpy.percentile(samples, percentile), linear, by sorting. */
function bySorting(samples: Float32Array, percentile: number): number {
  const finite = Array.from(samples).filter(Number.isFinite);
  const smallest = Math.min(...finite);
  const sorted = Array.from(samples, (sample) => (Number.isFinite(sample) ? sample : smallest)).sort((a, b) => a - b);
  const place = (percentile / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.min(sorted.length - 1, Math.floor(place) + 1)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

const samplesOf = (sample: fc.Arbitrary<number>) =>
  fc.array(sample, { minLength: 1, maxLength: 300 }).map((values) => Float32Array.from(values));

describe('percentileWindow', () => {
  test('agrees with sorting for integers, as they are stored or as floats', () => {
    const integers = fc
      .constantFrom([0, 4095], [0, 65535], [-32768, 32767], [-5, 5])
      .chain(([min, max]) => samplesOf(fc.integer({ min, max })));
    fc.assert(
      fc.property(integers, (samples) => {
        const stored = samples.some((sample) => sample < 0) ? Int16Array.from(samples) : Uint16Array.from(samples);
        for (const either of [samples, stored]) {
          const window = percentileWindow(either, [1, 99.5]);
          expect(window?.lower).toBe(bySorting(samples, 1));
          expect(window?.upper).toBe(bySorting(samples, 99.5));
        }
      }),
    );
  });

  test('agrees with sorting for any floats, with samples that are not finite as the smallest', () => {
    fc.assert(
      fc.property(samplesOf(fc.float()), fc.double({ min: 0, max: 100, noNaN: true }), (samples, percentile) => {
        fc.pre(samples.some(Number.isFinite));
        const window = percentileWindow(samples, [percentile, 100]);
        // Adding zero makes -0 the 0 that it equals.
        expect((window?.lower as number) + 0).toBe(bySorting(samples, percentile) + 0);
        expect((window?.upper as number) + 0).toBe(bySorting(samples, 100) + 0);
      }),
    );
  });

  test('gives the values of numpy.percentile for a known picture', () => {
    // numpy.percentile(numpy.arange(10, dtype='f4') ** 2, [1, 99.5]) → [0.09, 80.235]
    const samples = Float32Array.from({ length: 10 }, (_, i) => i * i);
    const window = percentileWindow(samples, [1, 99.5]);
    expect(window?.lower).toBeCloseTo(0.09, 12);
    expect(window?.upper).toBeCloseTo(80.235, 12);
  });

  test('reads a view that does not begin at the start of its buffer', () => {
    const buffer = Float32Array.of(1000, 1, 2, 3, -1000);
    expect(percentileWindow(buffer.subarray(1, 4), [0, 100])).toEqual({ lower: 1, upper: 3 });
  });

  test('says nothing of a picture without a finite sample', () => {
    expect(percentileWindow(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY), [1, 99.5])).toBeUndefined();
  });
});
