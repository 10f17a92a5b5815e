import { describe, expect, it } from 'vitest';
import { growthProblems, ratesAtBothEnds, slope } from './growth.ts';
import { COLUMNS, type Sample } from './samples.ts';

const nothing = Object.fromEntries(Object.keys(COLUMNS).map((column) => [column, 0])) as Sample;

function hour(value: (seconds: number) => Partial<Sample>): Sample[] {
  return Array.from({ length: 360 }, (_, i) => ({ ...nothing, seconds: i * 10, ...value(i * 10) }));
}

describe('what grows without an end in a soak', () => {
  it('is not a heap that swings between collections', () => {
    expect(growthProblems(hour((seconds) => ({ nodeMegabytes: 200 + (seconds % 110) })))).toEqual([]);
  });

  it('is not what a node needs to warm up, in the first half', () => {
    expect(growthProblems(hour((seconds) => ({ nodeMegabytes: Math.min(300, 100 + seconds) })))).toEqual([]);
  });

  it('is memory of 60 MB an hour more, however the heap swings', () => {
    const leaking = hour((seconds) => ({ nodeMegabytes: 200 + seconds / 30 + (seconds % 110) / 2 }));
    expect(growthProblems(leaking)).toEqual([expect.stringMatching(/^nodeMegabytes grew by 59/)]);
  });

  it('is a descriptor a minute', () => {
    expect(growthProblems(hour((seconds) => ({ descriptors: 40 + Math.floor(seconds / 60) })))).toHaveLength(1);
  });

  it('cannot be told of two processes', () => {
    expect(growthProblems(hour((seconds) => ({ process: seconds > 3000 ? 2 : 1 })))).toHaveLength(1);
  });
});

describe('slopes and rates', () => {
  it('are not moved by one that is far off', () => {
    expect(
      slope([
        [0, 0],
        [1, 2],
        [2, 4],
        [3, 600],
        [4, 8],
      ]),
    ).toBe(2);
    expect(ratesAtBothEnds([10, 11, 900, 10, 10, 10, 9, 1, 9, 9, 9, 9])).toEqual({ start: 11, end: 9 });
  });
});
