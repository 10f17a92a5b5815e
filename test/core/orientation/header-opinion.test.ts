import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImagePlane, reorientPlane } from '../../../src/core/geometry/image-plane.ts';
import { addScaled, cross, dot, type Lps, scale, unit } from '../../../src/core/geometry/vector.ts';
import {
  type Correction,
  compose,
  correctionFor,
  isMirror,
  ORIENTATION_CODES,
  type OrientationCode,
  observed,
} from '../../../src/core/orientation/d4.ts';
import { HEADER_LOG_PRIOR_BOUND, SIDE_SILENT } from '../../../src/core/orientation/header-likelihood.ts';
import { APEX_TO_BASE, DOWN, type HeaderOpinion, headerOpinion } from '../../../src/core/orientation/header-opinion.ts';
import { angleUnder } from '../../../src/core/orientation/relation.ts';
import { anyCode, anyPlane, standardPlane } from '../../support/arbitraries.ts';
import { headerAs } from '../../support/decision-evidence.ts';

const PLACED = {
  imagePositionPatient: [10, -20, 30],
  rowSpacingMm: 1.4,
  columnSpacingMm: 1.2,
  rows: 208,
  columns: 256,
};

function planeOf(rowCosines: Lps, columnCosines: Lps): ImagePlane {
  return { ...PLACED, imagePositionPatient: [10, -20, 30], rowCosines, columnCosines };
}

function opinionOf(plane: ImagePlane): HeaderOpinion {
  const opinion = headerOpinion(plane);
  if (opinion === undefined) throw new Error('the plane is broken');
  return opinion;
}

/** The plane as it lies after `code` was done to the matrix. */
function storedAs(plane: ImagePlane, code: OrientationCode): ImagePlane {
  return reorientPlane(plane, code as Correction);
}

function priorOf(opinion: HeaderOpinion, code: OrientationCode): number {
  return opinion.logPrior[ORIENTATION_CODES.indexOf(code)]!;
}

describe('the header of real series', () => {
  it('says 110, 2.6 degrees off, for the rotated Sunnybrook series SC-HF-I-01', () => {
    const opinion = opinionOf(planeOf([-0.104592, 0.346381, -0.932245], [-0.733192, -0.660188, -0.163037]));
    expect(opinion.code).toBe('110');
    expect(opinion.angleDegrees).toBeCloseTo(2.6, 1);
    expect(opinion.side).toBeGreaterThan(0.97);
    expect(opinion.identityAngleDegrees).toBeCloseTo(92.6, 1);
    expect(opinion.geodesicDegrees).toBeLessThan(20);
  });

  it.each([
    ['SC-HF-I-02', [0.77038, 0.618446, 0.155046], [-0.15161, 0.41389, -0.897613]],
    ['SC-HF-I-04', [0.712221, 0.701112, -0.0343949], [-0.307715, 0.267798, -0.913015]],
  ] as const)('says 000 for %s', (_, row, column) => {
    const opinion = opinionOf(planeOf(row, column));
    expect(opinion.code).toBe('000');
    expect(Math.abs(opinion.angleDegrees)).toBeLessThan(15);
    expect(opinion.identityAngleDegrees).toBe(opinion.angleDegrees);
    expect(opinion.side).toBeGreaterThan(0.97);
  });

  it.each([
    ['a long axis of a pig', [0.903056, 0.235049, -0.359501], [-0.191931, -0.527911, -0.827329]],
    ['an axial scout', [1, 0, 0], [0, 1, 0]],
    ['a coronal scout', [1, 0, 0], [0, 0, -1]],
    ['a sagittal scout', [0, 1, 0], [0, 0, -1]],
  ] as const)('is silent about %s', (_, row, column) => {
    const opinion = opinionOf(planeOf(row, column));
    expect(Math.abs(opinion.side)).toBeLessThan(SIDE_SILENT);
    expect(opinion.logPrior).toEqual(ORIENTATION_CODES.map(() => 0));
  });

  it('sees an axial-like short axis, rows towards the patient’s left, as turned clockwise', () => {
    const normal = unit([-0.5, 0.5, 0.7]);
    const rowCosines = unit(addScaled([1, 0, 0], normal, -dot([1, 0, 0], normal)));
    const opinion = opinionOf(planeOf(rowCosines, cross(normal, rowCosines)));
    expect(opinion.code).toBe('000');
    expect(opinion.angleDegrees).toBeCloseTo(-22.6, 1);
  });
});

describe('the header’s code', () => {
  it('is 000 for the standard picture, at its own angle', () => {
    fc.assert(
      fc.property(standardPlane(44.9), ({ plane, angleDegrees }) => {
        const opinion = opinionOf(plane);
        expect(opinion.code).toBe('000');
        expect(opinion.angleDegrees).toBeCloseTo(angleDegrees, 6);
        expect(opinion.side).toBeGreaterThan(0.95);
      }),
    );
  });

  it('follows every turn of the matrix by composition, and the corrected picture stays the same', () => {
    fc.assert(
      fc.property(anyPlane, anyCode, (plane, code) => {
        const before = opinionOf(plane);
        // On the border itself, and edge-on, either of two codes is right.
        fc.pre(Math.abs(before.angleDegrees) < 44.999 && Math.abs(before.side) > 1e-6);
        const after = opinionOf(storedAs(plane, code));
        expect(after.code).toBe(compose(before.code, code));
        expect(after.angleDegrees).toBeCloseTo(before.angleDegrees, 6);
        expect(after.geodesicDegrees).toBeCloseTo(before.geodesicDegrees, 4);
        expect(after.side).toBeCloseTo(isMirror(code) ? -before.side : before.side, 9);
        for (const other of ORIENTATION_CODES) {
          expect(priorOf(after, compose(other, code))).toBeCloseTo(priorOf(before, other), 6);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves a positive side and a column within 45 degrees of down when it is corrected', () => {
    fc.assert(
      fc.property(anyPlane, (plane) => {
        const opinion = opinionOf(plane);
        const corrected = opinionOf(reorientPlane(plane, correctionFor(opinion.code)));
        expect(corrected.side).toBeGreaterThanOrEqual(0);
        expect(Math.abs(corrected.identityAngleDegrees)).toBeLessThanOrEqual(45 + 1e-9);
      }),
    );
  });

  it('gives for every other rotation the angle that the geometry of that correction has', () => {
    fc.assert(
      fc.property(anyPlane, anyCode, (plane, other) => {
        const opinion = opinionOf(plane);
        const angle = angleUnder(opinion, other);
        fc.pre(angle !== undefined);
        const corrected = opinionOf(reorientPlane(plane, correctionFor(observed(other))));
        const gap = Math.abs(corrected.identityAngleDegrees - angle);
        expect(Math.min(gap, 360 - gap)).toBeLessThan(1e-6);
      }),
    );
  });
});

describe('the header’s log-prior', () => {
  it('is bounded, and best for the header’s own code', () => {
    fc.assert(
      fc.property(anyPlane, (plane) => {
        const opinion = opinionOf(plane);
        expect(Math.max(...opinion.logPrior)).toBeCloseTo(0, 12);
        expect(Math.min(...opinion.logPrior)).toBeGreaterThanOrEqual(-HEADER_LOG_PRIOR_BOUND);
        expect(priorOf(opinion, opinion.code)).toBeCloseTo(0, 12);
      }),
    );
  });

  it('says nothing at all of a plane that is no short axis', () => {
    fc.assert(
      fc.property(anyPlane, (plane) => {
        const opinion = opinionOf(plane);
        fc.pre(Math.abs(opinion.side) <= SIDE_SILENT);
        expect(opinion.logPrior).toEqual(ORIENTATION_CODES.map(() => 0));
      }),
    );
  });

  it('is nearly as strong as it may be against all but the code of an upright short axis', () => {
    for (const prior of headerAs('000', 0).logPrior.slice(1)) expect(prior).toBeLessThan(-0.9 * HEADER_LOG_PRIOR_BOUND);
  });

  it.each([
    ['SC-HF-I-01', [-0.104592, 0.346381, -0.932245], [-0.733192, -0.660188, -0.163037]],
    ['SC-HF-I-02', [0.77038, 0.618446, 0.155046], [-0.15161, 0.41389, -0.897613]],
    ['SC-HF-I-04', [0.712221, 0.701112, -0.0343949], [-0.307715, 0.267798, -0.913015]],
  ] as const)('is strong for the honest header of %s', (_, row, column) => {
    const opinion = opinionOf(planeOf(row, column));
    for (const code of ORIENTATION_CODES) {
      if (code !== opinion.code) expect(priorOf(opinion, code)).toBeLessThan(-1.8);
    }
  });

  it('is stronger the more of a short axis the plane is', () => {
    const side = fc.double({ min: SIDE_SILENT, max: 1, noNaN: true });
    fc.assert(
      fc.property(side, side, fc.double({ min: -45, max: 45, noNaN: true }), (one, other, angle) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        const [weak, strong] = [headerAs('000', angle, less), headerAs('000', angle, more)];
        for (const code of ORIENTATION_CODES) {
          expect(priorOf(strong, code)).toBeLessThanOrEqual(priorOf(weak, code) + 1e-9);
        }
      }),
    );
  });

  it('is graded by the angle towards the neighbour on the side to which the picture leans', () => {
    // Leaning counter-clockwise, the picture may be taken for one that was turned counter-clockwise: 110.
    const lean = [5, 20, 35, 44.9].map((angle) => priorOf(headerAs('000', angle), '110'));
    expect([...lean].sort((a, b) => a - b)).toEqual(lean);
    expect(priorOf(headerAs('000', 44.9), '101')).toBeLessThan(-1.7);
  });

  it.each([
    [45, '110'],
    [-45, '101'],
  ] as const)('is the same for both neighbours that meet at %i degrees', (angle, neighbour) => {
    expect(priorOf(headerAs('000', angle), '000')).toBeCloseTo(0, 9);
    expect(priorOf(headerAs('000', angle), neighbour)).toBeCloseTo(0, 9);
  });
});

describe('a plane that is no plane', () => {
  it.each([
    ['cosines that are not numbers', { rowCosines: [Number.NaN, 0, 0] }],
    ['cosines of length zero', { rowCosines: [0, 0, 0] }],
    ['rows along the columns', { rowCosines: [0, 1, 0], columnCosines: [0, 1, 0] }],
    ['a spacing of zero', { rowSpacingMm: 0 }],
    ['no position', { imagePositionPatient: [Number.NaN, 0, 0] }],
  ] as const)('gives no opinion: %s', (_, fault) => {
    expect(headerOpinion({ ...planeOf([1, 0, 0], [0, 1, 0]), ...fault } as ImagePlane)).toBeUndefined();
  });

  it('never gives an opinion that is not a number, however the plane lies', () => {
    const down = unit(scale(DOWN, -1));
    for (const normal of [DOWN, down, APEX_TO_BASE, cross(APEX_TO_BASE, DOWN)].map(unit)) {
      const row = unit(cross(normal, [0.3, 0.8, 0.1]));
      const plane = planeOf(row, cross(normal, row));
      const { angleDegrees, side, geodesicDegrees, logPrior } = opinionOf(plane);
      expect([angleDegrees, side, geodesicDegrees, ...logPrior].every(Number.isFinite)).toBe(true);
    }
  });
});
