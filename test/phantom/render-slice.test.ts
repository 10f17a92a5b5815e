import { describe, expect, it } from 'vitest';
import { phantomPlane } from '../../src/phantom/planes.ts';
import { type RenderOptions, renderSlice } from '../../src/phantom/render-slice.ts';
import { TISSUE, TISSUE_COUNT } from '../../src/phantom/tissue.ts';
import { makeSubject } from '../../src/phantom/variation.ts';

const subject = makeSubject({ seed: 'render', scar: true });
const plane = phantomPlane(subject, { kind: 'sax', index: 4, count: 10 });

function render(options: Partial<RenderOptions>) {
  return renderSlice({ subject, plane, phase: 0.75, contrast: 'cine', ...options });
}

/** Mean sample of each tissue. */
function signals(options: Partial<RenderOptions>): (tissue: number) => number {
  const { image, labels } = render(options);
  return (tissue) => {
    const values = Array.from(image.samples).filter((_, i) => labels[i] === tissue);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
}

describe('a rendered slice', () => {
  it('holds whole numbers of twelve bits and known labels', () => {
    const { image, labels } = render({});
    expect(image.samples.every((value) => Number.isInteger(value) && value >= 0 && value < 4096)).toBe(true);
    expect(labels.every((label) => label < TISSUE_COUNT)).toBe(true);
    expect(image).toMatchObject({ rows: 160, columns: 192 });
  });

  it('has bright blood in cine, dark muscle and bright scar in LGE, black blood in T2', () => {
    const cine = signals({ contrast: 'cine' });
    const lge = signals({ contrast: 'LGE' });
    const t2 = signals({ contrast: 'T2' });
    expect(cine(TISSUE.leftVentricle)).toBeGreaterThan(1.8 * cine(TISSUE.myocardium));
    expect(lge(TISSUE.myocardium)).toBeLessThan(0.4 * lge(TISSUE.leftVentricle));
    expect(lge(TISSUE.scar)).toBeGreaterThan(lge(TISSUE.leftVentricle));
    expect(t2(TISSUE.leftVentricle)).toBeLessThan(0.5 * t2(TISSUE.myocardium));
    expect(t2(TISSUE.fat)).toBeGreaterThan(t2(TISSUE.myocardium));
  });

  it('has the noise of a magnitude picture, always the same for one seed', () => {
    const air = signals({ noise: 0.02 })(TISSUE.air);
    // Rayleigh's mean, sigma · sqrt(pi / 2), of 0.02 × 1100.
    expect(air).toBeGreaterThan(25);
    expect(air).toBeLessThan(31);
    expect(render({ noiseSeed: 'a' }).image.samples).toEqual(render({ noiseSeed: 'a' }).image.samples);
    expect(render({ noiseSeed: 'a' }).image.samples).not.toEqual(render({ noiseSeed: 'b' }).image.samples);
  });

  it('folds over what lies outside the field of view, and only adds to what is inside', () => {
    const small = {
      ...plane,
      rows: 80,
      imagePositionPatient: phantomPlane(subject, { kind: 'sax', index: 4, count: 10, matrix: { ...plane, rows: 80 } })
        .imagePositionPatient,
    };
    const plain = render({ plane: small, noise: 0 });
    const wrapped = render({ plane: small, noise: 0, wrap: 0.25 });
    const rise = wrapped.image.samples.map((value, i) => value - plain.image.samples[i]!);
    expect(wrapped.labels).toEqual(plain.labels);
    expect(Math.max(...rise)).toBeGreaterThan(100);
    // Twenty rows come in from either side.
    const middle = rise.subarray(22 * plane.columns, 58 * plane.columns);
    expect(Math.max(...middle.map(Math.abs))).toBe(0);
  });

  it('cuts any plane', () => {
    const tilted = phantomPlane(subject, { kind: '4ch', index: 0, count: 1 });
    const { labels } = render({ plane: tilted });
    for (const tissue of [
      TISSUE.leftVentricle,
      TISSUE.rightVentricle,
      TISSUE.leftAtrium,
      TISSUE.rightAtrium,
      TISSUE.myocardium,
    ]) {
      expect(labels.includes(tissue)).toBe(true);
    }
  });
});
