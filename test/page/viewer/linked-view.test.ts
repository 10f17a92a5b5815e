import { describe, expect, test } from 'vitest';
import type { Picture } from '../../../src/api/series-detail.ts';
import { draggedRange, fittingScale, nextView, viewOf } from '../../../src/page/viewer/linked-view.ts';
import { middlePlace, pairAt, phaseIntervalMs, pictureGrid } from '../../../src/page/viewer/picture-grid.ts';

function picture(name: string, slice: number, phase: number, triggerTimeMs: number | null = null): Picture {
  return { sopInstanceUid: name, slice, phase, triggerTimeMs } as Picture;
}

describe('the pictures of a series', () => {
  test('lie by slice and phase, beside what leaves of each, even where the result runs the other way', () => {
    const received = [picture('b', 1, 0), picture('a', 0, 0)];
    const result = [picture('B', 0, 0), picture('A', 1, 0)];
    const grid = pictureGrid({ received, result }, [
      { received: 'a', derived: 'A' },
      { received: 'b', derived: 'B' },
    ]);
    const names = grid.map((slice) => slice.map((pair) => [pair.received.sopInstanceUid, pair.result?.sopInstanceUid]));
    expect(names).toEqual([[['a', 'A']], [['b', 'B']]]);
  });

  test('have no result where none is paired: never a neighbour instead', () => {
    const grid = pictureGrid({ received: [picture('a', 0, 0)], result: [picture('A', 0, 0)] }, []);
    expect(grid[0]?.[0]?.result).toBeUndefined();
  });

  test('are found at the last phase where a slice has fewer', () => {
    const grid = pictureGrid(
      { received: [picture('a', 0, 0), picture('b', 1, 0), picture('c', 1, 1)], result: null },
      [],
    );
    expect(pairAt(grid, { slice: 0, phase: 1 })?.received.sopInstanceUid).toBe('a');
    expect(pairAt([], { slice: 0, phase: 0 })).toBeUndefined();
    expect(middlePlace(grid)).toEqual({ slice: 1, phase: 0 });
  });

  test('move as fast as they were acquired', () => {
    const slice = (times: readonly (number | null)[]) =>
      times.map((time, i) => ({ received: picture(String(i), 0, i, time), result: undefined }));
    expect(phaseIntervalMs(slice([0, 40, 80, 120]))).toBe(40);
    expect(phaseIntervalMs(slice([null, null, null, null]))).toBe(250);
    expect(phaseIntervalMs(slice([0, null]))).toBe(500);
    expect(phaseIntervalMs(slice([0, 0.5]))).toBeCloseTo(1000 / 60);
    expect(phaseIntervalMs(slice([]))).toBe(500);
  });
});

describe('the view that both viewports share', () => {
  const start = viewOf({ slice: 1, phase: 2 }, false);

  test('stops at both ends of the stack and goes round in time', () => {
    expect(nextView(start, { kind: 'slice', by: -5, slices: 3 }).slice).toBe(0);
    expect(nextView(start, { kind: 'slice', by: 5, slices: 3 }).slice).toBe(2);
    expect(nextView(start, { kind: 'phase', by: 1, phases: 3 }).phase).toBe(0);
    expect(nextView({ ...start, phase: 0 }, { kind: 'phase', by: -1, phases: 3 }).phase).toBe(2);
  });

  test('is as it was at first after a reset, but for place and cine', () => {
    const steps = [
      { kind: 'zoom', by: 2 },
      { kind: 'pan', by: { x: 3, y: 4 } },
      { kind: 'window', range: { lower: 1, upper: 2 } },
    ] as const;
    const moved = steps.reduce(nextView, start);
    expect(moved).toMatchObject({ zoom: 2, centre: { x: 3, y: 4 }, range: { lower: 1, upper: 2 } });
    expect(nextView(moved, { kind: 'reset' })).toEqual(start);
    expect(nextView(moved, { kind: 'fit' })).toMatchObject({ zoom: 1, range: { lower: 1, upper: 2 } });
  });

  test('has one scale at which the picture fits before and after a quarter turn', () => {
    const lying = { rows: 100, columns: 200, rowSpacing: 1, columnSpacing: 1 };
    const standing = { rows: 200, columns: 100, rowSpacing: 1, columnSpacing: 1 };
    expect(fittingScale([lying, standing], { width: 400, height: 300 })).toBe(1.5);
  });

  test('drags a window wider to the right', () => {
    expect(draggedRange({ lower: 0, upper: 100 }, { x: 1, y: 0 })).toEqual({ lower: -50, upper: 150 });
    expect(draggedRange({ lower: 0, upper: 100 }, { x: 0, y: 0.5 })).toEqual({ lower: -50, upper: 50 });
  });
});
