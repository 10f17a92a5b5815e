import fc from 'fast-check';
import { ORIENTATION_CODES, type OrientationCode } from '../../src/core/orientation/d4.ts';
import type { SlicePrediction } from '../../src/core/orientation/slice-prediction.ts';
import { type JudgedSlice, type MeasuredSlice, withPrediction } from '../../src/evaluation/judged-slice.ts';
import type { OrientationTruth } from '../../src/evaluation/orientation-truth.ts';
import { sureOf } from '../support/arbitraries.ts';

type Known = Parameters<typeof withPrediction>[0];

const NOTHING_SPECIAL: Known = {
  dataSet: 'set',
  file: 'picture.png',
  subject: 'one',
  series: 'one cine',
  position: '1',
  kind: 'cine',
  shortAxis: true,
  quality: undefined,
  truth: undefined,
  plane: undefined,
  side: undefined,
  extentMm: undefined,
  ventricleShare: undefined,
  contradictsHeader: false,
};

export function truth(code: OrientationCode, rest: Partial<OrientationTruth> = {}): OrientationTruth {
  return { code, angleDegrees: undefined, nearBorder: undefined, ...rest };
}

/** A slice of which `named` is said with `probability`. */
export function slice(
  named: OrientationCode,
  probability: number,
  { prediction, ...known }: Partial<Known> & { readonly prediction?: Partial<SlicePrediction> } = {},
): JudgedSlice {
  return withPrediction(
    { ...NOTHING_SPECIAL, ...known },
    { probabilities: sureOf(named, probability), sax: 0.9, ...prediction },
  );
}

export function measured(
  shown: OrientationTruth,
  named: OrientationCode,
  rest: Parameters<typeof slice>[2] & { readonly probability?: number } = {},
): MeasuredSlice {
  const { probability = 0.99, ...known } = rest;
  return slice(named, probability, { ...known, truth: shown }) as MeasuredSlice;
}

const anyCode = fc.constantFrom(...ORIENTATION_CODES);

export const anyTruth: fc.Arbitrary<OrientationTruth> = fc.record({
  code: anyCode,
  angleDegrees: fc.option(fc.double({ min: -60, max: 60, noNaN: true }), { nil: undefined }),
  nearBorder: fc.constantFrom(true, false, undefined),
});

export const anyMeasured: fc.Arbitrary<MeasuredSlice> = fc
  .record({
    shown: anyTruth,
    named: anyCode,
    probability: fc.double({ min: 0.2, max: 1, noNaN: true }),
    subject: fc.constantFrom('one', 'two', 'three'),
    kind: fc.constantFrom('cine', 'LGE', 'T2'),
    side: fc.option(fc.double({ min: 0.9, max: 1, noNaN: true }), { nil: undefined }),
    extentMm: fc.option(fc.double({ min: 100, max: 500, noNaN: true }), { nil: undefined }),
  })
  .map(({ shown, named, ...rest }) => measured(shown, named, rest));
