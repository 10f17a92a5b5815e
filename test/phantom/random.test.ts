import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/phantom/random.ts';

describe('seeded chance', () => {
  it('gives the same numbers for the same seed', () => {
    const draw = (seed: string) => Array.from({ length: 5 }, seededRandom(seed).next);
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
  });

  it('is uniform, and normal within its limit', () => {
    const random = seededRandom('shape');
    const uniform = Array.from({ length: 20_000 }, () => random.uniform(2, 4));
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...uniform)).toBeLessThan(4);
    expect(mean(uniform)).toBeCloseTo(3, 1);
    const normal = Array.from({ length: 20_000 }, () => random.normal(10, 2, 3));
    expect(Math.min(...normal)).toBeGreaterThanOrEqual(4);
    expect(mean(normal)).toBeCloseTo(10, 1);
    expect(Math.sqrt(mean(normal.map((value) => (value - 10) ** 2)))).toBeCloseTo(2, 1);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
