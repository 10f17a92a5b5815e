import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimalString } from '../../../src/core/attributes/decimal-string.ts';
import {
  type ImagePlane,
  pixelCentreLps,
  planeFault,
  reorientPlane,
  SAMPLE_TOLERANCE_MM,
  sliceNormal,
} from '../../../src/core/geometry/image-plane.ts';
import { distance, dot, type Lps, length } from '../../../src/core/geometry/vector.ts';
import {
  type Correction,
  compose,
  inverse,
  isMirror,
  ORIENTATION_CODES,
  type OrientationCode,
  sourceIndex,
} from '../../../src/core/orientation/d4.ts';
import { anyCode, anyPlane } from '../../support/arbitraries.ts';

const PLANES = 2000;
/** Greatest distance of a sample from where it was, in numbers: some roundings of coordinates of up to two metres. */
const NUMERIC_TOLERANCE_MM = 5e-12;
/** After the rewritten header was rounded to the 16 characters of its DS values. */
const WRITTEN_TOLERANCE_MM = 1e-9;

function turned(plane: ImagePlane, code: OrientationCode): ImagePlane {
  return reorientPlane(plane, code as Correction);
}

/** How far the sample of one target pixel lies from where the source says that it is. */
function errorAt(
  plane: ImagePlane,
  corrected: ImagePlane,
  at: { code: OrientationCode; x: number; y: number },
): number {
  const source = sourceIndex(at.code, at, plane);
  return distance(pixelCentreLps(plane, source.x, source.y), pixelCentreLps(corrected, at.x, at.y));
}

function rounded(values: Lps): Lps {
  const [x, y, z] = values.map((value) => Number(formatDecimalString(value)));
  return [x!, y!, z!];
}

/** The plane as it reads from a file whose DS values were written from it. */
function written(plane: ImagePlane): ImagePlane {
  return {
    ...plane,
    imagePositionPatient: rounded(plane.imagePositionPatient),
    rowCosines: rounded(plane.rowCosines),
    columnCosines: rounded(plane.columnCosines),
    rowSpacingMm: Number(formatDecimalString(plane.rowSpacingMm)),
    columnSpacingMm: Number(formatDecimalString(plane.columnSpacingMm)),
  };
}

function probesOf({ columns, rows }: ImagePlane, inner: readonly (readonly [number, number])[]) {
  const [lastX, lastY] = [columns - 1, rows - 1];
  return [
    [0, 0],
    [lastX, 0],
    [0, lastY],
    [lastX, lastY],
    ...inner.map(([u, v]) => [Math.round(u * lastX), Math.round(v * lastY)] as const),
  ] as const;
}

describe('a reoriented plane', () => {
  it(`keeps the patient coordinate of all corners and of random samples, ${PLANES} planes in all eight codes`, () => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    const inner = fc.array(fc.tuple(fraction, fraction), { minLength: 4, maxLength: 4 });
    let greatest = 0;
    let greatestWritten = 0;
    fc.assert(
      fc.property(anyPlane, inner, (plane, points) => {
        const read = written(plane);
        for (const code of ORIENTATION_CODES) {
          const corrected = turned(plane, code);
          const rewritten = written(turned(read, code));
          for (const [x, y] of probesOf(corrected, points)) {
            greatest = Math.max(greatest, errorAt(plane, corrected, { code, x, y }));
            greatestWritten = Math.max(greatestWritten, errorAt(read, rewritten, { code, x, y }));
          }
        }
      }),
      { numRuns: PLANES },
    );
    console.info(
      `greatest LPS error over ${PLANES} planes × 8 codes: ${greatest.toExponential(1)} mm in numbers, ` +
        `${greatestWritten.toExponential(1)} mm as written in DS values`,
    );
    expect(greatest).toBeLessThan(NUMERIC_TOLERANCE_MM);
    expect(greatestWritten).toBeLessThan(WRITTEN_TOLERANCE_MM);
    expect(WRITTEN_TOLERANCE_MM).toBeLessThan(SAMPLE_TOLERANCE_MM);
  });

  it('keeps every single sample of a small oblique plane', () => {
    const small = anyPlane.map((plane) => ({ ...plane, rows: 1 + (plane.rows % 9), columns: 1 + (plane.columns % 9) }));
    fc.assert(
      fc.property(small, anyCode, (plane, code) => {
        const corrected = turned(plane, code);
        for (let y = 0; y < corrected.rows; y++) {
          for (let x = 0; x < corrected.columns; x++) {
            expect(errorAt(plane, corrected, { code, x, y })).toBeLessThan(NUMERIC_TOLERANCE_MM);
          }
        }
      }),
    );
  });

  it('is restored by the inverse correction', () => {
    fc.assert(
      fc.property(anyPlane, anyCode, (plane, code) => {
        const { imagePositionPatient, ...directions } = turned(turned(plane, code), inverse(code));
        const { imagePositionPatient: position, ...expected } = plane;
        expect(normalZero(directions)).toEqual(normalZero(expected));
        expect(distance(imagePositionPatient, position)).toBeLessThan(NUMERIC_TOLERANCE_MM);
      }),
    );
  });

  it('is the same in one step or in two', () => {
    fc.assert(
      fc.property(anyPlane, anyCode, anyCode, (plane, first, second) => {
        const { imagePositionPatient, ...directions } = turned(turned(plane, first), second);
        const { imagePositionPatient: position, ...expected } = turned(plane, compose(first, second));
        expect(normalZero(directions)).toEqual(normalZero(expected));
        expect(distance(imagePositionPatient, position)).toBeLessThan(NUMERIC_TOLERANCE_MM);
      }),
    );
  });

  it('is untouched by 000', () => {
    fc.assert(
      fc.property(anyPlane, (plane) => {
        expect(turned(plane, '000')).toEqual(plane);
      }),
    );
  });

  it('reverses its normal for a mirror, and only for a mirror', () => {
    fc.assert(
      fc.property(anyPlane, anyCode, (plane, code) => {
        const along = dot(sliceNormal(plane), sliceNormal(turned(plane, code)));
        expect(along).toBeCloseTo(isMirror(code) ? -1 : 1, 9);
      }),
    );
  });

  it('swaps rows and columns with their spacings for a transpose, and only for a transpose', () => {
    fc.assert(
      fc.property(anyPlane, anyCode, (plane, code) => {
        const size = [plane.rows, plane.columns, plane.rowSpacingMm, plane.columnSpacingMm];
        const swapped = [plane.columns, plane.rows, plane.columnSpacingMm, plane.rowSpacingMm];
        const { rows, columns, rowSpacingMm, columnSpacingMm } = turned(plane, code);
        expect([rows, columns, rowSpacingMm, columnSpacingMm]).toEqual(code.startsWith('1') ? swapped : size);
      }),
    );
  });
});

/** Negating 0 twice may leave -0, which is the same direction. */
function normalZero(directions: object): object {
  return JSON.parse(JSON.stringify(directions));
}

describe('a plane', () => {
  const plane: ImagePlane = {
    imagePositionPatient: [0, 0, 0],
    rowCosines: [1, 0, 0],
    columnCosines: [0, 1, 0],
    rowSpacingMm: 2,
    columnSpacingMm: 3,
    rows: 4,
    columns: 5,
  };

  it('goes along a row by the second value of Pixel Spacing and along a column by the first', () => {
    expect(pixelCentreLps(plane, 1, 0)).toEqual([3, 0, 0]);
    expect(pixelCentreLps(plane, 0, 1)).toEqual([0, 2, 0]);
  });

  it('has no fault where it is random, oblique and anisotropic, in any orientation', () => {
    fc.assert(
      fc.property(anyPlane, anyCode, (any, code) => {
        expect(planeFault(turned(any, code))).toBeUndefined();
        expect(length(any.rowCosines)).toBeCloseTo(1, 9);
      }),
    );
  });

  it.each([
    ['ImageOrientationPatient', { rowCosines: [Number.NaN, 0, 0] }],
    ['ImageOrientationPatient', { columnCosines: [0, Number.POSITIVE_INFINITY, 0] }],
    ['ImageOrientationPatient', { rowCosines: [0, 0, 0] }],
    ['ImageOrientationPatient', { rowCosines: [1.02, 0, 0] }],
    ['ImageOrientationPatient', { columnCosines: [0.1, 0.995, 0] }],
    ['ImageOrientationPatient', { columnCosines: [1, 0, 0] }],
    ['ImagePositionPatient', { imagePositionPatient: [0, Number.NaN, 0] }],
    ['PixelSpacing', { rowSpacingMm: 0 }],
    ['PixelSpacing', { columnSpacingMm: -1 }],
    ['PixelSpacing', { columnSpacingMm: Number.NaN }],
    ['PixelSpacing', { rowSpacingMm: Number.POSITIVE_INFINITY }],
  ] as const)('names %s as the attribute at fault for %j', (attribute, fault) => {
    expect(planeFault({ ...plane, ...fault } as ImagePlane)?.attribute).toBe(attribute);
  });
});
