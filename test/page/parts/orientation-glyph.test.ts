import { describe, expect, it } from 'vitest';
import { ORIENTATION_CODES, sourceIndex } from '../../../src/core/orientation/d4.ts';
import { matrixOf } from '../../../src/page/parts/orientation-glyph.tsx';

const SIZE = 5;
const MIDDLE = (SIZE - 1) / 2;

describe('the sign of an orientation', () => {
  it.each(ORIENTATION_CODES)('is the standard picture after %s, as the core turns pictures', (code) => {
    const [a, b, c, d] = (/\((.*)\)/.exec(matrixOf(code))?.[1] ?? '').split(' ').map(Number) as [
      number,
      number,
      number,
      number,
    ];
    for (const source of [
      { x: 0, y: 0 },
      { x: 4, y: 0 },
      { x: 1, y: 3 },
    ]) {
      const [x, y] = [source.x - MIDDLE, source.y - MIDDLE];
      const target = { x: a * x + c * y + MIDDLE, y: b * x + d * y + MIDDLE };
      expect(sourceIndex(code, target, { columns: SIZE, rows: SIZE })).toEqual(source);
    }
  });
});
