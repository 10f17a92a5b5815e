import { describe, expect, it } from 'vitest';
import { pixelCentreLps } from '../../src/core/geometry/image-plane.ts';
import { distance } from '../../src/core/geometry/vector.ts';
import { ORIENTATION_CODES, sourceIndex } from '../../src/core/orientation/d4.ts';
import { applyCode, lyingPlane } from '../../src/phantom/picture-code.ts';
import { phantomPlane } from '../../src/phantom/planes.ts';
import { makeSubject } from '../../src/phantom/variation.ts';

const MATRIX = { rows: 12, columns: 17, rowSpacingMm: 2.1, columnSpacingMm: 1.3 };
const plane = phantomPlane(makeSubject({ seed: 'code' }), { kind: 'sax', index: 2, count: 10, matrix: MATRIX });
const samples = Uint16Array.from({ length: 12 * 17 }, (_, i) => i);

describe('a picture in one of the eight codes', () => {
  it.each(ORIENTATION_CODES)('has every sample at its patient point: %s', (code) => {
    const turned = applyCode({ plane, samples }, code);
    for (let y = 0; y < turned.plane.rows; y++) {
      for (let x = 0; x < turned.plane.columns; x++) {
        const value = turned.samples[y * turned.plane.columns + x]!;
        const origin = pixelCentreLps(plane, value % plane.columns, Math.floor(value / plane.columns));
        expect(distance(pixelCentreLps(turned.plane, x, y), origin)).toBeLessThan(1e-9);
      }
    }
  });

  it('has the corners of Table 1', () => {
    const corners = Uint8Array.from([1, 2, 3, 4]);
    const square = { ...plane, rows: 2, columns: 2 };
    const seen = ORIENTATION_CODES.map((code) => applyCode({ plane: square, samples: corners }, code).samples.join(''));
    expect(seen).toEqual(['1234', '2143', '3412', '4321', '1324', '3142', '2413', '4231']);
    expect(sourceIndex('101', { x: 0, y: 0 }, square)).toEqual({ x: 0, y: 1 });
  });

  it('keeps the standard position and cosines behind a lying header, and fits the matrix', () => {
    const turned = applyCode({ plane, samples }, '101');
    const lie = lyingPlane(plane, turned.plane);
    expect(lie.imagePositionPatient).toEqual(plane.imagePositionPatient);
    expect(lie.rowCosines).toEqual(plane.rowCosines);
    expect(lie).toMatchObject({ rows: 17, columns: 12, rowSpacingMm: 1.3, columnSpacingMm: 2.1 });
  });
});
