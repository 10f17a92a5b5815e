import { describe, expect, test } from 'vitest';
import type { SeriesDetail } from '../../../src/api/series-detail.ts';
import { firstCandidate, standingCode, whatLeaves } from '../../../src/page/series/what-leaves.ts';

interface Decided {
  readonly decision?: SeriesDetail['decision'];
  readonly reason?: SeriesDetail['metricReason'];
  readonly observedCode?: SeriesDetail['observedCode'];
  readonly picture?: SeriesDetail['observedCode'];
  readonly header?: SeriesDetail['observedCode'];
  readonly by?: string | null;
  readonly flags?: SeriesDetail['flags'];
  readonly result?: SeriesDetail['result'];
}

function detail({ decision = 'pass-through', reason = 'uncertain', result = null, flags = [], ...of }: Decided) {
  const decisionOnRecord = {
    decision,
    by: of.by ?? null,
    observedCode: of.observedCode ?? null,
    picture: of.picture == null ? null : { code: of.picture },
    header: of.header == null ? null : { code: of.header },
  };
  return { decision, metricReason: reason, flags, result, decisionOnRecord } as SeriesDetail;
}

const RESULT = { seriesInstanceUid: '1.2', method: 'reorient', correction: '101', instances: 3 } as const;

describe('what the right viewport shows', () => {
  test('is the result that stands, with the correction that led to it', () => {
    const turned = detail({ decision: 'standardize', reason: 'turned', observedCode: '110', result: RESULT });
    expect(standingCode(turned)).toBe('110');
    expect(whatLeaves(turned, undefined)).toMatchObject({ kind: 'result', correction: '101' });
    expect(whatLeaves(turned, '110').kind).toBe('result');
  });

  test('is a preview of a candidate that a person chose beside it, turned by its correction and not by its code', () => {
    const turned = detail({ decision: 'standardize', reason: 'turned', observedCode: '110', result: RESULT });
    expect(whatLeaves(turned, '101')).toMatchObject({ kind: 'preview', correction: '110' });
  });

  test('is a preview where nothing was turned: in observe mode, and where it is not sure', () => {
    const observing = detail({ decision: 'standardize', reason: 'turned', observedCode: '110' });
    expect(whatLeaves(observing, undefined)).toMatchObject({ kind: 'preview', correction: '101' });
    expect(whatLeaves(detail({ picture: '011', header: '001' }), undefined).correction).toBe('011');
    expect(firstCandidate(detail({ header: '001' }))).toBe('001');
    expect(firstCandidate(detail({}))).toBe('000');
  });

  test('says whose letters they are where the header contradicts the picture', () => {
    const contradicted = detail({
      reason: 'contradiction',
      flags: ['contradiction'],
      observedCode: '011',
      header: '000',
    });
    expect(whatLeaves(contradicted, undefined).note).toContain('letters by the header');
  });

  test('is what was received where that is what leaves, and no preview of a turn that nobody asked for', () => {
    for (const left of [
      detail({ reason: 'standard', observedCode: '000' }),
      detail({ reason: 'not-eligible', header: '101' }),
      detail({ reason: 'reviewed', observedCode: '101', by: 'a person' }),
    ]) {
      expect(whatLeaves(left, undefined)).toMatchObject({ kind: 'as-received', correction: '000' });
    }
  });
});
