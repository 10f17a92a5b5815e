import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compose, isMirror, type OrientationCode } from '../../src/core/orientation/d4.ts';
import { verdictOn } from '../../src/evaluation/harm.ts';
import { anyCode } from '../support/arbitraries.ts';
import { anyTruth, truth } from './judged-slices.ts';

describe('the verdict on a named code', () => {
  const cases: [string, ReturnType<typeof truth>, OrientationCode, string][] = [
    ['the right one', truth('110'), '110', 'right'],
    ['a half turn', truth('110'), '101', 'harm'],
    ['a mirror, however near the border', truth('000', { nearBorder: true }), '001', 'harm'],
    ['a quarter turn', truth('000'), '101', 'harm'],
    ['a quarter turn, not near the border', truth('000', { nearBorder: false }), '101', 'harm'],
    ['a quarter turn near the border by a label', truth('000', { nearBorder: true }), '101', 'harmless'],
    ['a quarter turn towards the true angle', truth('000', { angleDegrees: 40 }), '110', 'harmless'],
    ['a quarter turn away from it', truth('000', { angleDegrees: 40 }), '101', 'harm'],
    ['the same, though labelled near the border', truth('000', { angleDegrees: 40, nearBorder: true }), '101', 'harm'],
    ['a quarter turn with a small angle', truth('000', { angleDegrees: 5, nearBorder: true }), '110', 'harm'],
  ];
  it.each(cases)('on %s', (_, shown, named, verdict) => {
    // Where the anatomy stands 40° counter-clockwise, undoing a quarter turn counter-clockwise leaves 50° clockwise.
    expect(verdictOn(named, shown)).toBe(verdict);
  });

  it('is harm only where the code is wrong, and never right where it is', () => {
    fc.assert(
      fc.property(anyTruth, anyCode, (shown, named) => {
        expect(verdictOn(named, shown) === 'right').toBe(named === shown.code);
      }),
    );
  });

  it('is harm for every mirror and half turn', () => {
    fc.assert(
      fc.property(anyTruth, anyCode, (shown, by) => {
        if (by !== '011' && !isMirror(by)) return;
        expect(verdictOn(compose(by, shown.code), shown)).toBe('harm');
      }),
    );
  });

  it('does not depend on how the picture is stored', () => {
    fc.assert(
      fc.property(anyTruth, anyCode, anyCode, (shown, named, by) => {
        const stored = { ...shown, code: compose(shown.code, by) };
        expect(verdictOn(compose(named, by), stored)).toBe(verdictOn(named, shown));
      }),
    );
  });
});
