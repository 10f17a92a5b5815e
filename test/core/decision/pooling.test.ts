import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestOf } from '../../../src/core/decision/fusion.ts';
import { type PositionedPrediction, poolSlices } from '../../../src/core/decision/pooling.ts';
import { compose, ORIENTATION_CODES, type OrientationCode } from '../../../src/core/orientation/d4.ts';
import type { SlicePrediction } from '../../../src/core/orientation/slice-prediction.ts';
import { anyCode, anyProbabilities, sureOf } from '../../support/arbitraries.ts';

const CORRELATION = { correlation: 4 };

function slice(code: OrientationCode, probability = 0.8, more: Partial<SlicePrediction> = {}): SlicePrediction {
  return { probabilities: sureOf(code, probability), sax: 0.9, ...more };
}

function stack(predictions: readonly SlicePrediction[]): PositionedPrediction[] {
  return predictions.map((prediction, positionKey) => ({ positionKey, prediction }));
}

function pool(predictions: readonly SlicePrediction[]) {
  return poolSlices(stack(predictions), CORRELATION);
}

function repeated<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}

describe('the slices of a stack together', () => {
  it('say of one slice what it says itself', () => {
    const { probabilities } = pool([slice('101')]);
    for (const [index, probability] of sureOf('101', 0.8).entries())
      expect(probabilities[index]).toBeCloseTo(probability, 9);
  });

  it.each([2, 3, 4])('are no surer than one where %i say the same', (count) => {
    expect(bestOf(pool(repeated(count, slice('101'))).probabilities).probability).toBeCloseTo(0.8, 9);
  });

  it('count ten slices as two and a half independent ones', () => {
    const { probabilities } = pool(repeated(10, slice('101')));
    const odds = (0.8 / (0.2 / 7)) ** 2.5;
    expect(bestOf(probabilities).probability).toBeCloseTo(odds / (odds + 7), 9);
  });

  it('count, however many they are, as no more than five', () => {
    const many = pool(repeated(300, slice('101', 0.4))).probabilities;
    const whole = pool(repeated(20, slice('101', 0.4))).probabilities;
    expect(bestOf(many).probability).toBeCloseTo(bestOf(whole).probability, 9);
  });

  it('count the phases of one position once', () => {
    const phases = repeated(20, { positionKey: 'a', prediction: slice('011') });
    expect(bestOf(poolSlices(phases, CORRELATION).probabilities).probability).toBeCloseTo(0.8, 9);
  });

  it('are a distribution over the eight codes, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(anyProbabilities, { minLength: 1, maxLength: 15 }), (all) => {
        const predictions = stack(all.map((probabilities) => ({ probabilities, sax: 0.5 })));
        const one = poolSlices(predictions, CORRELATION).probabilities;
        const other = poolSlices([...predictions].reverse(), CORRELATION).probabilities;
        expect(one.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 9);
        for (const [index, probability] of one.entries()) expect(other[index]).toBeCloseTo(probability, 9);
      }),
    );
  });

  it('follow a turn of the whole stack', () => {
    fc.assert(
      fc.property(fc.array(anyProbabilities, { minLength: 1, maxLength: 9 }), anyCode, (all, turn) => {
        const moved = all.map((probabilities) => {
          const to: number[] = [];
          for (const [index, code] of ORIENTATION_CODES.entries()) {
            to[ORIENTATION_CODES.indexOf(compose(code, turn))] = probabilities[index]!;
          }
          return to;
        });
        const before = pool(all.map((probabilities) => ({ probabilities, sax: 1 })));
        const after = pool(moved.map((probabilities) => ({ probabilities, sax: 1 })));
        for (const [index, code] of ORIENTATION_CODES.entries()) {
          const now = after.probabilities[ORIENTATION_CODES.indexOf(compose(code, turn))];
          expect(now).toBeCloseTo(before.probabilities[index]!, 9);
        }
        expect(after.contradictory).toBe(before.contradictory);
      }),
    );
  });

  it('are not vetoed by one slice that is certain of something else', () => {
    const { probabilities } = pool([...repeated(9, slice('000', 0.95)), slice('001', 1)]);
    expect(bestOf(probabilities).code).toBe('000');
    expect(bestOf(probabilities).probability).toBeGreaterThan(0.95);
  });
});

describe('the short-axis score of a stack', () => {
  it('is that of its better half, since apex and base look like nothing much', () => {
    const weak = slice('000', 0.9, { sax: 0.1 });
    const strong = slice('000', 0.9, { sax: 0.9 });
    expect(pool([weak, weak, strong, strong, strong, weak]).sax).toBeCloseTo(0.9);
    expect(pool([weak, weak, weak, weak, weak, strong]).sax).toBeLessThan(0.5);
  });
});

describe('agreement and contradiction of slices', () => {
  it('is full where all positions see the pooled code', () => {
    expect(pool(repeated(10, slice('110')))).toMatchObject({ agreement: 1, contradictory: false });
  });

  it('counts a position whose best code is hardly more probable as agreeing', () => {
    const torn = [0.4, 0.45, 0.15, 0, 0, 0, 0, 0];
    expect(pool([...repeated(9, slice('000')), { probabilities: torn, sax: 1 }]).agreement).toBe(1);
    expect(pool([...repeated(9, slice('000')), slice('001', 0.7)]).agreement).toBeCloseTo(0.9);
  });

  it.each([
    ['001', 'a mirror'],
    ['011', 'a half turn'],
  ] as const)('is a contradiction where a quarter of the positions are sure of %s, %s', (code, _) => {
    expect(pool([...repeated(9, slice('000', 0.95)), ...repeated(3, slice(code, 0.95))]).contradictory).toBe(true);
    expect(pool([...repeated(10, slice('000', 0.95)), ...repeated(2, slice(code, 0.95))]).contradictory).toBe(false);
    expect(pool([...repeated(9, slice('000', 0.95)), ...repeated(3, slice(code, 0.85))]).contradictory).toBe(false);
  });

  it('is none where sure slices are a quarter turn apart', () => {
    expect(pool([...repeated(6, slice('000', 0.95)), ...repeated(6, slice('101', 0.95))]).contradictory).toBe(false);
  });
});

describe('the in-plane angle of a stack', () => {
  it('is the mean of the positions that see the pooled code', () => {
    const angles = [10, 14].map((angleDegrees) => slice('000', 0.9, { angleDegrees }));
    expect(pool([...angles, slice('101', 0.5, { angleDegrees: -40 })]).angleDegrees).toBeCloseTo(12);
  });

  it('is not there where the model gives none', () => {
    expect(pool([slice('000')])).not.toHaveProperty('angleDegrees');
  });
});

describe('what is no prediction', () => {
  it.each([
    ['no slice at all', []],
    ['seven probabilities', [{ probabilities: [1, 0, 0, 0, 0, 0, 0], sax: 1 }]],
    ['a probability that is not a number', [{ probabilities: [Number.NaN, 1, 0, 0, 0, 0, 0, 0], sax: 1 }]],
    ['a negative probability', [{ probabilities: [-0.5, 1.5, 0, 0, 0, 0, 0, 0], sax: 1 }]],
    ['probabilities that add up to two', [{ probabilities: [1, 1, 0, 0, 0, 0, 0, 0], sax: 1 }]],
    ['a score that is not a number', [{ probabilities: [1, 0, 0, 0, 0, 0, 0, 0], sax: Number.NaN }]],
    ['an angle that is not a number', [slice('000', 0.9, { angleDegrees: Number.NaN })]],
  ])('is refused as a failed recogniser: %s', (_, predictions) => {
    expect(() => pool(predictions)).toThrow(expect.objectContaining({ code: 'classifier-failed' }));
  });

  it('is refused with a correlation below one, which would boost single slices', () => {
    expect(() => poolSlices(stack([slice('000')]), { correlation: 0.5 })).toThrow(/./);
  });
});
