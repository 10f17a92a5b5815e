import { expect, it } from 'vitest';
import { contractionAt } from '../../src/phantom/contraction.ts';

it('a heart is at rest at the R wave, contracted at the end of systole, and moves without jumps', () => {
  expect(contractionAt(0)).toBe(0);
  expect(contractionAt(0.36)).toBeCloseTo(1, 9);
  expect(contractionAt(3.1)).toBeCloseTo(contractionAt(0.1), 9);
  for (let phase = 0; phase < 1; phase += 0.001) {
    expect(Math.abs(contractionAt(phase + 0.001) - contractionAt(phase))).toBeLessThan(0.01);
  }
});
