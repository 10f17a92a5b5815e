import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, DEFAULT_THRESHOLDS } from '../../src/core/decision/thresholds.ts';
import type { OrientationCode } from '../../src/core/orientation/d4.ts';
import { permutedCopy } from '../../src/evaluation/judge-folders.ts';
import { judgeSeries, type SeriesTrial, slicesBySeries } from '../../src/evaluation/judged-series.ts';
import type { JudgedSlice } from '../../src/evaluation/judged-slice.ts';
import { modelEvaluation } from '../../src/evaluation/model-evaluation.ts';
import { seriesOutcome } from '../../src/evaluation/series-outcome.ts';
import { notShortAxisSummary, seriesSummary } from '../../src/evaluation/series-summary.ts';
import { planeAt, storedAs } from '../support/decision-evidence.ts';
import { measured, slice, truth } from './judged-slices.ts';

const RULES = {
  thresholds: DEFAULT_THRESHOLDS,
  settings: { ...DEFAULT_SETTINGS, onMissingGeometry: 'standardize' as const },
  correlation: 4,
  phasesPerPosition: 3,
};
const AS_STORED = { turnedBy: '000', kind: 'cine' } as const;
const PICTURE: SeriesTrial = { basis: 'picture', allCodes: true, copyOf: permutedCopy, rules: RULES };

/** A stack of five slices, two phases each, that shows `shown` and of which `named` is said. */
function stack(
  shown: OrientationCode,
  named: OrientationCode,
  rest: Parameters<typeof measured>[2] & { readonly header?: OrientationCode } = {},
): JudgedSlice[] {
  const { header, ...known } = rest;
  return [0, 1, 2, 3, 4].flatMap((position) =>
    ['ED', 'ES'].map((phase) =>
      measured(truth(shown), named, {
        file: `${position} ${phase}`,
        position: String(position),
        plane: header === undefined ? undefined : storedAs(sliceOfStack(position), header),
        ...known,
      }),
    ),
  );
}

function sliceOfStack(position: number) {
  const plane = planeAt(0);
  const [x, y, z] = plane.imagePositionPatient;
  return { ...plane, imagePositionPatient: [x - 5 * position, y + 5 * position, z + 3 * position] as const };
}

describe('what becomes of a series', () => {
  it('by the picture alone: turned where it is sure, left where it is standard, refused where it is not sure', () => {
    expect(seriesOutcome(stack('110', '110'), RULES, { ...AS_STORED, basis: 'picture' })).toMatchObject({
      fate: 'turned',
      reason: 'turned',
      named: '110',
      verdict: 'right',
    });
    expect(seriesOutcome(stack('000', '000'), RULES, { ...AS_STORED, basis: 'picture' })).toMatchObject({
      fate: 'left',
      verdict: 'right',
    });
    const unsure = stack('110', '110', { probability: 0.6 });
    expect(seriesOutcome(unsure, RULES, { ...AS_STORED, basis: 'picture' })).toMatchObject({
      fate: 'refused',
      reason: 'uncertain',
      verdict: undefined,
    });
  });

  it('is harm where it is surely wrong', () => {
    expect(seriesOutcome(stack('110', '101'), RULES, { ...AS_STORED, basis: 'picture' })).toMatchObject({
      fate: 'turned',
      verdict: 'harm',
    });
    expect(seriesOutcome(stack('001', '000'), RULES, { ...AS_STORED, basis: 'picture' })).toMatchObject({
      fate: 'left',
      verdict: 'harm',
    });
  });

  it('with geometry: an honest header agrees, a lying one is no silent fix, and a mirror needs it', () => {
    const outcome = (slices: JudgedSlice[]) => seriesOutcome(slices, RULES, { ...AS_STORED, basis: 'geometry' });
    expect(outcome(stack('001', '001', { header: '001' }))).toMatchObject({ fate: 'turned', verdict: 'right' });
    expect(outcome(stack('001', '001', { header: '000' }))).toMatchObject({ fate: 'refused', reason: 'contradiction' });
    expect(outcome(stack('110', '011', { header: '110' }))).toMatchObject({ fate: 'refused', reason: 'contradiction' });
  });

  it('counts slice positions, not pictures', () => {
    const one = stack('110', '110').filter(({ position }) => position === '2');
    expect(seriesOutcome([...one, ...one], RULES, { ...AS_STORED, basis: 'picture' })).toMatchObject({
      fate: 'refused',
      reason: 'few-slices',
    });
  });

  it('is nothing for a kind that is not eligible', () => {
    expect(seriesOutcome(stack('110', '110'), RULES, { ...AS_STORED, kind: 'other', basis: 'picture' })).toMatchObject({
      fate: 'refused',
      reason: 'not-eligible',
    });
  });
});

describe('series under all eight codes', () => {
  const series = (slices: JudgedSlice[]) => judgeSeries(slices, PICTURE);

  it('are parted by data set, series and kind', () => {
    const slices = [...stack('000', '000'), ...stack('000', '000', { kind: 'LGE' })];
    const elsewhere = stack('000', '000', { dataSet: 'other set' });
    expect(slicesBySeries([...slices, ...elsewhere]).map(({ length }) => length)).toEqual([10, 10, 10]);
  });

  it('are turned seven times and left once where all is right', () => {
    const summary = seriesSummary([series(stack('111', '111'))]);
    expect(summary.covered).toMatchObject({ hits: 1, n: 1 });
    expect(summary.harmed.hits).toBe(0);
    expect(summary.changedStandard).toMatchObject({ hits: 0, n: 1 });
    expect(summary.cases).toEqual({
      turned: { right: 7, harmless: 0, harm: 0 },
      left: { right: 1, harmless: 0, harm: 0 },
    });
  });

  it('count once where they are wrong, whatever the way', () => {
    const summary = seriesSummary([series(stack('111', '101')), series(stack('111', '111', { subject: 'two' }))]);
    expect(summary.harmed).toMatchObject({ hits: 1, n: 2, subjects: 2 });
    expect(summary.leftWrong).toMatchObject({ hits: 1, n: 2 });
    expect(summary.changedStandard).toMatchObject({ hits: 1, n: 2 });
    expect(summary.cases.turned.harm + summary.cases.left.harm).toBe(8);
  });

  it('are not covered where one is refused, and the reason is told', () => {
    const summary = seriesSummary([series(stack('111', '111', { probability: 0.7 }))]);
    expect(summary.covered).toMatchObject({ hits: 0, n: 1 });
    expect(summary.refused).toEqual([{ reason: 'uncertain', series: 1 }]);
  });

  it('with an honest header are decided alike in all ways', () => {
    const slices = stack('110', '110', { header: '110' });
    const { outcomes } = judgeSeries(slices, { ...PICTURE, basis: 'geometry' });
    expect(outcomes).toHaveLength(8);
    expect(outcomes.every(({ verdict }) => verdict === 'right')).toBe(true);
    expect(outcomes.filter(({ fate }) => fate === 'left').map(({ truth: stored }) => stored?.code)).toEqual(['000']);
  });
});

describe('series that are no short axis', () => {
  const scout = (sax: number) =>
    [0, 1, 2].map((position) =>
      slice('110', 0.999, {
        kind: 'other',
        shortAxis: false,
        series: `scout ${sax}`,
        position: String(position),
        prediction: { sax },
      }),
    );

  it('are refused by their kind, or else by the score', () => {
    const asCine = { ...PICTURE, callOthers: 'cine' } as const;
    expect(notShortAxisSummary([judgeSeries(scout(0.9), PICTURE)])).toMatchObject({
      turned: { hits: 0, n: 1 },
      reasons: [{ reason: 'not-eligible', series: 1 }],
    });
    expect(notShortAxisSummary([judgeSeries(scout(0.9), asCine), judgeSeries(scout(0.2), asCine)])).toMatchObject({
      turned: { hits: 1, n: 2 },
    });
  });

  it('are kept apart from short axes in the whole evaluation', () => {
    const slices = [...stack('110', '110', { header: '110' }), ...scout(0.9), ...scout(0.1)];
    const evaluation = modelEvaluation(
      { slices, unpredicted: 0 },
      {
        recogniser: { name: 'made up' },
        consistency: undefined,
        copies: 'assuming',
        copyOf: permutedCopy,
        speed: undefined,
        rules: RULES,
        turnWithGeometry: false,
      },
    );
    expect(evaluation.series.map(({ basis, ways, series }) => [basis, ways, series.length])).toEqual([
      ['geometry', 1, 1],
      ['picture', 8, 1],
    ]);
    expect(evaluation.notShortAxis.map(({ summary }) => [summary.turned.hits, summary.turned.n])).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(evaluation.codes.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(80);
    expect(evaluation.slices.accuracy.strict.n).toBe(10);
    for (const { parts } of evaluation.breakdowns) {
      expect(parts.reduce((sum, { measured: part }) => sum + part.strict.n, 0)).toBe(10);
    }
  });
});
