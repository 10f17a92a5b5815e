import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proportion, quantile, resampled, wilsonInterval } from '../../src/evaluation/intervals.ts';

describe("Wilson's interval", () => {
  it.each([
    [0, 10, 0, 0.2775],
    [5, 10, 0.2366, 0.7634],
    [98, 98, 0.9623, 1],
    [1, 4, 0.0456, 0.6994],
  ])('of %i in %i', (hits, n, lower, upper) => {
    const [from, to] = wilsonInterval(hits, n) as readonly [number, number];
    expect(from).toBeCloseTo(lower, 4);
    expect(to).toBeCloseTo(upper, 4);
  });

  it('holds the share itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const hits = Math.round(share * n);
        const [from, to] = wilsonInterval(hits, n) as readonly [number, number];
        expect(from).toBeLessThanOrEqual(hits / n);
        expect(to).toBeGreaterThanOrEqual(hits / n);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('a share', () => {
  const trial = (subject: string, hit: boolean) => ({ subject, hit });

  it('of nothing is unknown', () => {
    expect(proportion([])).toEqual({
      hits: 0,
      n: 0,
      subjects: 0,
      value: undefined,
      wilson: undefined,
      bySubject: undefined,
    });
  });

  it('counts items and subjects', () => {
    const found = proportion([trial('a', true), trial('a', false), trial('b', true), trial('b', true)]);
    expect(found).toMatchObject({ hits: 3, n: 4, subjects: 2, value: 0.75 });
    // Drawing two of two: a a, b b or one of each.
    expect(found.bySubject).toEqual([0.5, 1]);
  });

  it('has no interval by subject where there is one subject', () => {
    expect(proportion([trial('a', true), trial('a', false)]).bySubject).toBeUndefined();
  });

  it('is less sure by subject where all mistakes are those of one subject', () => {
    const whole = (subject: string, hit: boolean) => Array.from({ length: 20 }, () => trial(subject, hit));
    const { wilson, bySubject } = proportion(['a', 'b', 'c', 'd'].flatMap((name) => whole(name, name !== 'd')));
    const width = (interval: readonly [number, number] | undefined) => (interval?.[1] ?? 0) - (interval?.[0] ?? 0);
    expect(width(bySubject)).toBeGreaterThan(width(wilson));
  });

  it('is the same every time', () => {
    const trials = Array.from({ length: 90 }, (_, i) => trial(`s${i % 9}`, i % 7 !== 0));
    expect(proportion(trials)).toEqual(proportion(trials));
  });
});

describe('the interval of a statistic over subjects', () => {
  it('covers the truth about as often as it says', () => {
    let covered = 0;
    for (let seed = 0; seed < 100; seed++) {
      const values = Array.from({ length: 40 }, (_, i) => Math.sin(seed * 91.7 + i * 12.9898) * 43758.5453);
      const uniform = values.map((value) => value - Math.floor(value));
      const mean = (drawn: readonly number[]) => drawn.reduce((sum, one) => sum + one, 0) / drawn.length;
      const [from, to] = resampled(uniform, mean) as readonly [number, number];
      if (from <= 0.5 && 0.5 <= to) covered += 1;
    }
    expect(covered).toBeGreaterThanOrEqual(88);
  });
});

describe('a quantile', () => {
  it('lies linearly between ranks', () => {
    expect(quantile([30, 10, 20], 0.5)).toBe(20);
    expect(quantile([10, 20], 0.25)).toBe(12.5);
    expect(quantile([], 0.5)).toBeUndefined();
  });
});
