import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownName, shownText } from '../../src/page/shown-text.ts';

describe('a text that came with the data', () => {
  it('shows controls and direction marks by their number', () => {
    expect(shownText('abc\u202Egnp.exe')).toBe('abc⟨202E⟩gnp.exe');
    expect(shownText('a\u0000b\nc\u200B')).toBe('a⟨0000⟩b⟨000A⟩c⟨200B⟩');
    expect(shownText('\uD800x')).toBe('⟨D800⟩x');
  });

  it('stays as it is in any script', () => {
    for (const text of ['ÅSTRÖM', '山田 太郎', 'يوسف', 'שרה', 'می‌خواهم', '<b>&amp;</b>'])
      expect(shownText(text)).toBe(text);
  });

  it('has no invisible direction marks left, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(shownText(text)).not.toMatch(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u);
      }),
    );
  });
});

describe('a name', () => {
  it('is written for people, with all its writings', () => {
    expect(shownName('MÜLLER^ANNA^M^DR')).toBe('DR MÜLLER, ANNA M');
    expect(shownName('Yamada^Tarou=山田^太郎=やまだ^たろう')).toBe('Yamada, Tarou = 山田, 太郎 = やまだ, たろう');
    expect(shownName('ONLY')).toBe('ONLY');
    expect(shownName('^^^^')).toBe('');
  });
});
