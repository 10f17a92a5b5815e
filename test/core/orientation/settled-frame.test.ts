import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reorientPlane } from '../../../src/core/geometry/image-plane.ts';
import type { Correction } from '../../../src/core/orientation/d4.ts';
import { settledOpinion } from '../../../src/core/orientation/settled-frame.ts';
import { anyCode, planeWithAngle, standardPlane } from '../../support/arbitraries.ts';

const NORMAL = [-0.63, 0.66, 0.41] as const;

describe('what an earlier series of the patient settled', () => {
  it('asks for the code that the stack is stored in, however it is stored', () => {
    fc.assert(
      fc.property(standardPlane(45), anyCode, ({ plane }, code) => {
        const stored = reorientPlane(plane, code as Correction);
        expect(settledOpinion(stored, plane)).toMatchObject({ code });
        expect(settledOpinion(stored, plane)?.geodesicDegrees).toBeLessThan(1e-5);
      }),
    );
  });

  it('asks for the neighbour where that lies nearer to the settled frame', () => {
    fc.assert(
      fc.property(standardPlane(1), ({ plane }) => {
        const stored = { ...plane, ...planeWithAngle(NORMAL, 40) };
        expect(settledOpinion(stored, planeWithAngle(NORMAL, 10))?.code).toBe('000');
        // 40 and -43 are 83 degrees apart; the neighbour, at -50, is 7 away.
        expect(settledOpinion(stored, planeWithAngle(NORMAL, -43))?.code).toBe('110');
      }),
    );
  });

  it('has no say where the two cut the heart along different axes', () => {
    fc.assert(
      fc.property(standardPlane(1), ({ plane }) => {
        expect(settledOpinion(plane, planeWithAngle([0.75, 0.3, 0.6], 0))).toBeUndefined();
      }),
    );
  });

  it('has no say on a plane that is broken', () => {
    fc.assert(
      fc.property(standardPlane(1), ({ plane }) => {
        expect(settledOpinion({ ...plane, rowSpacingMm: Number.NaN }, plane)).toBeUndefined();
      }),
    );
  });
});
