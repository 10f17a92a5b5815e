import { describe, expect, test } from 'vitest';
import type { SeriesDetail } from '../../../src/api/series-detail.ts';
import { slicePositions } from '../../../src/page/series/slice-positions.ts';

type Slice = SeriesDetail['slices'][number];

function slice(positionMm: number | null, sure: number, more: Partial<Slice> = {}): Slice {
  const rest = (1 - sure) / 7;
  return {
    instanceId: 1,
    sopInstanceUid: '1.2',
    instanceNumber: 1,
    positionMm,
    probabilities: [sure, ...Array.from({ length: 7 }, () => rest)],
    sax: 0.5,
    angleDegrees: null,
    quality: null,
    kinds: null,
    ...more,
  };
}

describe('what was seen of each place in the stack', () => {
  test('is the mean over its phases, in order along the normal', () => {
    const places = slicePositions([slice(10, 0.4), slice(0, 1), slice(10.01, 0.6)]);
    expect(places.map(({ positionMm, instances }) => [positionMm, instances])).toEqual([
      [0, 1],
      [10, 2],
    ]);
    expect(places[1]?.probabilities[0]).toBeCloseTo(0.5);
  });

  test('stays apart for each instance where no geometry says that two lie in one place', () => {
    const places = slicePositions([slice(null, 1, { instanceNumber: 2 }), slice(null, 0.5, { instanceNumber: 1 })]);
    expect(places.map(({ probabilities }) => probabilities[0])).toEqual([0.5, 1]);
  });

  test('has the most probable quality, and no short-axis score where one instance has none', () => {
    const heart = { heart: 0.9, blank: 0.1 };
    const blank = { heart: 0.2, blank: 0.8 };
    const [place] = slicePositions([slice(0, 1, { quality: heart, sax: null }), slice(0, 1, { quality: blank })]);
    expect(place?.quality).toEqual({ name: 'heart', probability: expect.closeTo(0.55) });
    expect(place?.sax).toBeNull();
  });
});
