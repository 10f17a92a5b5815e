import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf, ranged, SLICE_DIMENSIONS } from '../../src/evaluation/breakdown.ts';
import { anyMeasured, measured, truth } from './judged-slices.ts';

describe('a breakdown', () => {
  it('parts the whole: nothing is lost or counted twice', () => {
    fc.assert(
      fc.property(fc.array(anyMeasured, { maxLength: 40 }), (slices) => {
        for (const dimension of SLICE_DIMENSIONS) {
          const parts = partsOf(slices, dimension);
          expect(parts.flatMap(({ items }) => items)).toHaveLength(slices.length);
          expect(new Set(parts.flatMap(({ items }) => items))).toEqual(new Set(slices));
          expect(new Set(parts.map(({ label }) => label)).size).toBe(parts.length);
        }
      }),
    );
  });

  it('names ranges, in their order, the unknown last', () => {
    const slices = [undefined, 350, 99, 200, 349.9].map((extentMm) => measured(truth('000'), '000', { extentMm }));
    const field = SLICE_DIMENSIONS.find(({ title }) => title === 'Field of view');
    const parts = partsOf(slices, field as (typeof SLICE_DIMENSIONS)[number]);
    expect(parts.map(({ label, items }) => [label, items.length])).toEqual([
      ['below 200 mm', 1],
      ['200 – 250 mm', 1],
      ['300 – 350 mm', 1],
      ['350 – 400 mm', 1],
      ['unknown', 1],
    ]);
  });

  it('has an open range at either end', () => {
    const sizes = ranged<number>('size', (one) => one, { limits: [2], unit: '×', digits: 1 });
    expect(partsOf([1, 2, 3], sizes)).toEqual([
      { label: 'below 2.0×', items: [1] },
      { label: '2.0× and more', items: [2, 3] },
    ]);
  });

  it('takes the angle without its sign', () => {
    const tilted = [-20, 20].map((angleDegrees) => measured(truth('000', { angleDegrees }), '000'));
    const angle = SLICE_DIMENSIONS.find(({ title }) => title === 'Angle against down');
    expect(partsOf(tilted, angle as (typeof SLICE_DIMENSIONS)[number]).map(({ label }) => label)).toEqual(['15 – 30°']);
  });
});
