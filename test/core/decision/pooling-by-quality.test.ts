import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestOf, PROBABILITY_FLOOR } from '../../../src/core/decision/fusion.ts';
import { type PositionedPrediction, poolSlices } from '../../../src/core/decision/pooling.ts';
import { compose, inverse, ORIENTATION_CODES, type OrientationCode } from '../../../src/core/orientation/d4.ts';
import type { SlicePrediction } from '../../../src/core/orientation/slice-prediction.ts';
import { SLICE_QUALITIES } from '../../../src/core/orientation/slice-quality.ts';
import { anyCode, anyProbabilities, sureOf } from '../../support/arbitraries.ts';

const CORRELATION = 4;
const HEART = { heart: 1, 'beyond-base': 0, 'beyond-apex': 0, blank: 0, noise: 0 };
const APEX = { ...HEART, heart: 0, 'beyond-apex': 1 };
const BLANK = { ...HEART, heart: 0, blank: 0.7, noise: 0.3 };

function slice(code: OrientationCode, probability: number, more: Partial<SlicePrediction> = {}): SlicePrediction {
  return { probabilities: sureOf(code, probability), sax: 0.9, quality: HEART, ...more };
}

function repeated<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}

function stack(predictions: readonly SlicePrediction[]): PositionedPrediction[] {
  return predictions.map((prediction, positionKey) => ({ positionKey, prediction }));
}

function pool(predictions: readonly PositionedPrediction[]) {
  return poolSlices(predictions, { correlation: CORRELATION });
}

const anyQuality = fc
  .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 })
  .map((raw) => {
    const total = raw.reduce((sum, value) => sum + value, 0);
    return Object.fromEntries(SLICE_QUALITIES.map((label, i) => [label, (raw[i] as number) / total]));
  });

/** Of codes that are equally probable the first one counts, which no turn of the picture can keep. */
function hasOneBest(probabilities: readonly number[]): boolean {
  const [first = 0, second = 0] = [...probabilities].sort((a, b) => b - a);
  return first - second > 1e-9;
}

const anySlice: fc.Arbitrary<SlicePrediction> = fc.record({
  probabilities: anyProbabilities.filter(hasOneBest),
  sax: fc.double({ min: 0, max: 1, noNaN: true }),
  angleDegrees: fc.double({ min: -60, max: 60, noNaN: true }),
  quality: fc.oneof(anyQuality, fc.constantFrom(HEART, APEX, BLANK)),
});

/** Some phases at each of some positions. */
const anyStack: fc.Arbitrary<PositionedPrediction[]> = fc
  .array(fc.array(anySlice, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 10 })
  .map((positions) =>
    positions.flatMap((phases, positionKey) => phases.map((prediction) => ({ positionKey, prediction }))),
  );

function expectSame(one: ReturnType<typeof pool>, other: ReturnType<typeof pool>): void {
  for (const [i, probability] of one.probabilities.entries())
    expect(other.probabilities[i]).toBeCloseTo(probability, 9);
  expect(other.sax).toBeCloseTo(one.sax!, 9);
  expect(other.agreement).toBeCloseTo(one.agreement, 9);
  expect(other.contradictory).toBe(one.contradictory);
  expect(other.angleDegrees === undefined).toBe(one.angleDegrees === undefined);
  expect(other.angleDegrees ?? 0).toBeCloseTo(one.angleDegrees ?? 0, 6);
}

describe('slices whose quality is known', () => {
  it('are pooled as without one where all of them show the heart', () => {
    fc.assert(
      fc.property(anyStack, (all) => {
        const hearts = all.map((one) => ({ ...one, prediction: { ...one.prediction, quality: HEART } }));
        const unknown = all.map(({ positionKey, prediction: { quality: _, ...prediction } }) => ({
          positionKey,
          prediction,
        }));
        expect(pool(hearts)).toEqual(pool(unknown));
      }),
    );
  });

  it('follow a turn of the whole stack: the code turns, and nothing else changes', () => {
    fc.assert(
      fc.property(anyStack, anyCode, (all, turn) => {
        const turned = (probabilities: readonly number[]) =>
          ORIENTATION_CODES.map(
            (code) => probabilities[ORIENTATION_CODES.indexOf(compose(code, inverse(turn)))] as number,
          );
        const moved = all.map(({ positionKey, prediction }) => ({
          positionKey,
          prediction: { ...prediction, probabilities: turned(prediction.probabilities) },
        }));
        const before = pool(all);
        fc.pre(hasOneBest(before.probabilities));
        expectSame({ ...before, probabilities: turned(before.probabilities) }, pool(moved));
      }),
    );
  });

  it('say the same in any order, and with every phase twice', () => {
    fc.assert(
      fc.property(anyStack, (all) => {
        fc.pre(hasOneBest(pool(all).probabilities));
        expectSame(pool(all), pool([...all].reverse()));
        expectSame(pool(all), pool([...all, ...all]));
      }),
    );
  });

  it('are together never surer of one code against another than the surest of them, counted as often as before', () => {
    fc.assert(
      fc.property(anyStack, (all) => {
        const { probabilities } = pool(all);
        const positions = new Set(all.map(({ positionKey }) => positionKey)).size;
        const log = (values: readonly number[], i: number) =>
          Math.log(Math.max(values[i] as number, PROBABILITY_FLOOR));
        for (const a of ORIENTATION_CODES.keys()) {
          for (const b of ORIENTATION_CODES.keys()) {
            const surest = Math.max(
              0,
              ...all.map(({ prediction }) => log(prediction.probabilities, a) - log(prediction.probabilities, b)),
            );
            const together = Math.log((probabilities[a] as number) / (probabilities[b] as number));
            expect(together).toBeLessThanOrEqual(surest * Math.max(1, positions / CORRELATION) + 1e-9);
          }
        }
      }),
    );
  });

  it('count little where they lie beyond the heart, but not nothing', () => {
    const ends = repeated(6, slice('001', 0.99, { quality: APEX }));
    const { probabilities, contradictory, agreement } = pool(stack([...repeated(4, slice('000', 0.9)), ...ends]));
    expect(bestOf(probabilities)).toMatchObject({ code: '000', probability: expect.closeTo(0.9, 0) });
    expect(contradictory).toBe(false);
    expect(agreement).toBeCloseTo(4 / 4.6, 9);
    // A stack that shows little of the heart is less sure than any of its slices.
    expect(bestOf(pool(stack(ends)).probabilities)).toMatchObject({
      code: '001',
      probability: expect.closeTo(0.84, 1),
    });
    expect(bestOf(pool(stack(ends)).probabilities).probability).toBeLessThan(0.95);
  });

  it('are no contradiction where those that disagree are blank or noise, however many they are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), anyCode, (hearts, blanks, code) => {
        const all = [
          ...repeated(hearts, slice('000', 0.99)),
          ...repeated(blanks, slice(code, 0.99, { quality: BLANK })),
        ];
        expect(pool(stack(all)).contradictory).toBe(false);
      }),
    );
    const nothing = pool(stack([slice('000', 0.99, { quality: BLANK }), slice('001', 0.99, { quality: BLANK })]));
    expect(nothing).toMatchObject({ contradictory: false, agreement: 0 });
  });

  it('say nothing where all of them are blank or noise, however sure each of them is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), anyCode, (count, code) => {
        const { probabilities } = pool(stack(repeated(count, slice(code, 0.99, { quality: BLANK }))));
        for (const probability of probabilities) expect(probability).toBeCloseTo(1 / 8, 12);
      }),
    );
  });

  it('do not hide a contradiction of hearts behind blank slices', () => {
    const hearts = [...repeated(6, slice('000', 0.95)), ...repeated(2, slice('001', 0.95))];
    const blanks = repeated(20, slice('000', 0.3, { quality: BLANK }));
    expect(pool(stack(hearts)).contradictory).toBe(true);
    expect(pool(stack([...hearts, ...blanks])).contradictory).toBe(true);
  });

  it('are refused where their qualities are no probabilities', () => {
    const broken = { ...HEART, heart: Number.NaN };
    expect(() => pool(stack([slice('000', 0.9, { quality: broken })]))).toThrow(/probability distribution/);
  });
});

describe('the angle of a stack whose slices differ in quality', () => {
  it('is the mean direction, and slices beyond the heart count less', () => {
    const all = [
      slice('000', 0.9, { angleDegrees: 10 }),
      slice('000', 0.9, { angleDegrees: 14 }),
      slice('000', 0.9, { angleDegrees: 30, quality: APEX }),
    ];
    expect(pool(stack(all)).angleDegrees).toBeCloseTo((10 + 14 + 3) / 2.1, 1);
    const around = [slice('000', 0.9, { angleDegrees: 170 }), slice('000', 0.9, { angleDegrees: -170 })];
    expect(Math.abs(pool(stack(around)).angleDegrees!)).toBeCloseTo(180, 6);
  });
});
