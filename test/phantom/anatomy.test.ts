import { describe, expect, it } from 'vitest';
import { distance } from '../../src/core/geometry/vector.ts';
import { anatomyAt, labelAt } from '../../src/phantom/anatomy.ts';
import { phantomPlane } from '../../src/phantom/planes.ts';
import { type RenderedSlice, renderSlice } from '../../src/phantom/render-slice.ts';
import { TISSUE } from '../../src/phantom/tissue.ts';
import { makeSubject, type SubjectOptions } from '../../src/phantom/variation.ts';
import { centroid } from './label-centroid.ts';

const SEEDS = Array.from({ length: 8 }, (_, i) => `person ${i}`);
const RIGHT_HEART = [TISSUE.rightVentricle, TISSUE.trabecula] as const;
const LEFT_HEART = [TISSUE.leftVentricle, TISSUE.papillaryMuscle] as const;
/** Mid-ventricular. */
const MIDDLE = 5;

function shortAxis(options: SubjectOptions, slice = MIDDLE, phase = 0): RenderedSlice {
  const subject = makeSubject(options);
  const plane = phantomPlane(subject, { kind: 'sax', index: slice, count: 10 });
  return renderSlice({ subject, plane, phase, contrast: 'cine', thicknessMm: 0 });
}

describe('the natural short axis of a phantom', () => {
  it.each(SEEDS)('shows what the standard picture shows, for %s', (seed) => {
    const slice = shortAxis({ seed });
    const left = centroid(slice, ...LEFT_HEART);
    const right = centroid(slice, ...RIGHT_HEART);
    const liver = centroid(slice, TISSUE.liver);
    const spine = centroid(shortAxis({ seed }, 0), TISSUE.aorta);
    expect(right.x, 'right ventricle on the left').toBeLessThan(left.x - 6);
    expect(Math.abs(right.y - left.y), 'not above or below').toBeLessThan(left.x - right.x);
    expect(liver.y, 'liver at the bottom').toBeGreaterThan(left.y + 20);
    expect(liver.x, 'liver on the left').toBeLessThan(left.x);
    expect(spine.x, 'descending aorta on the right').toBeGreaterThan(left.x);
  });

  it.each(SEEDS)(
    'has the chest wall on top and the right ventricle towards it where the heart of %s is axial-like',
    (seed) => {
      const slice = shortAxis({ seed, axialLike: true });
      const left = centroid(slice, ...LEFT_HEART);
      const right = centroid(slice, ...RIGHT_HEART);
      expect(right.x).toBeLessThan(left.x);
      expect(right.y).toBeLessThan(left.y);
      expect(firstRowOfBody(slice, Math.round(left.x))).toBeGreaterThan(0);
    },
  );

  it.each(SEEDS)('grows smaller from base to apex and in systole, for %s', (seed) => {
    const area = (slice: number, phase = 0) => centroid(shortAxis({ seed }, slice, phase), ...LEFT_HEART).count;
    expect(area(1)).toBeGreaterThan(area(MIDDLE));
    expect(area(MIDDLE)).toBeGreaterThan(area(9));
    expect(area(MIDDLE, 0.36)).toBeLessThan(0.7 * area(MIDDLE));
  });

  it('closes the muscle all around the left ventricle', () => {
    const { labels, plane } = shortAxis({ seed: 'closed' });
    const outside = new Set<number>([...RIGHT_HEART, TISSUE.rightVentricularWall, TISSUE.epicardialFat, TISSUE.lung]);
    const leaks = Array.from(labels).filter((label, i) => {
      if (label !== TISSUE.leftVentricle) return false;
      return [i - 1, i + 1, i - plane.columns, i + plane.columns].some((near) => outside.has(labels[near]!));
    });
    expect(leaks).toHaveLength(0);
  });

  it('shows two papillary muscles', () => {
    const slice = shortAxis({ seed: 'papillary' });
    expect(pieces(slice, TISSUE.papillaryMuscle)).toBe(2);
  });

  it('is the mirror image where the body is mirrored', () => {
    const solitus = shortAxis({ seed: 'mirror' });
    const inversus = shortAxis({ seed: 'mirror', situs: 'inversus' });
    const { columns } = solitus.plane;
    const same = solitus.labels.filter((label, i) => {
      const x = i % columns;
      return inversus.labels[i - x + columns - 1 - x] === label;
    });
    expect(same.length / solitus.labels.length).toBeGreaterThan(0.9999);
  });
});

/** Where the skin lies above a column of the picture. */
function firstRowOfBody({ labels, plane }: RenderedSlice, x: number): number {
  return Array.from({ length: plane.rows }, (_, y) => labels[y * plane.columns + x]).findIndex(
    (label) => label !== TISSUE.air,
  );
}

function pieces({ labels, plane }: RenderedSlice, tissue: number): number {
  const open = new Set(Array.from(labels.keys()).filter((i) => labels[i] === tissue));
  let found = 0;
  while (open.size > 0) {
    found += 1;
    const todo = [open.values().next().value!];
    while (todo.length > 0) {
      const i = todo.pop()!;
      if (!open.delete(i)) continue;
      todo.push(i - 1, i + 1, i - plane.columns, i + plane.columns);
    }
  }
  return found;
}

describe('a phantom’s labels', () => {
  it('are the same for the same seed and others for another', () => {
    const all = (seed: string) => shortAxis({ seed }).labels;
    expect(all('one')).toEqual(all('one'));
    expect(all('one')).not.toEqual(all('two'));
  });

  it('repeat with the cardiac cycle', () => {
    const subject = makeSubject({ seed: 'cycle' });
    const [x, y, z] = subject.heartCentre;
    for (let r = 0; r < 60; r += 0.5) {
      expect(labelAt(subject, [x + r, y, z], 1.25)).toBe(labelAt(subject, [x + r, y, z], 0.25));
    }
  });

  it('put blood of the left ventricle at the heart’s centre, and air outside the body', () => {
    for (const seed of SEEDS) {
      const subject = makeSubject({ seed });
      const label = anatomyAt(subject, 0);
      expect(label(subject.heartCentre)).toBe(TISSUE.leftVentricle);
      expect(label([0, -300, 0])).toBe(TISSUE.air);
    }
  });

  it('have the descending aorta at the left of the spine, and at its right in situs inversus', () => {
    for (const situs of ['solitus', 'inversus'] as const) {
      const subject = makeSubject({ seed: 'aorta', situs });
      const slice = renderSlice({
        subject,
        plane: phantomPlane(subject, { kind: 'axial', index: 0, count: 1 }),
        phase: 0,
        contrast: 'T2',
      });
      const aorta = centroid(slice, TISSUE.aorta);
      const canal = centroid(slice, TISSUE.spinalCanal);
      expect(Math.sign(aorta.x - canal.x)).toBe(situs === 'solitus' ? 1 : -1);
    }
  });

  it('carry an infarct next to the blood where one is wanted', () => {
    const infarcted = shortAxis({ seed: 'scar', scar: true });
    const healthy = shortAxis({ seed: 'scar', scar: false });
    expect(centroid(infarcted, TISSUE.scar).count).toBeGreaterThan(10);
    expect(centroid(healthy, TISSUE.scar).count).toBe(0);
    expect(
      distance(makeSubject({ seed: 'scar', scar: true }).longAxis, makeSubject({ seed: 'scar', scar: false }).longAxis),
    ).toBe(0);
  });
});
