import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindAccuracy, qualityAccuracy } from '../../src/evaluation/head-accuracy.ts';
import { areaUnderCurve, shortAxisScores } from '../../src/evaluation/short-axis-scores.ts';
import { slice } from './judged-slices.ts';

const scored = (sax: number, shortAxis: boolean | undefined) => slice('000', 0.9, { shortAxis, prediction: { sax } });

describe('short-axis scores', () => {
  it('are spread over what is a short axis and what is not', () => {
    const found = shortAxisScores([scored(1, true), scored(0.7, true), scored(0.2, false), scored(0.6, false)], 0.5);
    expect(found?.shortAxes.accepted).toMatchObject({ hits: 2, n: 2 });
    expect(found?.others.accepted).toMatchObject({ hits: 1, n: 2 });
    expect(found?.shortAxes.counts.at(-1)).toBe(1);
    expect(found?.areaUnderCurve).toBe(1);
  });

  it('leave out what nobody labelled, and are unknown where the model has none', () => {
    expect(shortAxisScores([scored(0.7, undefined)], 0.5)?.shortAxes.accepted.n).toBe(0);
    const without = { ...scored(0, true), prediction: { probabilities: [] } };
    expect(shortAxisScores([without], 0.5)).toBeUndefined();
  });
});

describe('the area under the curve', () => {
  it('counts pairs, ties half', () => {
    expect(areaUnderCurve([0.9, 0.5], [0.5, 0.1])).toBe((1 + 1 + 0.5 + 1) / 4);
    expect(areaUnderCurve([], [0.5])).toBeUndefined();
  });

  it('is turned round where positives and negatives change places', () => {
    const scores = fc.array(fc.constantFrom(0, 0.25, 0.5, 0.75, 1), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(scores, scores, (some, others) => {
        const there = areaUnderCurve(some, others) as number;
        const back = areaUnderCurve(others, some) as number;
        expect(there + back).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('the other heads', () => {
  it('are measured on slices of a label that they know', () => {
    const said = (kind: 'cine' | 'LGE' | 'T2', probabilities: { cine: number; LGE: number }) =>
      slice('000', 0.9, { kind, prediction: { kind: probabilities } });
    const found = kindAccuracy([
      said('cine', { cine: 0.8, LGE: 0.2 }),
      said('LGE', { cine: 0.7, LGE: 0.3 }),
      said('T2', { cine: 0.7, LGE: 0.3 }),
    ]);
    expect(found?.labels).toEqual(['cine', 'LGE']);
    expect(found?.overall).toMatchObject({ hits: 1, n: 2 });
    expect(found?.confusion).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  it('are unknown without a head or without labels', () => {
    expect(kindAccuracy([slice('000', 0.9)])).toBeUndefined();
    expect(qualityAccuracy([slice('000', 0.9, { prediction: { quality: { heart: 1, blank: 0 } } })])).toBeUndefined();
    const labelled = slice('000', 0.9, { quality: 'blank', prediction: { quality: { heart: 0.1, blank: 0.9 } } });
    expect(qualityAccuracy([labelled])?.overall).toMatchObject({ hits: 1, n: 1 });
  });
});
