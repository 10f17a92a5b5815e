import type { OrientationCode } from '../../src/core/orientation/d4.ts';
import { type PhantomInstance, type PhantomSeriesOptions, phantomSeries } from '../../src/phantom/phantom-series.ts';

const MATRIX = { rows: 20, columns: 24, rowSpacingMm: 14, columnSpacingMm: 13 };

/** A short axis of few and coarse pictures, quick to make and to tell apart. */
export function smallSax(code: OrientationCode, more: Partial<PhantomSeriesOptions> = {}): readonly PhantomInstance[] {
  return phantomSeries({
    seed: 'small',
    plane: 'sax',
    sequence: 'cine',
    slices: 4,
    phases: 1,
    matrix: MATRIX,
    code,
    ...more,
  });
}

export function smallScout(more: Partial<PhantomSeriesOptions> = {}): readonly PhantomInstance[] {
  return phantomSeries({ seed: 'small', plane: 'axial', sequence: 'scout', slices: 2, matrix: MATRIX, ...more });
}
