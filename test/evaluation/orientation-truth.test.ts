import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reorientPlane } from '../../src/core/geometry/image-plane.ts';
import { type Correction, compose, correctionFor, inverse, observed } from '../../src/core/orientation/d4.ts';
import { APEX_TO_BASE, headerOpinion } from '../../src/core/orientation/header-opinion.ts';
import { contradictsHeader, orientationTruth } from '../../src/evaluation/orientation-truth.ts';
import { anyCode, planeWithAngle, standardPlane } from '../support/arbitraries.ts';

const UNLABELLED = {
  code: undefined,
  shortAxis: undefined,
  nearBorder: undefined,
  angleDegrees: undefined,
  plane: undefined,
};
const at = (degrees: number) => ({
  imagePositionPatient: [0, 0, 0] as const,
  rowSpacingMm: 1,
  columnSpacingMm: 1,
  rows: 8,
  columns: 8,
  ...planeWithAngle(APEX_TO_BASE, degrees),
});

describe('the truth about a picture', () => {
  it('is its label', () => {
    expect(orientationTruth({ ...UNLABELLED, code: '101', nearBorder: true })).toEqual({
      code: '101',
      angleDegrees: undefined,
      nearBorder: true,
    });
  });

  it('is unknown without a label and a header, and where the picture is no short axis', () => {
    expect(orientationTruth(UNLABELLED)).toBeUndefined();
    expect(orientationTruth({ ...UNLABELLED, code: '000', shortAxis: false, plane: at(0) })).toBeUndefined();
  });

  it('is the header where nobody labelled it, with its angle, in whatever way it is stored', () => {
    fc.assert(
      fc.property(fc.double({ min: -44, max: 44, noNaN: true }), anyCode, (degrees, code) => {
        const stored: Correction = correctionFor(observed(inverse(code)));
        const found = orientationTruth({ ...UNLABELLED, plane: reorientPlane(at(degrees), stored) });
        expect(found?.code).toBe(compose('000', code));
        expect(found?.angleDegrees).toBeCloseTo(degrees, 6);
      }),
    );
  });

  it('takes the angle of the header under the labelled code, also beyond the border', () => {
    const found = orientationTruth({ ...UNLABELLED, code: '000', plane: at(52) });
    expect(headerOpinion(at(52))?.code).toBe('110');
    expect(found?.code).toBe('000');
    expect(found?.angleDegrees).toBeCloseTo(52, 6);
  });

  it('believes the label and no angle where the header contradicts it, and says so', () => {
    for (const [code, degrees] of [
      ['000', 80],
      ['011', 0],
      ['001', 10],
    ] as const) {
      const picture = { ...UNLABELLED, code, plane: at(degrees) };
      expect(orientationTruth(picture)).toMatchObject({ code, angleDegrees: undefined });
      expect(contradictsHeader(picture)).toBe(true);
    }
    expect(contradictsHeader({ ...UNLABELLED, code: '000', plane: at(52) })).toBe(false);
  });

  it('is never taken from a plane that is hardly a short axis', () => {
    fc.assert(
      fc.property(standardPlane(45), ({ plane }) => {
        const side = Math.abs(headerOpinion(plane)?.side ?? 0);
        expect(orientationTruth({ ...UNLABELLED, plane }) === undefined).toBe(side < 0.95);
      }),
    );
  });
});
