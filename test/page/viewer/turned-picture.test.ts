import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Picture } from '../../../src/api/series-detail.ts';
import {
  type Correction,
  compose,
  correctionFor,
  inverse,
  ORIENTATION_CODES,
  type OrientationCode,
  observed,
} from '../../../src/core/orientation/d4.ts';
import type { DrawnSamples } from '../../../src/page/viewer/drawn-samples.ts';
import { shapeOf, turnedOffset, turnedSamples, turnedShape } from '../../../src/page/viewer/turned-picture.ts';

const correction = (code: OrientationCode) => code as Correction;
const corrections = fc.constantFrom(...ORIENTATION_CODES).map(correction);
const offsets = fc.record({ x: fc.integer({ min: -50, max: 50 }), y: fc.integer({ min: -50, max: 50 }) });

const PICTURE: Picture = {
  instanceId: 1,
  resultId: null,
  sopInstanceUid: '1.2',
  slice: 0,
  phase: 0,
  triggerTimeMs: null,
  rows: 3,
  columns: 5,
  photometric: 'MONOCHROME2',
  sample: 'uint16',
  slope: 1,
  intercept: 0,
  window: null,
  voiLut: null,
  pixelAspect: 2,
  plane: {
    imagePositionPatient: [0, 0, 0],
    rowCosines: [0, 1, 0],
    columnCosines: [0, 0, -1],
    rowSpacingMm: 2,
    columnSpacingMm: 1,
  },
  letters: { top: 'H', right: 'P', bottom: 'F', left: 'A' },
  pixels: '/pixels/1',
};

function numbered(rows: number, columns: number): DrawnSamples {
  const samples = Uint16Array.from({ length: rows * columns }, (_, i) => i);
  const initial = { lower: 0, upper: 1 };
  return { rows, columns, samples, slope: 1, intercept: 0, values: 'rescaled', initial, inverted: false };
}

describe('a preview', () => {
  test('has each sample where the offset of its place says', () => {
    fc.assert(
      fc.property(
        corrections,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        (code, rows, columns) => {
          const source = numbered(rows, columns);
          const turned = turnedSamples(source, code);
          for (let y = 0; y < rows; y++) {
            for (let x = 0; x < columns; x++) {
              const to = turnedOffset({ x: x - (columns - 1) / 2, y: y - (rows - 1) / 2 }, code);
              const [column, row] = [to.x + (turned.columns - 1) / 2, to.y + (turned.rows - 1) / 2];
              expect(turned.samples[row * turned.columns + column]).toBe(source.samples[y * columns + x]);
            }
          }
        },
      ),
    );
  });

  test('turned back is the picture as received', () => {
    fc.assert(
      fc.property(corrections, offsets, (code, offset) => {
        const back = turnedOffset(turnedOffset(offset, code), correction(inverse(code)));
        // -0 and 0 are one place.
        expect([back.x + 0, back.y + 0]).toEqual([offset.x, offset.y]);
        expect(turnedSamples(turnedSamples(numbered(3, 5), code), correction(inverse(code)))).toEqual(numbered(3, 5));
      }),
    );
  });

  test('of two corrections is that of their composition', () => {
    fc.assert(
      fc.property(corrections, corrections, offsets, (one, other, offset) => {
        const twice = turnedOffset(turnedOffset(offset, one), other);
        const once = turnedOffset(offset, correction(compose(one, other)));
        expect([twice.x + 0, twice.y + 0]).toEqual([once.x + 0, once.y + 0]);
      }),
    );
  });

  test('keeps its size in the patient and takes its letters along', () => {
    const turned = turnedShape(PICTURE, correctionFor(observed('110')));
    expect(turned).toMatchObject({ rows: 5, columns: 3, rowSpacing: 1, columnSpacing: 2 });
    // Turned 90° clockwise: what was on the left is at the top.
    expect(turned.letters).toEqual({ top: 'A', right: 'H', bottom: 'P', left: 'F' });
  });

  test('of a picture without geometry has no letters, and the pixel aspect as its shape', () => {
    const bare = { ...PICTURE, plane: null, letters: null };
    expect(shapeOf(bare)).toMatchObject({ rowSpacing: 2, columnSpacing: 1, inMillimetres: false });
    expect(turnedShape(bare, correction('100'))).toMatchObject({ rowSpacing: 1, columnSpacing: 2, letters: null });
  });
});
