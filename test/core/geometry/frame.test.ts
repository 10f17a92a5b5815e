import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { geodesicDegrees, normalDegrees, orthonormalAxes } from '../../../src/core/geometry/frame.ts';
import { reorientPlane } from '../../../src/core/geometry/image-plane.ts';
import { dot } from '../../../src/core/geometry/vector.ts';
import type { Correction } from '../../../src/core/orientation/d4.ts';
import { APEX_TO_BASE } from '../../../src/core/orientation/header-opinion.ts';
import { anyPlane, planeWithAngle } from '../../support/arbitraries.ts';

describe('the rotation between two frames', () => {
  it('is zero to itself, symmetric and at most a half turn', () => {
    fc.assert(
      fc.property(anyPlane, anyPlane, (one, other) => {
        expect(geodesicDegrees(one, one)).toBe(0);
        expect(geodesicDegrees(one, other)).toBeCloseTo(geodesicDegrees(other, one), 9);
        expect(geodesicDegrees(one, other)).toBeLessThanOrEqual(180);
      }),
    );
  });

  it('is the in-plane angle between two pictures on one plane', () => {
    for (const degrees of [1e-4, 0.5, 30, 90, 179]) {
      const turned = planeWithAngle(APEX_TO_BASE, degrees);
      expect(geodesicDegrees(planeWithAngle(APEX_TO_BASE, 0), turned)).toBeCloseTo(degrees, 6);
      expect(normalDegrees(planeWithAngle(APEX_TO_BASE, 0), turned)).toBeCloseTo(0, 6);
    }
  });

  it('is 90 degrees for quarter turns and 180 for flips and half turns', () => {
    fc.assert(
      fc.property(anyPlane, (plane) => {
        for (const [code, degrees] of [
          ['101', 90],
          ['110', 90],
          ['011', 180],
          ['001', 180],
          ['100', 180],
        ] as const) {
          expect(geodesicDegrees(plane, reorientPlane(plane, code as Correction))).toBeCloseTo(degrees, 4);
        }
        expect(normalDegrees(plane, reorientPlane(plane, '010' as Correction))).toBeCloseTo(180, 4);
      }),
    );
  });

  it('is measured between axes that are made perpendicular first', () => {
    const [row, column, normal] = orthonormalAxes({ rowCosines: [1.005, 0, 0], columnCosines: [0.008, 0.997, 0] });
    expect([dot(row, row), dot(column, column), dot(normal, normal)]).toEqual([1, 1, 1]);
    expect(dot(row, column)).toBe(0);
  });
});
