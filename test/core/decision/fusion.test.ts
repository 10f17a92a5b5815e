import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestOf, fuse, SETTLED_LOG_PRIOR } from '../../../src/core/decision/fusion.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/core/decision/thresholds.ts';
import { ORIENTATION_CODES, observed } from '../../../src/core/orientation/d4.ts';
import { HEADER_LOG_PRIOR_BOUND } from '../../../src/core/orientation/header-likelihood.ts';
import { anyCode, anyProbabilities, sureOf } from '../../support/arbitraries.ts';
import { headerAs } from '../../support/decision-evidence.ts';

const SILENT = ORIENTATION_CODES.map(() => 0);

describe('picture and header together', () => {
  it('are the picture where header and settled frame are silent', () => {
    const probabilities = sureOf('101', 0.7);
    const fused = fuse(probabilities, SILENT, undefined);
    for (const [index, probability] of probabilities.entries()) expect(fused[index]).toBeCloseTo(probability, 9);
  });

  it('follow the header where the picture is torn', () => {
    const torn = ORIENTATION_CODES.map((code) => (code === '000' || code === '001' ? 0.5 : 0));
    expect(bestOf(fuse(torn, headerAs('001').logPrior, undefined)).code).toBe('001');
    expect(bestOf(fuse(torn, headerAs('000').logPrior, undefined)).code).toBe('000');
  });

  it('never outvote a sure picture, whatever header and settled frame say', () => {
    expect(HEADER_LOG_PRIOR_BOUND + SETTLED_LOG_PRIOR).toBeLessThan(
      Math.log(DEFAULT_THRESHOLDS.pictureSure / (1 - DEFAULT_THRESHOLDS.pictureSure)),
    );
    fc.assert(
      fc.property(anyCode, anyProbabilities, anyCode, anyCode, (code, rest, header, settled) => {
        const others = rest.map((value, index) => (ORIENTATION_CODES[index] === code ? 0 : value));
        const total = others.reduce((sum, value) => sum + value, 0);
        const picture = others.map((value, index) =>
          ORIENTATION_CODES[index] === code ? DEFAULT_THRESHOLDS.pictureSure : (value / total) * 0.05,
        );
        const fused = fuse(picture, headerAs(header).logPrior, { code: observed(settled), geodesicDegrees: 0 });
        expect(bestOf(fused).code).toBe(code);
      }),
    );
  });

  it('give the settled code the better chance of two', () => {
    const flat = ORIENTATION_CODES.map(() => 1 / 8);
    expect(bestOf(fuse(flat, SILENT, { code: observed('110'), geodesicDegrees: 5 })).code).toBe('110');
  });

  it('are a distribution even where the picture says zero', () => {
    const fused = fuse([1, 0, 0, 0, 0, 0, 0, 0], headerAs('011').logPrior, undefined);
    expect(fused.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    expect(Math.min(...fused)).toBeGreaterThan(0);
  });
});
