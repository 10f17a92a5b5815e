import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { picturePlaces } from '../../../src/app/views/picture-places.ts';
import type { ImagePlane } from '../../../src/core/geometry/image-plane.ts';
import { sliceNormal } from '../../../src/core/geometry/image-plane.ts';
import { addScaled } from '../../../src/core/geometry/vector.ts';
import type { InstanceRecord } from '../../../src/store/instances.ts';
import { anyPlane } from '../../support/arbitraries.ts';

/** Only what places are told by. */
function instance(id: number, plane: ImagePlane | undefined, triggerTime?: number): InstanceRecord {
  const header = { kindHeader: { triggerTime }, ...(plane === undefined ? {} : { plane }) };
  return { id, header } as unknown as InstanceRecord;
}

function moved(plane: ImagePlane, millimetres: number): ImagePlane {
  return { ...plane, imagePositionPatient: addScaled(plane.imagePositionPatient, sliceNormal(plane), millimetres) };
}

describe('the places of pictures in a series', () => {
  test('are the same in whatever order they came: neighbours along the normal, phases by Trigger Time', () => {
    fc.assert(
      fc.property(anyPlane, fc.array(fc.integer(), { minLength: 12, maxLength: 12 }), (plane, keys) => {
        const grid = Array.from({ length: 12 }, (_, i) => ({ slice: Math.floor(i / 3), phase: i % 3 }));
        const all = grid.map(({ slice, phase }, i) => instance(i + 1, moved(plane, slice * 8), 900 - phase * 40));
        const shuffled = [...all].sort((one, other) => keys[one.id - 1]! - keys[other.id - 1]! || one.id - other.id);
        const places = picturePlaces(shuffled, new Map());
        for (const [i, { slice, phase }] of grid.entries()) {
          const place = places.get(i + 1)!;
          expect(place.phase).toBe(2 - phase);
          expect([slice, 3 - slice]).toContain(place.slice);
        }
        expect(new Set([...places.values()].map((place) => `${place.slice}/${place.phase}`)).size).toBe(12);
      }),
      { numRuns: 50 },
    );
  });

  test('of one position and time go by Instance Number, then by arrival', () => {
    const [plane] = fc.sample(anyPlane, 1);
    const all = [1, 2, 3].map((id) => instance(id, plane));
    const places = picturePlaces(
      all,
      new Map([
        [1, 20],
        [2, 10],
      ]),
    );
    expect([3, 2, 1].map((id) => places.get(id)!.phase)).toEqual([0, 1, 2]);
    expect(picturePlaces(all, new Map()).get(2)).toEqual({ slice: 0, phase: 1 });
  });

  test('of differently oriented stacks follow each other, and without geometry each picture has its own', () => {
    const common = {
      imagePositionPatient: [0, 0, 0],
      rowSpacingMm: 1,
      columnSpacingMm: 1,
      rows: 8,
      columns: 8,
    } as const;
    const axial: ImagePlane = { ...common, rowCosines: [1, 0, 0], columnCosines: [0, 1, 0] };
    const coronal: ImagePlane = { ...common, rowCosines: [1, 0, 0], columnCosines: [0, 0, -1] };
    const all = [
      instance(1, undefined),
      instance(2, axial),
      instance(3, coronal),
      instance(4, moved(axial, 5)),
      instance(5, undefined),
    ];
    const places = picturePlaces(
      all,
      new Map([
        [1, 9],
        [5, 2],
      ]),
    );
    expect([...places.values()].every(({ phase }) => phase === 0)).toBe(true);
    expect(new Set([2, 3, 4].map((id) => places.get(id)!.slice))).toEqual(new Set([0, 1, 2]));
    expect([places.get(5)!.slice, places.get(1)!.slice]).toEqual([3, 4]);
  });
});
