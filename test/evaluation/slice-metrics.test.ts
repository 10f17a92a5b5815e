import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import { accuracyByCode, accuracyOf, confusionOf } from '../../src/evaluation/slice-metrics.ts';
import { sliceSummary } from '../../src/evaluation/slice-summary.ts';
import { anyMeasured, measured, truth } from './judged-slices.ts';

const FOUR = [
  measured(truth('000'), '000'),
  measured(truth('000', { nearBorder: true }), '101', { subject: 'two' }),
  measured(truth('110'), '001', { subject: 'two', probability: 0.95 }),
  measured(truth('110'), '011', { subject: 'three', probability: 0.5 }),
];

describe('what is measured on slices', () => {
  it('counts right and harmless answers', () => {
    const { strict, harmless } = accuracyOf(FOUR);
    expect(strict).toMatchObject({ hits: 1, n: 4, subjects: 3 });
    expect(harmless).toMatchObject({ hits: 2, n: 4 });
  });

  it('gives each true code its own share', () => {
    const byCode = accuracyByCode(FOUR);
    expect(byCode.map(({ code }) => code)).toEqual(ORIENTATION_CODES);
    expect(byCode.find(({ code }) => code === '110')?.accuracy.strict).toMatchObject({ hits: 0, n: 2 });
    expect(byCode.find(({ code }) => code === '111')?.accuracy.strict).toMatchObject({ n: 0, value: undefined });
  });

  it('tells true codes in rows and named ones in columns', () => {
    const confusion = confusionOf(FOUR);
    expect(confusion[0]).toEqual([1, 0, 0, 0, 0, 1, 0, 0]);
    expect(confusion[6]).toEqual([0, 1, 0, 1, 0, 0, 0, 0]);
  });

  it('lists the wrong answers that were sure, the surest first', () => {
    const { wrong, surelyWrong } = sliceSummary(FOUR);
    expect(wrong).toBe(3);
    expect(surelyWrong.map(({ named }) => named)).toEqual(['101', '001']);
  });

  it('never finds more harm than error, and adds up', () => {
    fc.assert(
      fc.property(fc.array(anyMeasured, { minLength: 1, maxLength: 40 }), (slices) => {
        const { strict, harmless } = accuracyOf(slices);
        expect(harmless.hits).toBeGreaterThanOrEqual(strict.hits);
        const byCode = accuracyByCode(slices);
        expect(byCode.reduce((sum, { accuracy }) => sum + accuracy.strict.hits, 0)).toBe(strict.hits);
        const confusion = confusionOf(slices);
        expect(confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(slices.length);
        expect(confusion.reduce((sum, row, i) => sum + (row[i] as number), 0)).toBe(strict.hits);
      }),
      { numRuns: 30 },
    );
  });
});
