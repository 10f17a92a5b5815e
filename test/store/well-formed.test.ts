import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wellFormed } from '../../src/store/well-formed.ts';

describe('well-formed text', () => {
  test('half a surrogate pair becomes the replacement character', () => {
    expect(wellFormed('a\ud800b\udc00')).toBe('a\ufffdb\ufffd');
  });

  test('any other text stays as it is', () => {
    const property = fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
      expect(wellFormed(text)).toBe(text);
    });
    fc.assert(property, { numRuns: 30 });
  });
});
