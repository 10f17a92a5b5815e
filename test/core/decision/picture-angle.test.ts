import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compose, ORIENTATION_CODES } from '../../../src/core/orientation/d4.ts';
import { anyCode } from '../../support/arbitraries.ts';
import { decided, headerAs, headerOf, pictureOf, planeAt, storedAs } from '../../support/decision-evidence.ts';

describe('the angle between picture and header', () => {
  it('is on record and told in degrees where both have one', () => {
    const pooled = pictureOf('101', 0.999, { angleDegrees: 17 });
    const decision = decided({ pooled, header: headerAs('101', 10) });
    expect(decision.angleDegrees).toBeCloseTo(17, 9);
    expect(decision.angleDifferenceDegrees).toBeCloseTo(7, 9);
    expect(decision.reason).toMatch(/turned to the standard picture\. Picture and header differ by 7°\.$/);
  });

  it('is the same in whichever of the eight codes the series is stored', () => {
    const degrees = fc.double({ min: -39, max: 39, noNaN: true });
    fc.assert(
      fc.property(degrees, degrees, anyCode, (picture, header, code) => {
        const pooled = pictureOf(code, 0.999, { angleDegrees: picture });
        const { angleDifferenceDegrees } = decided({ pooled, header: headerOf(storedAs(planeAt(header), code)) });
        expect(angleDifferenceDegrees).toBeCloseTo(picture - header, 6);
      }),
    );
  });

  it('is small across the border of two codes, and near 180° for a half turn', () => {
    const across = { pooled: pictureOf('110', 0.999, { angleDegrees: -43 }), header: headerAs('000', 42) };
    expect(decided(across).angleDifferenceDegrees).toBeCloseTo(5, 6);
    const upsideDown = decided({ pooled: pictureOf('011', 0.999, { angleDegrees: 3 }), header: headerAs('000', 0) });
    expect(upsideDown.angleDifferenceDegrees).toBeCloseTo(-177, 6);
    expect(upsideDown.reason).toContain('differ by 177°');
  });

  it('belongs to the code that was decided on', () => {
    // The picture names the neighbour, the header decides for 000.
    const decision = decided({ pooled: pictureOf('110', 0.999, { angleDegrees: -43 }), header: headerAs('000', 42) });
    expect(decision.observedCode).toBe('000');
    expect(decision.angleDegrees).toBeCloseTo(47, 6);
  });

  it('is not told where a mirror stands between the two, the side is weak, or one of them has none', () => {
    const mirror = decided({ pooled: pictureOf('001', 0.999, { angleDegrees: 3 }) });
    const weak = decided({ pooled: pictureOf('000', 0.999, { angleDegrees: 3 }), header: headerAs('000', 0, 0.7) });
    const silent = decided({});
    const alone = decided({ pooled: pictureOf('000', 0.999, { angleDegrees: 3 }), header: undefined });
    for (const decision of [mirror, weak, silent, alone]) {
      expect(decision).not.toHaveProperty('angleDifferenceDegrees');
      expect(decision.reason).not.toContain('differ by');
    }
    expect(mirror.angleDegrees).toBe(3);
  });

  it('is not there where nothing was observed', () => {
    const pooled = pictureOf('000', 0.999, { angleDegrees: 3, sax: 0 });
    expect(decided({ pooled })).not.toHaveProperty('angleDegrees');
  });
});

describe('a model without a short-axis score', () => {
  it('leaves it to the header what is eligible', () => {
    const { sax: _, ...pooled } = pictureOf('101');
    expect(decided({ pooled, header: headerAs('101') }).metricReason).toBe('turned');
    expect(decided({ pooled, header: headerAs('101', 0, 0.7) }).decision).toBe('pass-through');
    for (const code of ORIENTATION_CODES) {
      const { sax: __, ...other } = pictureOf(compose('011', code));
      expect(decided({ pooled: other, header: headerAs(code) }).metricReason).toBe('contradiction');
    }
  });
});
