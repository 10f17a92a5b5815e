import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compose, ORIENTATION_CODES } from '../../../src/core/orientation/d4.ts';
import {
  angleUnder,
  leftOver,
  relationOf,
  rotationDegrees,
  wrapDegrees,
} from '../../../src/core/orientation/relation.ts';
import { anyCode } from '../../support/arbitraries.ts';

describe('what stands between two codes', () => {
  it('is one same, two quarter turns, one half turn and four mirrors for every code', () => {
    for (const one of ORIENTATION_CODES) {
      const relations = ORIENTATION_CODES.map((other) => relationOf(one, other)).sort();
      expect(relations).toEqual([
        'half-turn',
        'mirror',
        'mirror',
        'mirror',
        'mirror',
        'quarter-turn',
        'quarter-turn',
        'same',
      ]);
    }
  });

  it('is the same seen from either', () => {
    fc.assert(fc.property(anyCode, anyCode, (one, other) => relationOf(one, other) === relationOf(other, one)));
  });

  it('does not change when both pictures are turned the same way', () => {
    fc.assert(
      fc.property(anyCode, anyCode, anyCode, (one, other, turn) => {
        expect(leftOver(compose(one, turn), compose(other, turn))).toBe(leftOver(one, other));
      }),
    );
  });

  it('adds up the angles of rotations, counter-clockwise positive', () => {
    expect(['000', '110', '011', '101'].map((code) => rotationDegrees(code as '000'))).toEqual([0, 90, 180, -90]);
    fc.assert(
      fc.property(anyCode, anyCode, (one, other) => {
        const [a, b, both] = [rotationDegrees(one), rotationDegrees(other), rotationDegrees(compose(one, other))];
        fc.pre(a !== undefined && b !== undefined);
        expect(both).toBe(wrapDegrees(a + b));
      }),
    );
  });

  it('has no angle across a mirror', () => {
    expect(rotationDegrees('001')).toBeUndefined();
    expect(angleUnder({ code: '000', angleDegrees: 3 }, '100')).toBeUndefined();
  });
});
