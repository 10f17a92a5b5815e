import { describe, expect, it } from 'vitest';
import { extentMm, fieldInVentricles, ventricleShare } from '../../src/evaluation/field-of-view.ts';
import { planeAt } from '../support/decision-evidence.ts';
import { measured, truth } from './judged-slices.ts';

const image = (rowSpacingMm: number, columnSpacingMm: number) => ({
  rows: 4,
  columns: 6,
  rowSpacingMm,
  columnSpacingMm,
  samples: new Float32Array(24),
});

describe('the field of view', () => {
  it('is the longer side in millimetres, where spacing is known', () => {
    expect(extentMm({ image: image(2, 1), plane: undefined })).toBe(8);
    expect(extentMm({ image: image(1, 1), plane: undefined })).toBeUndefined();
    expect(extentMm({ image: image(1, 1), plane: planeAt(0) })).toBe(6);
  });

  it('is compared with the drawn ventricle', () => {
    const leftVentricle = new Uint8Array(24);
    for (const index of [8, 9, 14]) leftVentricle[index] = 255;
    expect(ventricleShare({ image: image(1, 1), masks: { leftVentricle } })).toBeCloseTo(2 / 6, 9);
    expect(ventricleShare({ image: image(2, 1), masks: { leftVentricle } })).toBeCloseTo(4 / 8, 9);
    expect(ventricleShare({ image: image(1, 1), masks: {} })).toBeUndefined();
    expect(ventricleShare({ image: image(1, 1), masks: { leftVentricle: new Uint8Array(24) } })).toBeUndefined();
  });

  it('counts in the largest ventricle of the series', () => {
    const slices = [0.2, 0.1, undefined].map((share) => measured(truth('000'), '000', { ventricleShare: share }));
    const elsewhere = measured(truth('000'), '000', { series: 'undrawn' });
    const fieldOf = fieldInVentricles([...slices, elsewhere]);
    expect(slices.map(fieldOf)).toEqual([5, 5, 5]);
    expect(fieldOf(elsewhere)).toBeUndefined();
  });
});
