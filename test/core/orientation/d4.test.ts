import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compose,
  correctionFor,
  inverse,
  isMirror,
  isOrientationCode,
  ORIENTATION_CODES,
  type OrientationCode,
  observed,
  observedFor,
  sourceIndex,
} from '../../../src/core/orientation/d4.ts';
import { anyCode } from '../../support/arbitraries.ts';

const PAIRS = ORIENTATION_CODES.flatMap((a) => ORIENTATION_CODES.map((b) => [a, b] as const));

interface Picture {
  readonly columns: number;
  readonly rows: number;
  readonly samples: readonly number[];
}

function apply(code: OrientationCode, source: Picture): Picture {
  const turned = code.startsWith('1');
  const columns = turned ? source.rows : source.columns;
  const rows = turned ? source.columns : source.rows;
  const samples = Array.from({ length: columns * rows }, (_, index) => {
    const at = sourceIndex(code, { x: index % columns, y: Math.floor(index / columns) }, source);
    return source.samples[at.y * source.columns + at.x]!;
  });
  return { columns, rows, samples };
}

const anyPicture: fc.Arbitrary<Picture> = fc
  .record({ columns: fc.integer({ min: 1, max: 7 }), rows: fc.integer({ min: 1, max: 7 }) })
  .map((size) => ({ ...size, samples: Array.from({ length: size.columns * size.rows }, (_, index) => index) }));

function xor(a: OrientationCode, b: OrientationCode): string {
  return (Number.parseInt(a, 2) ^ Number.parseInt(b, 2)).toString(2).padStart(3, '0');
}

describe('the eight codes', () => {
  it.each([
    ['000', '1 2 / 3 4'],
    ['001', '2 1 / 4 3'],
    ['010', '3 4 / 1 2'],
    ['011', '4 3 / 2 1'],
    ['100', '1 3 / 2 4'],
    ['101', '3 1 / 4 2'],
    ['110', '2 4 / 1 3'],
    ['111', '4 2 / 3 1'],
  ] as const)('%s shows the corners %s of Table 1', (code, corners) => {
    const [a, b, c, d] = apply(code, { columns: 2, rows: 2, samples: [1, 2, 3, 4] }).samples;
    expect(`${a} ${b} / ${c} ${d}`).toBe(corners);
  });

  it('are the target formulas of the table on a non-square picture', () => {
    const size = { columns: 5, rows: 3 };
    const [lastX, lastY] = [size.columns - 1, size.rows - 1];
    const formulas: Record<OrientationCode, (x: number, y: number) => [number, number]> = {
      '000': (x, y) => [x, y],
      '001': (x, y) => [lastX - x, y],
      '010': (x, y) => [x, lastY - y],
      '011': (x, y) => [lastX - x, lastY - y],
      '100': (x, y) => [y, x],
      '101': (x, y) => [y, lastY - x],
      '110': (x, y) => [lastX - y, x],
      '111': (x, y) => [lastX - y, lastY - x],
    };
    for (const code of ORIENTATION_CODES) {
      for (const [x, y] of [
        [0, 0],
        [2, 1],
        [1, 2],
      ] as const) {
        expect(Object.values(sourceIndex(code, { x, y }, size)), code).toEqual(formulas[code](x, y));
      }
    }
  });

  it('are told from other texts', () => {
    expect(ORIENTATION_CODES.every(isOrientationCode)).toBe(true);
    expect(['', '00', '0000', '002', 'abc'].some(isOrientationCode)).toBe(false);
  });
});

describe('the group', () => {
  it('is closed, has 000 as its identity and an inverse on both sides for every code', () => {
    for (const [a, b] of PAIRS) expect(ORIENTATION_CODES).toContain(compose(a, b));
    for (const code of ORIENTATION_CODES) {
      expect([compose('000', code), compose(code, '000')]).toEqual([code, code]);
      expect([compose(inverse(code), code), compose(code, inverse(code))]).toEqual(['000', '000']);
    }
  });

  it('is associative for all 512 triples', () => {
    for (const [a, b] of PAIRS) {
      for (const c of ORIENTATION_CODES) expect(compose(compose(a, b), c)).toBe(compose(a, compose(b, c)));
    }
  });

  it('exchanges 101 and 110 when it inverts, and leaves the other six', () => {
    expect(ORIENTATION_CODES.map(inverse)).toEqual(['000', '001', '010', '011', '100', '110', '101', '111']);
  });

  it('composes the pictures as it composes the codes, for all 64 products and any size', () => {
    fc.assert(
      fc.property(anyPicture, (picture) => {
        for (const [first, second] of PAIRS) {
          expect(apply(second, apply(first, picture))).toEqual(apply(compose(first, second), picture));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('gives the picture back when a code is followed by its inverse', () => {
    fc.assert(
      fc.property(anyPicture, anyCode, (picture, code) => {
        expect(apply(inverse(code), apply(code, picture))).toEqual(picture);
      }),
    );
  });

  it('differs from XOR in 16 of 64 products', () => {
    expect(PAIRS.filter(([a, b]) => compose(a, b) !== xor(a, b))).toHaveLength(16);
  });

  it('does not commute in 24 of 64 ordered pairs', () => {
    expect(PAIRS.filter(([a, b]) => compose(a, b) !== compose(b, a))).toHaveLength(24);
    expect([compose('001', '100'), compose('100', '001')]).toEqual(['110', '101']);
  });

  it('counts a code with an odd number of set bits as a mirror, and two mirrors as none', () => {
    expect(ORIENTATION_CODES.filter(isMirror)).toEqual(['001', '010', '100', '111']);
    for (const [a, b] of PAIRS) expect(isMirror(compose(a, b))).toBe(isMirror(a) !== isMirror(b));
  });
});

describe('the correction of what was observed', () => {
  it('makes every observed picture standard, and leads back to what was observed', () => {
    for (const name of ORIENTATION_CODES) {
      const code = observed(name);
      expect(compose(code, correctionFor(code))).toBe('000');
      expect(observedFor(correctionFor(code))).toBe(code);
    }
  });

  it('is 110 for an observed 101 and 101 for an observed 110', () => {
    expect([correctionFor(observed('101')), correctionFor(observed('110'))]).toEqual(['110', '101']);
  });
});
