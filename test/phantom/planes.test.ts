import { describe, expect, it } from 'vitest';
import { pixelCentreLps, planeFault, sliceNormal } from '../../src/core/geometry/image-plane.ts';
import { distance, dot, type Lps } from '../../src/core/geometry/vector.ts';
import { PLANE_KINDS, phantomPlane, sliceSpacing } from '../../src/phantom/planes.ts';
import { makeSubject } from '../../src/phantom/variation.ts';

const APEX_TO_BASE: Lps = [-0.63, 0.66, 0.41];
const SEEDS = Array.from({ length: 100 }, (_, i) => `plane ${i}`);

describe('a phantom’s planes', () => {
  it.each(PLANE_KINDS)('are sound geometry: %s', (kind) => {
    for (const seed of SEEDS) {
      for (const situs of ['solitus', 'inversus'] as const) {
        const plane = phantomPlane(makeSubject({ seed, situs }), { kind, index: 0, count: 3 });
        expect(planeFault(plane)).toBeUndefined();
        expect(Math.abs(dot(plane.rowCosines, plane.columnCosines))).toBeLessThan(1e-9);
      }
    }
  });

  it('run from apex to base along the normal of a short axis, as in real patients', () => {
    for (const seed of SEEDS) {
      for (const axialLike of [false, true]) {
        const subject = makeSubject({ seed, axialLike });
        const [first, second] = [0, 1].map((index) => phantomPlane(subject, { kind: 'sax', index, count: 10 }));
        const normal = sliceNormal(first!);
        expect(dot(normal, APEX_TO_BASE)).toBeGreaterThan(0.94);
        const step = distance(pixelCentreLps(first!, 0, 0), pixelCentreLps(second!, 0, 0));
        expect(step).toBeCloseTo(sliceSpacing(subject, 'sax', 10), 6);
        expect(dot(normal, first!.imagePositionPatient)).toBeGreaterThan(dot(normal, second!.imagePositionPatient));
      }
    }
  });

  it('are no short axes where they are long axes', () => {
    for (const seed of SEEDS) {
      for (const kind of ['2ch', '3ch', '4ch'] as const) {
        const normal = sliceNormal(phantomPlane(makeSubject({ seed }), { kind, index: 0, count: 1 }));
        expect(Math.abs(dot(normal, APEX_TO_BASE))).toBeLessThan(0.35);
      }
    }
  });

  it('have a weak side where the body is mirrored', () => {
    for (const seed of SEEDS) {
      const plane = phantomPlane(makeSubject({ seed, situs: 'inversus' }), { kind: 'sax', index: 0, count: 10 });
      expect(Math.abs(dot(sliceNormal(plane), APEX_TO_BASE))).toBeLessThan(0.6);
    }
  });
});
