import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImagePlane, reorientPlane, sliceNormal } from '../../../src/core/geometry/image-plane.ts';
import { addScaled, cross, type Lps, scale, unit } from '../../../src/core/geometry/vector.ts';
import { correctionFor, ORIENTATION_CODES, observed } from '../../../src/core/orientation/d4.ts';
import {
  groupReadyAt,
  groupSeries,
  sameStack,
  slicePositions,
  splitIntoStacks,
} from '../../../src/core/series/stack-group.ts';

const SHORT_AXIS = plane([0.71, 0.7, -0.03], [-0.31, 0.27, -0.91]);

function plane(row: Lps, column: Lps): ImagePlane {
  const rowCosines = unit(row);
  const normal = unit(cross(rowCosines, column));
  return {
    imagePositionPatient: [-120, -80, 60],
    rowCosines,
    columnCosines: cross(normal, rowCosines),
    rowSpacingMm: 1.4,
    columnSpacingMm: 1.2,
    rows: 224,
    columns: 256,
  };
}

/** The plane turned about its own normal. */
function turned(source: ImagePlane, degrees: number): ImagePlane {
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const { rowCosines, columnCosines } = source;
  return plane(
    addScaled(scale(rowCosines, cosine), columnCosines, sine),
    addScaled(scale(columnCosines, cosine), rowCosines, -sine),
  );
}

function slice(position: number, source = SHORT_AXIS): ImagePlane {
  return {
    ...source,
    imagePositionPatient: addScaled(source.imagePositionPatient, sliceNormal(source), position),
  };
}

function series(seriesInstanceUid: string, overrides: Partial<Parameters<typeof groupSeries>[0][number]> = {}) {
  return {
    seriesInstanceUid,
    studyInstanceUid: '1.2',
    frameOfReferenceUid: '1.3',
    kind: 'LGE' as const,
    plane: SHORT_AXIS,
    ...overrides,
  };
}

describe('two planes', () => {
  it('are of one stack up to ten degrees between them', () => {
    expect(sameStack(SHORT_AXIS, turned(SHORT_AXIS, 9.9))).toBe(true);
    expect(sameStack(SHORT_AXIS, turned(SHORT_AXIS, 10.1))).toBe(false);
  });

  it('are of two stacks where the storage of one was turned in any way', () => {
    const stacks = ORIENTATION_CODES.map((code) => reorientPlane(SHORT_AXIS, correctionFor(observed(code))));
    expect(stacks.filter((other) => sameStack(SHORT_AXIS, other))).toEqual([SHORT_AXIS]);
  });

  it('are of no stack where one has no direction', () => {
    expect(sameStack(SHORT_AXIS, { ...SHORT_AXIS, rowCosines: [0, 0, 0] })).toBe(false);
  });
});

describe('slice positions', () => {
  it('count phases of one slice once and slices a millimetre apart each', () => {
    expect(slicePositions([slice(0), slice(0.2), slice(0), slice(8), slice(9)])).toBe(3);
  });

  it('do not depend on how a slice is stored, nor on order', () => {
    const planes = [0, 8, 16, 24].flatMap((position) =>
      ORIENTATION_CODES.map((code) => reorientPlane(slice(position), correctionFor(observed(code)))),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(planes, { minLength: planes.length }), (shuffled) => {
        expect(slicePositions(shuffled)).toBe(4);
      }),
      { numRuns: 20 },
    );
  });

  it('leave out planes without sound geometry', () => {
    expect(slicePositions([{ ...SHORT_AXIS, imagePositionPatient: [Number.NaN, 0, 0] }])).toBe(0);
    expect(slicePositions([])).toBe(0);
  });
});

describe('one series of several directions', () => {
  it('is taken apart into its stacks, the same for any order', () => {
    const directions = [SHORT_AXIS, turned(SHORT_AXIS, 60), plane([1, 0, 0], [0, 0, -1])];
    const items = directions.flatMap((direction) =>
      [0, 8, 16].map((position) => ({ plane: slice(position, direction) })),
    );
    const stacks = splitIntoStacks(items);
    expect(stacks.map(({ length }) => length)).toEqual([3, 3, 3]);
    fc.assert(
      fc.property(fc.shuffledSubarray(items, { minLength: items.length }), (shuffled) => {
        expect(splitIntoStacks(shuffled)).toEqual(stacks);
      }),
    );
  });
});

describe('series', () => {
  it('of one study, frame, kind and direction are one group', () => {
    const magnitude = series('1.1');
    const psir = series('1.2', { plane: slice(8, turned(SHORT_AXIS, 3)) });
    expect(groupSeries([psir, magnitude])).toEqual([[magnitude, psir]]);
  });

  it.each([
    ['study', { studyInstanceUid: '9' }],
    ['frame of reference', { frameOfReferenceUid: '9' }],
    ['kind', { kind: 'cine' as const }],
    ['direction', { plane: turned(SHORT_AXIS, 90) }],
    ['missing geometry', { plane: undefined }],
    ['missing frame of reference', { frameOfReferenceUid: undefined }],
  ])('of another %s are another group', (_, different) => {
    expect(groupSeries([series('1.1'), series('1.2', different)])).toHaveLength(2);
  });

  it('of kind other, or without a frame, are each a group', () => {
    expect(groupSeries([series('1.1', { kind: 'other' }), series('1.2', { kind: 'other' })])).toHaveLength(2);
    const nowhere = { frameOfReferenceUid: undefined };
    expect(groupSeries([series('1.1', nowhere), series('1.2', nowhere)])).toHaveLength(2);
  });

  it('are each in exactly one group, and the groups are the same for any order', () => {
    const someSeries = fc.uniqueArray(
      fc.record({
        seriesInstanceUid: fc.stringMatching(/^[1-9](\.[1-9]){0,3}$/),
        studyInstanceUid: fc.constantFrom('1', '2'),
        frameOfReferenceUid: fc.constantFrom('1', '2', undefined),
        kind: fc.constantFrom('cine' as const, 'LGE' as const, 'other' as const),
        plane: fc.option(
          fc.double({ min: -180, max: 180, noNaN: true }).map((angle) => turned(SHORT_AXIS, angle)),
          {
            nil: undefined,
          },
        ),
      }),
      { selector: (one) => one.seriesInstanceUid, maxLength: 30 },
    );
    const inTwoOrders = someSeries.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(inTwoOrders, ([all, shuffled]) => {
        const groups = groupSeries(all);
        expect(groupSeries(shuffled)).toEqual(groups);
        expect(new Set(groups.flat())).toEqual(new Set(all));
        expect(groups.flat()).toHaveLength(all.length);
        for (const [first, ...others] of groups) {
          expect(others.every((other) => sameStack(first!.plane!, other.plane!))).toBe(true);
        }
      }),
    );
  });
});

describe('a group', () => {
  const settings = { quietSeconds: 30, maxWaitSeconds: 600 };
  const member = (receivedAt: number, planes: readonly ImagePlane[]) => ({
    progress: {
      firstReceivedAt: receivedAt,
      lastReceivedAt: receivedAt,
      acquisitions: new Map([[1, { announced: planes.length, received: planes.length }]]),
      hasUnannounced: false,
    },
    planes,
  });

  it('of one series per slice waits for quiet, however many there are', () => {
    const two = [member(1000, [slice(0)]), member(16_000, [slice(8)])];
    expect(groupReadyAt(two, settings)).toEqual({ at: 46_000, because: 'quiet' });
    const four = [...two, member(31_000, [slice(16)]), member(46_000, [slice(24)])];
    expect(groupReadyAt(four, settings)).toEqual({ at: 76_000, because: 'quiet' });
  });

  it('of whole stacks is ready with the last count that is reached', () => {
    const stack = (receivedAt: number) =>
      member(
        receivedAt,
        [0, 8, 16].map((position) => slice(position)),
      );
    expect(groupReadyAt([stack(1000), stack(2000)], settings)).toEqual({ at: 2000, because: 'images-in-acquisition' });
  });

  it('with few positions waits no longer than the time budget', () => {
    const two = [member(0, [slice(0)]), member(590_000, [slice(8)])];
    expect(groupReadyAt(two, settings)).toEqual({ at: 600_000, because: 'time-budget' });
  });

  it('with enough positions is ready with the last of its members', () => {
    const quick = member(
      1000,
      [0, 8, 16].map((position) => slice(position)),
    );
    const slow = { ...member(2000, [slice(24)]), progress: { ...quick.progress, hasUnannounced: true } };
    expect(groupReadyAt([quick, slow], settings)).toEqual({ at: 31_000, because: 'quiet' });
  });

  it('without members is never ready', () => {
    expect(groupReadyAt([], settings)).toBeUndefined();
  });
});
