import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDecimalString, negateDecimalString } from '../../../src/core/attributes/decimal-string.ts';

const DS = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const anyNumber = fc.double({ min: -1e300, max: 1e300, noNaN: true });
const anyCosine = fc.double({ min: -1, max: 1, noNaN: true });

describe('a decimal string', () => {
  test('has at most 16 characters, is one, and lies near its number', () => {
    fc.assert(
      fc.property(fc.oneof(anyNumber, anyCosine, fc.double({ min: -1000, max: 1000, noNaN: true })), (value) => {
        const text = formatDecimalString(value);
        expect(text.length).toBeLessThanOrEqual(16);
        expect(text).toMatch(DS);
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(Math.max(1e-14, Math.abs(value) * 1e-8));
      }),
    );
  });

  test('of a coordinate lies within 5e-12 mm', () => {
    fc.assert(
      fc.property(fc.double({ min: -999, max: 999, noNaN: true }), (value) => {
        expect(Math.abs(Number(formatDecimalString(value)) - value)).toBeLessThanOrEqual(5.1e-12);
      }),
      { numRuns: 1000 },
    );
  });

  test('is not made of what is no number', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => formatDecimalString(value)).toThrow(RangeError);
    expect(formatDecimalString(-0)).toBe('0');
  });

  test.each([
    '0.99996192306417',
    '-0.9999619230641',
    '0.70710678118654',
    '-.70710678118654',
    '1',
    '0',
    '-0.0000',
    '.5',
    '1.5e-3',
    '-1.234567890e-10',
  ])('%s is restored, character for character, by negating it twice', (text) => {
    expect(negateDecimalString(negateDecimalString(text))).toBe(text);
    expect(Number(negateDecimalString(text))).toBe(Number(text) === 0 ? Number(text) : -Number(text));
  });

  test('negates every cosine within 16 characters, and gives its text back', () => {
    fc.assert(
      fc.property(
        anyCosine.filter((value) => Math.abs(value) > 1e-4),
        (value) => {
          const text = formatDecimalString(value);
          const negated = negateDecimalString(text);
          expect(negated.length).toBeLessThanOrEqual(16);
          expect(Number(negated)).toBe(-Number(text));
          expect(negateDecimalString(negated)).toBe(text);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
