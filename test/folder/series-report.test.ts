import { describe, expect, test } from 'vitest';
import { decisionReport, sliceReport } from '../../src/folder/series-report.ts';
import { sureOf } from '../support/arbitraries.ts';
import { decided, headerAs, pictureOf } from '../support/decision-evidence.ts';

const FILE = { file: 'a.dcm', sopInstanceUid: '1.2.3' };
const ABOUT = { seriesInstanceUid: '1.2', stackGroup: 1, kind: 'cine', mode: 'observe', pooled: undefined } as const;

describe('the report of a slice', () => {
  test('tells the angle and the most probable quality where the model does', () => {
    const quality = { heart: 0.2, 'beyond-apex': 0.5, noise: 0.3 };
    const prediction = { probabilities: sureOf('101', 0.9), sax: 0.8, angleDegrees: -7.5, quality };
    expect(sliceReport(FILE, prediction)).toEqual({
      ...FILE,
      probabilities: prediction.probabilities,
      sax: 0.8,
      angleDegrees: -7.5,
      quality: 'beyond-apex',
    });
  });

  test('leaves nothing out: what the model does not tell, and a slice that was not looked at, is null', () => {
    const unknown = { sax: null, angleDegrees: null, quality: null };
    const probabilities = sureOf('000', 0.9);
    expect(sliceReport(FILE, { probabilities })).toEqual({ ...FILE, probabilities, ...unknown });
    expect(sliceReport(FILE, undefined)).toEqual({ ...FILE, probabilities: null, ...unknown });
  });
});

describe('the report of a series', () => {
  test('tells its angle as corrected by the observed code, and the score that was judged', () => {
    const pooled = pictureOf('110', 0.999, { angleDegrees: -43, sax: 0.75 });
    const report = decisionReport(decided({ pooled, header: headerAs('000', 42) }), {
      ...ABOUT,
      slices: [],
    });
    expect(report.observedCode).toBe('000');
    expect(report.angleDegrees).toBeCloseTo(47, 9);
    expect(report.sax).toBe(0.75);
  });

  test('has neither a score nor an angle where the model has none', () => {
    const { sax: _, ...pooled } = pictureOf('000');
    const report = decisionReport(decided({ pooled }), { ...ABOUT, slices: [] });
    expect(report).toMatchObject({ sax: null, angleDegrees: null });
  });
});
