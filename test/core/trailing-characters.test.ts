import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VALUE_PADDING, withoutTrailing } from '../../src/core/trailing-characters.ts';

describe('what pads a value', () => {
  test('is taken from its end alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '\0', '\\') }), (text) => {
        expect(withoutTrailing(text, VALUE_PADDING)).toBe(text.replace(/[\0 ]+$/, ''));
      }),
    );
  });

  test('costs no more where a long run of it stands before the end', () => {
    const hostile = `${' '.repeat(4_000_000)}x`;
    const startedAt = performance.now();
    expect(withoutTrailing(hostile, VALUE_PADDING)).toBe(hostile);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
