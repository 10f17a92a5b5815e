import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sliceNormal } from '../../../src/core/geometry/image-plane.ts';
import { addScaled, unit } from '../../../src/core/geometry/vector.ts';
import { slicePositionIndices } from '../../../src/core/series/slice-position.ts';
import { anyPlane } from '../../support/arbitraries.ts';

describe('slice positions', () => {
  test('are numbered along the normal, phases of one position alike, in whatever order they come', () => {
    fc.assert(
      fc.property(anyPlane, fc.shuffledSubarray([0, 0, 1, 1, 2, 3, 3, 4], { minLength: 8 }), (plane, places) => {
        const normal = unit(sliceNormal(plane));
        const planes = places.map((place, i) => ({
          ...plane,
          imagePositionPatient: addScaled(plane.imagePositionPatient, normal, place * 8 + (i % 2) * 0.1),
        }));
        expect(slicePositionIndices(planes)).toEqual(places);
      }),
    );
  });

  test('are none for no planes', () => {
    expect(slicePositionIndices([])).toEqual([]);
  });
});
