import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ORIENTATION_CODES } from '../../../src/core/orientation/d4.ts';
import {
  type CodeCounts,
  canCompare,
  codeDrifts,
  fisherExact,
  LEAST_BEFORE,
  LEAST_RECENT,
  SIGNIFICANCE,
} from '../../../src/core/review/code-drift.ts';

const anyCounts = (most: number): fc.Arbitrary<CodeCounts> =>
  fc.dictionary(fc.constantFrom(...ORIENTATION_CODES), fc.nat({ max: most })) as fc.Arbitrary<CodeCounts>;
const anySamples = fc.record({ recent: anyCounts(60), before: anyCounts(400) }).filter(canCompare);
const someSamples = fc.array(anySamples, { minLength: 1, maxLength: 8 });

/** All tables with the same sums, in whole numbers: ways to draw, by Pascal's triangle. */
function fisherByCounting([a, b, c, d]: readonly [number, number, number, number]): number {
  const choose = (n: number, k: number): bigint => {
    let ways = 1n;
    for (let i = 1; i <= k; i++) ways = (ways * BigInt(n - k + i)) / BigInt(i);
    return ways;
  };
  const ways = (first: number): bigint => choose(a + b, first) * choose(c + d, a + c - first);
  let extreme = 0n;
  for (let first = Math.max(0, a - d); first <= Math.min(a + b, a + c); first++) {
    if (ways(first) <= ways(a)) extreme += ways(first);
  }
  return Number((extreme * 10n ** 18n) / choose(a + b + c + d, a + c)) / 1e18;
}

describe("Fisher's exact test", () => {
  test('is what counting all tables gives', () => {
    const cell = fc.nat({ max: 40 });
    fc.assert(
      fc.property(fc.tuple(cell, cell, cell, cell), (table) => {
        expect(fisherExact(table)).toBeCloseTo(fisherByCounting(table), 9);
      }),
    );
  });

  // Fisher's own example: a lady tasting tea.
  test('gives what the literature gives', () => {
    expect(fisherExact([3, 1, 1, 3])).toBeCloseTo(34 / 70, 12);
    expect(fisherExact([4, 0, 0, 4])).toBeCloseTo(2 / 70, 12);
  });
});

describe('the codes of a scanner', () => {
  test('are a probability for whatever came, the same for the same, in the order that was asked', () => {
    fc.assert(
      fc.property(someSamples, (samples) => {
        const drifts = codeDrifts(samples);
        expect(drifts).toHaveLength(samples.length);
        for (const { pValue } of drifts) expect(pValue >= 0 && pValue <= 1).toBe(true);
        expect([...codeDrifts([...samples].reverse())].reverse()).toEqual(drifts);
      }),
    );
  });

  test('have not changed where they are in proportion', () => {
    fc.assert(
      fc.property(anyCounts(20), fc.integer({ min: 4, max: 9 }), (recent, times) => {
        const before = Object.fromEntries(Object.entries(recent).map(([code, count]) => [code, count * times]));
        fc.pre(canCompare({ recent, before }));
        const [drift] = codeDrifts([{ recent, before }]);
        expect(drift?.changed).toBe(false);
        expect(drift?.pValue).toBeCloseTo(1, 9);
        expect(drift?.sentence).toContain('As before');
      }),
    );
  });

  test('that change at one scanner change at it alone, and are named less easily among many', () => {
    fc.assert(
      fc.property(someSamples, anySamples, (samples, more) => {
        const alone = codeDrifts(samples);
        const among = codeDrifts([...samples, more]);
        for (const [index, { pValue, changed }] of alone.entries()) {
          expect(among[index]?.pValue).toBe(pValue);
          if (!changed && pValue > SIGNIFICANCE) expect(among[index]?.changed).toBe(false);
          if (changed) expect(pValue).toBeLessThanOrEqual(SIGNIFICANCE);
        }
      }),
    );
  });

  test('are told of where a code comes that never came before, after a few', () => {
    const before = { '000': 180, '110': 40 };
    const few = { recent: { '000': 16, '110': 3, '011': 1 }, before };
    const some = { recent: { '000': 14, '110': 2, '011': 4 }, before };
    const [once, often] = codeDrifts([few, some]);
    expect(once?.changed).toBe(false);
    expect(often).toMatchObject({
      changed: true,
      sentence: expect.stringMatching(/^Code 011 comes more often.*4 of 20/),
    });
  });

  test('are told of where the usual one stays away', () => {
    const [drift] = codeDrifts([
      { recent: { '000': 1, '110': 11, '011': 9 }, before: { '000': 200, '110': 100, '011': 90 } },
    ]);
    expect(drift?.sentence).toMatch(/^Code 000 comes less often.*1 of 21 in the last week, 200 of 390/);
  });

  test('of a few studies are not compared', () => {
    const enough = { recent: { '000': LEAST_RECENT }, before: { '000': LEAST_BEFORE } };
    expect(canCompare(enough)).toBe(true);
    expect(canCompare({ ...enough, recent: { '000': LEAST_RECENT - 1 } })).toBe(false);
    expect(canCompare({ ...enough, before: { '000': LEAST_BEFORE - 1 } })).toBe(false);
  });
});
