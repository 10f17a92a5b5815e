import { describe, expect, test } from 'vitest';
import { decodeText } from '../../src/part10/character-set.ts';

const bytes = (hexadecimal: string) => Buffer.from(hexadecimal.replaceAll(' ', ''), 'hex');

describe('decoding text', () => {
  test.each([
    ['Buc^Jérôme', ['ISO_IR 100'], '4275635e4ae972f46d65'],
    ['Люкceмбypг', ['ISO_IR 144'], 'bbeeda6365dcd17970d3'],
    ['Διονυσιος', ['ISO_IR 126'], 'c4e9efedf5f3e9eff2'],
    ['王^小東', ['GB18030'], 'cdf55ed0a1967c'],
    ['王^小东', ['GBK'], 'cdf55ed0a1b6ab'],
    ['Wang^XiaoDong=王^小東', ['ISO_IR 192'], Buffer.from('Wang^XiaoDong=王^小東').toString('hex')],
    // No Specific Character Set and yet more than ASCII: what most scanners of the West meant.
    ['Müller', [], '4dfc6c6c6572'],
  ])('gives %s in %j', (text, characterSets, encoded) => {
    expect(decodeText(bytes(encoded), characterSets)).toBe(text);
  });

  test('follows the escape sequences of the Japanese names of PS3.5 H.3', () => {
    const alphabetic = Buffer.from('Yamada^Tarou=', 'latin1');
    const kanji = bytes('1b2442 3b33 4544 1b2842 5e 1b2442 4240 4f3a 1b2842 3d');
    const kana = bytes('1b2442 2464 245e 2440 1b2842 5e 1b2442 243f 246d 2426 1b2842');
    expect(decodeText(Buffer.concat([alphabetic, kanji, kana]), ['', 'ISO 2022 IR 87'])).toBe(
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    );
  });

  test('knows half-width katakana beside kanji (PS3.5 H.3.2)', () => {
    const name = bytes('d4cfc0de5ec0dbb3 3d 1b2442 3b33 4544 1b284a 5e 1b2442 4240 4f3a 1b284a');
    expect(decodeText(name, ['ISO 2022 IR 13', 'ISO 2022 IR 87'])).toBe('ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎');
  });

  test('knows Korean and simplified Chinese by code extension (PS3.5 I.2, K.2)', () => {
    const korean = bytes('486f6e675e47696c646f6e67 3d 1b242943 fbf3 5e 1b242943 d1ce d4d7');
    expect(decodeText(korean, ['', 'ISO 2022 IR 149'])).toBe('Hong^Gildong=洪^吉洞');
    const chinese = bytes('5a68616e67 3d 1b242941 d5c5');
    expect(decodeText(chinese, ['', 'ISO 2022 IR 58'])).toBe('Zhang=张');
  });

  test('never throws, whatever the bytes and the terms', () => {
    for (const sets of [['nonsense'], ['ISO 2022 IR 87'], ['\\'], ['ISO_IR 192', 'GBK']]) {
      expect(typeof decodeText(bytes('1b ff 1b 24 1b 2442 21 00 80'), sets)).toBe('string');
    }
  });
});
