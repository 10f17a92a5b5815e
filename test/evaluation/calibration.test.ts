import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationOf, coverageCurve } from '../../src/evaluation/calibration.ts';
import { seededRandom } from '../../src/phantom/random.ts';

describe('the calibration error', () => {
  it('is the weighted distance of probability and share right', () => {
    const said = (probability: number, right: boolean) => ({ probability, right });
    // Two bins: .9 said twice and right once; .5 said twice and right both times.
    const { ece, bins } = calibrationOf([said(0.9, true), said(0.9, false), said(0.5, true), said(0.5, true)]);
    expect(ece).toBeCloseTo(0.5 * 0.4 + 0.5 * 0.5, 12);
    expect(bins.filter(({ n }) => n > 0)).toEqual([
      { from: 7 / 15, to: 8 / 15, n: 2, meanProbability: 0.5, shareRight: 1 },
      { from: 13 / 15, to: 14 / 15, n: 2, meanProbability: 0.9, shareRight: 0.5 },
    ]);
  });

  it('is small for an honest recogniser, about as small as chance allows, and large for a boaster', () => {
    const random = seededRandom('honest');
    const honest = Array.from({ length: 20000 }, () => {
      const probability = random.uniform(0.2, 1);
      return { probability, right: random.next() < probability };
    });
    const { ece, eceByChance } = calibrationOf(honest);
    expect(ece).toBeLessThan(0.015);
    expect(Math.abs((ece as number) - (eceByChance as number))).toBeLessThan(0.005);
    const boaster = calibrationOf(honest.map(({ right }) => ({ probability: 0.99, right })));
    expect(boaster.ece).toBeCloseTo(0.39, 1);
  });

  it('counts a probability of one in the last bin', () => {
    expect(calibrationOf([{ probability: 1, right: true }])).toMatchObject({ ece: 0 });
  });

  it('is unknown of nothing', () => {
    expect(calibrationOf([])).toMatchObject({ ece: undefined, eceByChance: undefined });
  });
});

describe('error over coverage', () => {
  const said = (probability: number, right: boolean, harm = false) => ({ probability, right, harm });

  it('follows the answers from the surest on, equal ones together', () => {
    expect(coverageCurve([said(0.5, false, true), said(0.9, true), said(0.7, false), said(0.7, true)])).toEqual([
      { probability: 0.9, coverage: 0.25, wrong: 0, harm: 0 },
      { probability: 0.7, coverage: 0.75, wrong: 1 / 3, harm: 0 },
      { probability: 0.5, coverage: 1, wrong: 0.5, harm: 0.25 },
    ]);
  });

  const anySaid = fc.record({
    probability: fc.double({ min: 0, max: 1, noNaN: true }),
    right: fc.boolean(),
    harm: fc.boolean(),
  });

  it('ends with everything, grows in coverage, and has no more harm than error', () => {
    fc.assert(
      fc.property(fc.array(anySaid, { minLength: 1, maxLength: 600 }), (statements) => {
        const consistent = statements.map((one) => ({ ...one, harm: one.harm && !one.right }));
        const curve = coverageCurve(consistent);
        expect(curve.length).toBeLessThanOrEqual(201);
        expect(curve.at(-1)?.coverage).toBe(1);
        expect(curve.at(-1)?.wrong).toBeCloseTo(
          statements.filter(({ right }) => !right).length / statements.length,
          12,
        );
        for (const [i, point] of curve.entries()) {
          expect(point.harm).toBeLessThanOrEqual(point.wrong);
          expect(point.coverage).toBeGreaterThan(curve[i - 1]?.coverage ?? 0);
        }
      }),
    );
  });
});
