import { describe, expect, it } from 'vitest';
import { compose, inverse, isMirror, ORIENTATION_CODES, observed } from '../../../src/core/orientation/d4.ts';
import { APEX_TO_BASE } from '../../../src/core/orientation/header-opinion.ts';
import { settledOpinion } from '../../../src/core/orientation/settled-frame.ts';
import { planeWithAngle, sureOf } from '../../support/arbitraries.ts';
import {
  decided,
  headerAs,
  headerOf,
  ORDINARY,
  pictureOf,
  planeAt,
  storedAs,
} from '../../support/decision-evidence.ts';

const TURNED = ORIENTATION_CODES.slice(1);
const HOLD = { settings: { onUncertain: 'hold-for-review', onContradiction: 'hold-for-review' } } as const;

describe('a series whose picture and header agree', () => {
  it.each(TURNED)('stored in %s is turned by the inverse', (code) => {
    const decision = decided({ pooled: pictureOf(code), header: headerAs(code, 12) });
    expect(decision).toMatchObject({
      decision: 'standardize',
      observedCode: code,
      correction: inverse(code),
      flags: [],
      metricReason: 'turned',
      header: { code },
    });
    expect(decision.reason).toContain(code);
    expect(decision.fused).toHaveLength(8);
  });

  it('stored in 000 is left alone as standard', () => {
    const decision = decided({});
    expect(decision).toMatchObject({
      decision: 'pass-through',
      observedCode: '000',
      flags: [],
      metricReason: 'standard',
    });
    expect(decision).not.toHaveProperty('correction');
  });

  it('is turned although the picture is not quite sure, where the header breaks the tie', () => {
    const pooled = pictureOf('011', 0.9);
    expect(decided({ pooled, header: headerAs('011') })).toMatchObject({
      decision: 'standardize',
      observedCode: '011',
    });
  });
});

describe('what is not eligible', () => {
  it('passes through where the kind is other, whatever the picture says', () => {
    const decision = decided({ kind: 'other', pooled: pictureOf('101'), header: headerAs('101') });
    expect(decision).toMatchObject({ decision: 'pass-through', flags: [], metricReason: 'not-eligible' });
  });

  it.each(['cine', 'LGE', 'T2'] as const)('is never %s as such', (kind) => {
    const decision = decided({ kind, pooled: pictureOf('101'), header: headerAs('101') });
    expect(decision.decision).toBe('standardize');
  });

  it.each([0.49, 0, Number.NaN])('passes through where the short-axis score is %d', (sax) => {
    const pooled = pictureOf('101', 0.999, { sax });
    expect(decided({ pooled, header: headerAs('101') })).toMatchObject({
      decision: 'pass-through',
      flags: ['not-short-axis'],
      metricReason: 'not-short-axis',
    });
  });

  it('has the score that was judged on record, and none by a model without one', () => {
    expect(decided({ pooled: pictureOf('101', 0.999, { sax: 0.42 }) }).sax).toBe(0.42);
    const { sax: _, ...without } = pictureOf('101');
    expect(decided({ pooled: without })).not.toHaveProperty('sax');
  });

  it('is not made eligible by a short-axis score', () => {
    expect(decided({ kind: 'other', pooled: pictureOf('101', 1, { sax: 1 }) }).metricReason).toBe('not-eligible');
  });
});

describe('a recogniser that gave no answer', () => {
  it('lets the series pass, flagged, even where the header is clear', () => {
    expect(decided({ pooled: undefined, header: headerAs('101') })).toMatchObject({
      decision: 'pass-through',
      flags: ['classifier-failed'],
      metricReason: 'classifier-failed',
      header: { code: '101' },
    });
  });

  it('is not blamed where no picture could be read', () => {
    const unturnable = { attribute: 'TransferSyntaxUID', reason: 'is compressed' };
    expect(decided({ pooled: undefined, unturnable, header: headerAs('101') })).toMatchObject({
      decision: 'pass-through',
      flags: ['cannot-reorient'],
      metricReason: 'cannot-reorient',
    });
  });

  it('lets the series pass where its probabilities are not numbers', () => {
    const pooled = pictureOf('000', 0.9, { probabilities: ORIENTATION_CODES.map(() => Number.NaN) });
    expect(decided({ pooled, header: headerAs('101') }).decision).toBe('pass-through');
  });
});

describe('a series that must not be turned', () => {
  const turned = { pooled: pictureOf('101'), header: headerAs('101') };

  it.each([
    ['duplicate-uid', { duplicateUid: true }],
    ['cannot-reorient', { unturnable: { attribute: 'TransferSyntaxUID', reason: 'is compressed' } }],
  ] as const)('passes through with the flag %s, and the picture’s code is told', (flag, evidence) => {
    const decision = decided({ ...turned, ...evidence });
    expect(decision).toMatchObject({
      decision: 'pass-through',
      observedCode: '101',
      flags: [flag],
      metricReason: flag,
    });
    expect(decision).not.toHaveProperty('correction');
  });

  it('names attribute and reason', () => {
    const unturnable = { attribute: 'BurnedInAnnotation', reason: 'is YES' };
    expect(decided({ ...turned, unturnable }).reason).toContain('BurnedInAnnotation is YES');
  });

  it('passes through with the flag mixed-planes, and nothing is concluded from a mixture', () => {
    const decision = decided({ pooled: pictureOf('101'), header: headerAs('000'), mixedPlanes: true });
    expect(decision).toMatchObject({ decision: 'pass-through', flags: ['mixed-planes'], metricReason: 'mixed-planes' });
  });

  it('is not held for review: nobody could turn it there', () => {
    const contradiction = { pooled: pictureOf('011'), header: headerAs('000'), duplicateUid: true };
    expect(decided(contradiction, HOLD)).toMatchObject({
      decision: 'pass-through',
      flags: ['duplicate-uid', 'contradiction'],
      metricReason: 'duplicate-uid',
    });
  });

  it('still counts as standard where there is nothing to turn', () => {
    const unturnable = { attribute: 'TransferSyntaxUID', reason: 'is compressed' };
    expect(decided({ unturnable })).toMatchObject({ flags: ['cannot-reorient'], metricReason: 'standard' });
  });

  it('is not blamed on the recogniser, which is not shown what cannot be turned', () => {
    const unturnable = { attribute: 'TransferSyntaxUID', reason: 'is compressed' };
    const decision = decided({ unturnable, pooled: undefined });
    expect(decision).toMatchObject({ flags: ['cannot-reorient'], metricReason: 'cannot-reorient' });
    expect(decision.reason).toBe(
      'The series cannot be turned and passes as received: TransferSyntaxUID is compressed.',
    );
  });

  it('tells only of a duplicate UID where the kind is other', () => {
    const unturnable = { attribute: 'TransferSyntaxUID', reason: 'is compressed' };
    const decision = decided({ kind: 'other', unturnable, mixedPlanes: true, duplicateUid: true });
    expect(decision).toMatchObject({ flags: ['duplicate-uid'], metricReason: 'not-eligible' });
  });
});

describe('picture and header, both sure', () => {
  const CASES = ORIENTATION_CODES.flatMap((picture) => ORIENTATION_CODES.map((header) => [picture, header] as const));

  it.each(CASES.filter(([picture, header]) => picture !== header))(
    'contradict each other: %s against %s',
    (picture, header) => {
      const evidence = { pooled: pictureOf(picture), header: headerAs(header) };
      const mirror = isMirror(picture) !== isMirror(header);
      const flags = mirror ? ['contradiction', 'possible-situs-variant'] : ['contradiction'];
      const expected = { observedCode: picture, flags, metricReason: 'contradiction' };
      expect(decided(evidence)).toMatchObject({ ...expected, decision: 'pass-through' });
      expect(decided(evidence, HOLD)).toMatchObject({ ...expected, decision: 'hold-for-review' });
      expect(decided(evidence)).not.toHaveProperty('correction');
    },
  );

  it.each(CASES.filter(([picture, header]) => picture !== header))(
    'contradict each other on few slices too: %s against %s',
    (picture, header) => {
      const evidence = { pooled: pictureOf(picture), header: headerAs(header), positions: 1 };
      expect(decided(evidence).metricReason).toBe('contradiction');
    },
  );

  it.each(ORIENTATION_CODES)('contradict each other by a half turn at any angle, stored in %s', (code) => {
    for (const angle of [-44, -30, 0, 30, 44]) {
      const evidence = { pooled: pictureOf(compose('011', code)), header: headerAs(code, angle) };
      expect(decided(evidence).metricReason).toBe('contradiction');
    }
  });
});

describe('a quarter turn between picture and header near the border', () => {
  // Anatomy that stands turned counter-clockwise may be taken for 110, and one turned clockwise for 101.
  it.each([
    ['110', 21, 'near'],
    ['110', 44, 'near'],
    ['110', 19, 'far'],
    ['110', 0, 'far'],
    ['110', -21, 'far'],
    ['110', -44, 'far'],
    ['101', -21, 'near'],
    ['101', -44, 'near'],
    ['101', -19, 'far'],
    ['101', 0, 'far'],
    ['101', 21, 'far'],
    ['101', 44, 'far'],
  ] as const)('a picture that says %s more, with the header at %i degrees, is %s', (turn, angle, expected) => {
    for (const code of ORIENTATION_CODES) {
      const decision = decided({ pooled: pictureOf(compose(turn, code)), header: headerAs(code, angle) });
      if (expected === 'far') {
        expect(decision.metricReason, code).toBe('contradiction');
        continue;
      }
      expect(decision.flags, code).toEqual(['near-border']);
      // The neighbour of a quarter turn that is stored 46 to 50 degrees off is left alone.
      const stored = headerAs(code, angle);
      const left = stored.side > 0 && Math.abs(stored.identityAngleDegrees) <= 50;
      expect(decision.observedCode, code).toBe(left ? '000' : code);
      expect(decision.decision, code).toBe(left ? 'pass-through' : 'standardize');
    }
  });

  it.each([
    ['110', -35, 15, 'near'],
    ['110', -65, 0, 'near'],
    ['110', -21, 30, 'near'],
    ['110', -25, 15, 'far'],
    ['110', -21, 0, 'far'],
    ['110', 21, 0, 'far'],
    ['101', 35, -15, 'near'],
    ['101', 65, 0, 'near'],
    ['101', 25, -15, 'far'],
    ['101', -21, 0, 'far'],
  ] as const)(
    'by the picture’s angle: %s more at %i degrees, with the header at %i, is %s',
    (turn, angle, at, expected) => {
      const pooled = pictureOf(turn, 0.999, { angleDegrees: angle });
      const decision = decided({ pooled, header: headerAs('000', at) });
      expect(decision.metricReason).toBe(expected === 'near' ? 'standard' : 'contradiction');
      expect(decision.flags).toEqual(expected === 'near' ? ['near-border'] : ['contradiction']);
    },
  );

  it('is not decided by a header that leans towards the picture’s code, where the picture’s angle belies it', () => {
    // Pixels turned by a quarter at +35 degrees: by the header they would be left 125 degrees off.
    const pooled = (angleDegrees: number) => pictureOf(compose('110', '011'), 0.999, { angleDegrees });
    const header = headerAs('011', 35);
    expect(decided({ pooled: pooled(35), header })).toMatchObject({
      decision: 'pass-through',
      flags: ['contradiction'],
      angleDifferenceDegrees: expect.closeTo(90, 6),
    });
    expect(decided({ pooled: pooled(-55), header })).toMatchObject({ observedCode: '011', flags: ['near-border'] });
  });

  it('is decided by the header where the picture is torn between the two', () => {
    const torn = ORIENTATION_CODES.map((code) => (code === '011' ? 0.4 : code === compose('101', '011') ? 0.6 : 0));
    const pooled = pictureOf('011', 1, { probabilities: torn });
    expect(decided({ pooled, header: headerAs('011', -40) })).toMatchObject({
      decision: 'standardize',
      observedCode: '011',
      flags: ['near-border'],
    });
    expect(decided({ pooled, header: headerAs('011', 0) }).metricReason).toBe('uncertain');
  });
});

describe('least change', () => {
  it.each([
    [47, '110'],
    [-47, '101'],
    [49.9, '110'],
  ] as const)('leaves a picture alone that stands at %d degrees on the right side', (angle, neighbour) => {
    const header = headerOf(planeAt(angle));
    expect(header.code).toBe(neighbour);
    for (const picture of ['000', neighbour] as const) {
      const decision = decided({ pooled: pictureOf(picture), header });
      expect(decision).toMatchObject({ decision: 'pass-through', observedCode: '000', metricReason: 'standard' });
      expect(decision.reason).toContain('left as it is');
    }
  });

  it.each([51, -51])('turns one that stands at %i degrees', (angle) => {
    const header = headerOf(planeAt(angle));
    expect(decided({ pooled: pictureOf(header.code), header })).toMatchObject({
      decision: 'standardize',
      observedCode: header.code,
    });
  });

  it('does not leave a picture on the wrong side alone, whatever its angle', () => {
    const header = headerOf(storedAs(planeAt(0), '001'));
    expect(Math.abs(header.identityAngleDegrees)).toBeLessThan(1);
    expect(decided({ pooled: pictureOf('001'), header }).decision).toBe('standardize');
  });

  it('obeys the site’s leaveAloneDegrees', () => {
    const evidence = { pooled: pictureOf('110'), header: headerOf(planeAt(47)) };
    expect(decided(evidence, { thresholds: { leaveAloneDegrees: 46 } }).decision).toBe('standardize');
  });
});

describe('a settled frame of the same patient', () => {
  const settledAt = (stored: number, settled: number) =>
    settledOpinion(planeAt(stored), planeWithAngle(APEX_TO_BASE, settled))!;

  it('wins over leaving alone, where it is the nearest code', () => {
    const evidence = { pooled: pictureOf('110'), header: headerOf(planeAt(48)), settled: settledAt(48, -40) };
    expect(decided(evidence)).toMatchObject({ decision: 'standardize', observedCode: '110' });
  });

  it('wins near the border over the header’s code, up to 60 degrees', () => {
    const near = { pooled: pictureOf('000'), header: headerOf(planeAt(40)), settled: settledAt(40, -45) };
    expect(decided(near)).toMatchObject({ decision: 'standardize', observedCode: '110', flags: ['near-border'] });
    const far = { pooled: pictureOf('000'), header: headerOf(planeAt(25)), settled: settledAt(25, -44) };
    expect(far.settled.code).toBe('110');
    expect(decided(far)).toMatchObject({ decision: 'pass-through', observedCode: '000', metricReason: 'standard' });
  });

  it('keeps a neighbour alone that the header would turn', () => {
    const header = headerOf(planeAt(55));
    const settled = settledAt(55, 44);
    expect([header.code, settled.code]).toEqual(['110', '000']);
    expect(decided({ pooled: pictureOf('110'), header, settled })).toMatchObject({
      observedCode: '000',
      decision: 'pass-through',
    });
  });

  it.each(['001', '011', '111'] as const)('never makes a mirror or half turn of a clear series: %s', (code) => {
    const settled = { code: observed(code), geodesicDegrees: 3 };
    expect(decided({ settled }).metricReason).toBe('standard');
  });
});

describe('a weak side', () => {
  it.each([0.84, 0.6, 0.2, -0.2, -0.6, -0.84])('turns nothing at %d', (side) => {
    for (const code of ORIENTATION_CODES) {
      const stored = storedAs(planeAt(0, Math.abs(side)), side < 0 ? '001' : '000');
      const decision = decided({ pooled: pictureOf(code), header: headerOf(stored) }, HOLD);
      expect(decision.decision).toBe('pass-through');
      const variant = isMirror(code) || side < 0;
      expect(decision.flags).toEqual([variant ? 'possible-situs-variant' : 'not-short-axis']);
    }
  });

  it('makes no situs variant of a picture that is not sure', () => {
    const header = headerAs('000', 0, 0.2);
    expect(decided({ pooled: pictureOf('001', 0.9), header }).flags).toEqual(['not-short-axis']);
    const contradictory = pictureOf('001', 0.99, { contradictory: true });
    expect(decided({ pooled: contradictory, header }).flags).toEqual(['not-short-axis']);
  });

  it('leaves situs inversus with an honest header alone: the normal of a mirrored heart', () => {
    const header = headerOf({ ...planeAt(0), ...planeWithAngle([0.63, 0.66, 0.41], 10) });
    expect(header.side).toBeCloseTo(0.2, 1);
    expect(decided({ pooled: pictureOf('001'), header })).toMatchObject({
      decision: 'pass-through',
      flags: ['possible-situs-variant'],
      metricReason: 'possible-situs-variant',
    });
  });
});

describe('a picture that is not sure', () => {
  it.each([0.2, 0.5, 0.7])('passes through, or is held where the site says so, at %d', (probability) => {
    const evidence = { pooled: pictureOf('101', probability), header: headerAs('000') };
    expect(decided(evidence)).toMatchObject({
      decision: 'pass-through',
      flags: ['uncertain'],
      metricReason: 'uncertain',
    });
    expect(decided(evidence, HOLD)).toMatchObject({ decision: 'hold-for-review', flags: ['uncertain'] });
  });

  it('is not turned by a header alone', () => {
    const flat = pictureOf('000', 1 / 8);
    for (const code of ORIENTATION_CODES) {
      expect(decided({ pooled: flat, header: headerAs(code) }).metricReason).toBe('uncertain');
    }
  });

  it('is uncertain where the picture rejects the header’s code', () => {
    const probabilities = ORIENTATION_CODES.map((code) => (code === '000' ? 0.01 : code === '001' ? 0.94 : 0.05 / 6));
    expect(decided({ pooled: pictureOf('001', 1, { probabilities }) }).metricReason).toBe('uncertain');
  });

  it('obeys the site’s reject threshold, though the fused opinion is sure', () => {
    const evidence = { pooled: pictureOf('101', 0.6), header: headerAs('101') };
    expect(decided(evidence).decision).toBe('standardize');
    expect(decided(evidence, { thresholds: { reject: 0.61 } }).metricReason).toBe('uncertain');
  });

  it('is uncertain, and contradicts nobody, where its slices contradict each other', () => {
    const pooled = pictureOf('011', 0.999, { contradictory: true });
    expect(decided({ pooled, header: headerAs('000') }).flags).toEqual(['uncertain']);
  });

  it('is uncertain where its slices contradict each other, however sure they are together', () => {
    const pooled = pictureOf('101', 0.999, { contradictory: true });
    const decision = decided({ pooled, header: headerAs('101') });
    expect(decision).toMatchObject({ decision: 'pass-through', flags: ['uncertain'] });
    expect(decision.reason).toContain('slices contradict');
  });
});

describe('few slice positions', () => {
  it.each([1, 2])('are acted on where the header agrees: %i', (positions) => {
    for (const code of TURNED) {
      expect(decided({ positions, pooled: pictureOf(code), header: headerAs(code) }).decision).toBe('standardize');
    }
  });

  it.each([1, 2])('are not where the header only decides near the border: %i', (positions) => {
    const pooled = pictureOf(compose('101', '011'));
    const evidence = { pooled, header: headerAs('011', -40) };
    expect(decided({ ...evidence, positions })).toMatchObject({
      decision: 'pass-through',
      flags: ['few-slices', 'near-border'],
      metricReason: 'few-slices',
    });
    expect(decided({ ...evidence, positions: 3 }).decision).toBe('standardize');
  });

  it('are not acted on for a settled neighbour that the header does not name itself', () => {
    const settled = settledOpinion(planeAt(40), planeWithAngle(APEX_TO_BASE, -45))!;
    const evidence = { pooled: pictureOf('110'), header: headerOf(planeAt(40)), settled };
    expect(decided({ ...evidence, positions: 2 }).metricReason).toBe('few-slices');
    expect(decided({ ...evidence, positions: 3 }).metricReason).toBe('turned');
  });

  it('are standard where there is nothing to turn', () => {
    expect(decided({ positions: 1 })).toMatchObject({ metricReason: 'standard', flags: [] });
  });
});

describe('missing or broken geometry', () => {
  const missing = { header: undefined };
  const ask = { settings: { onMissingGeometry: 'standardize' } } as const;
  const hold = { settings: { onMissingGeometry: 'hold-for-review' } } as const;

  it('passes through by default, and tells what the picture says', () => {
    expect(decided({ ...missing, pooled: pictureOf('011') })).toMatchObject({
      decision: 'pass-through',
      observedCode: '011',
      flags: ['no-geometry'],
      metricReason: 'no-geometry',
    });
  });

  it('names the attribute, and takes no word of a header whose stack is broken elsewhere', () => {
    const geometryFault = { attribute: 'ImageOrientationPatient', fault: 'is not six finite numbers' };
    const decision = decided({ geometryFault, header: headerAs('011'), pooled: pictureOf('011') });
    expect(decision).toMatchObject({ decision: 'pass-through', flags: ['no-geometry'] });
    expect(decision).not.toHaveProperty('header');
    expect(decision.reason).toContain('ImageOrientationPatient is not six finite numbers');
  });

  it('is held where the site says so, unless the picture is surely standard', () => {
    expect(decided({ ...missing, pooled: pictureOf('011') }, hold).decision).toBe('hold-for-review');
    expect(decided({ ...missing, pooled: pictureOf('000') }, hold)).toMatchObject({
      decision: 'pass-through',
      flags: ['no-geometry'],
      metricReason: 'standard',
    });
  });

  it.each(TURNED)('is acted on by the picture alone where a person asked for it: %s', (code) => {
    expect(decided({ ...missing, pooled: pictureOf(code) }, ask)).toMatchObject({
      decision: 'standardize',
      observedCode: code,
      correction: inverse(code),
      flags: ['no-geometry'],
    });
  });

  it('needs a higher threshold then', () => {
    expect(decided({ ...missing, pooled: pictureOf('011', 0.94) }, ask)).toMatchObject({
      decision: 'pass-through',
      flags: ['no-geometry', 'uncertain'],
    });
    expect(decided({ ...missing, pooled: pictureOf('011', 0.99, { contradictory: true }) }, ask).metricReason).toBe(
      'uncertain',
    );
    expect(decided({ ...missing, pooled: pictureOf('000') }, ask).metricReason).toBe('standard');
  });

  it('needs a higher short-axis score then: no header tells a scout by its plane', () => {
    const picture = (sax: number) => decided({ ...missing, pooled: pictureOf('011', 0.99, { sax }) }, ask);
    expect(picture(0.84)).toMatchObject({ decision: 'pass-through', flags: ['not-short-axis', 'no-geometry'] });
    expect(picture(0.85).decision).toBe('standardize');
  });

  it('is held or passed for want of geometry at a low short-axis score too, and then never called standard', () => {
    const unlike = (code: '000' | '011') => ({ ...missing, pooled: pictureOf(code, 0.99, { sax: 0.7 }) });
    expect(decided(unlike('011')).metricReason).toBe('no-geometry');
    expect(decided(unlike('000')).metricReason).toBe('no-geometry');
    expect(decided(unlike('000'), hold)).toMatchObject({ decision: 'hold-for-review', metricReason: 'no-geometry' });
    expect(decided(unlike('000'), ask).metricReason).toBe('not-short-axis');
  });

  it('needs the consent of those instances of the stack that have geometry', () => {
    const geometryFault = { attribute: 'ImagePositionPatient', fault: 'is missing' };
    const broken = { geometryFault, pooled: pictureOf('001') };
    expect(decided({ ...broken, header: headerAs('001') }, ask).decision).toBe('standardize');
    for (const header of [headerAs('000'), headerAs('101'), headerAs('001', 0, 0.5)]) {
      expect(decided({ ...broken, header }, ask)).toMatchObject({
        decision: 'pass-through',
        flags: ['no-geometry', 'uncertain'],
        metricReason: 'uncertain',
      });
    }
  });

  it('needs three slice positions too', () => {
    expect(decided({ ...missing, pooled: pictureOf('011'), positions: 2 }, ask)).toMatchObject({
      decision: 'pass-through',
      flags: ['no-geometry', 'few-slices'],
    });
  });

  it('is told beside what else stops the series', () => {
    expect(decided({ ...missing, pooled: undefined }).flags).toEqual(['classifier-failed', 'no-geometry']);
    expect(decided({ ...missing, pooled: pictureOf('000', 1, { sax: 0 }) }).flags).toEqual([
      'not-short-axis',
      'no-geometry',
    ]);
    expect(decided({ ...missing, mixedPlanes: true }).flags).toEqual(['mixed-planes', 'no-geometry']);
  });
});

describe('the reason', () => {
  it('is a plain sentence in every case', () => {
    const reasons = [
      decided({}),
      decided({ kind: 'other' }),
      decided({ pooled: undefined }),
      decided({ header: undefined }),
      decided({ pooled: pictureOf('101') }),
      decided({ pooled: { ...ORDINARY.pooled!, probabilities: sureOf('001', 0.5) } }),
      decided({ mixedPlanes: true }),
      decided({ duplicateUid: true }),
    ].map(({ reason }) => reason);
    for (const reason of reasons) expect(reason).toMatch(/^[A-Z].*[a-z].*\.$/);
    expect(new Set(reasons).size).toBe(reasons.length);
  });
});
