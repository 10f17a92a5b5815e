import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HARM_MARGIN_DEGREES } from '../../../src/core/decision/picture-alone.ts';
import type { PooledOpinion } from '../../../src/core/decision/pooling.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/core/decision/thresholds.ts';
import { compose, inverse, ORIENTATION_CODES, type OrientationCode } from '../../../src/core/orientation/d4.ts';
import { relationOf } from '../../../src/core/orientation/relation.ts';
import { anyCode, anyProbabilities } from '../../support/arbitraries.ts';
import { decided, headerAs, pictureOf } from '../../support/decision-evidence.ts';

const { missingGeometry, harmDegrees } = DEFAULT_THRESHOLDS;
const ASK = { settings: { onMissingGeometry: 'standardize' } } as const;

function judged(pooled: PooledOpinion, more: Parameters<typeof decided>[0] = {}) {
  return decided({ header: undefined, pooled, ...more }, ASK);
}

/** A picture torn between `code` and the one that the anatomy comes near to by turning counter-clockwise. */
function torn(code: OrientationCode, share: number, angleDegrees?: number): PooledOpinion {
  const neighbour = compose('110', code);
  const probabilities = ORIENTATION_CODES.map((each) =>
    each === code ? share : each === neighbour ? 0.999 - share : 0.001 / 6,
  );
  return pictureOf(code, 1, { probabilities, ...(angleDegrees === undefined ? {} : { angleDegrees }) });
}

describe('a picture alone that is torn between two neighbouring codes', () => {
  it.each([41, 45, 49])('is acted on by the more probable one where its angle of %d° makes both harmless', (angle) => {
    for (const code of ORIENTATION_CODES) {
      if (code === '000' || compose('110', code) === '000') continue;
      const decision = judged(torn(code, 0.6, angle));
      expect(decision).toMatchObject({
        decision: 'standardize',
        observedCode: code,
        flags: ['no-geometry', 'near-border'],
        metricReason: 'turned',
      });
      expect(decision.reason).toContain('near 45°');
    }
  });

  it.each([
    ['the more probable', torn('000', 0.6, 45)],
    ['the less probable', torn('101', 0.6, 45)],
    ['hardly probable', torn('101', 0.98, 45)],
  ])('is left alone where 000 is %s of the two', (_, pooled) => {
    expect(judged(pooled)).toMatchObject({
      decision: 'pass-through',
      observedCode: '000',
      flags: ['no-geometry', 'near-border'],
      metricReason: 'standard',
    });
    expect(Math.abs(judged(pooled).angleDegrees!)).toBeCloseTo(45, 6);
  });

  it.each([undefined, 0, 39, -45, 51])('is uncertain where its angle is %s', (angle) => {
    const decision = judged(torn('011', 0.6, angle));
    expect(decision).toMatchObject({ metricReason: 'uncertain', decision: 'pass-through' });
    expect(decision.reason).toContain('geometry header is missing, and the picture alone is not sure enough');
  });

  it('keeps a margin from what is harmful', () => {
    expect(harmDegrees - HARM_MARGIN_DEGREES).toBe(50);
  });

  it('is uncertain where its slices contradict each other, and waits for three positions', () => {
    expect(judged({ ...torn('011', 0.6, 45), contradictory: true }).metricReason).toBe('uncertain');
    expect(judged(torn('011', 0.6, 45), { positions: 2 }).metricReason).toBe('few-slices');
  });

  it('needs the consent of those instances of the stack that have geometry', () => {
    const geometryFault = { attribute: 'ImagePositionPatient', fault: 'is missing' };
    const pooled = torn('011', 0.6, 45);
    expect(judged(pooled, { geometryFault, header: headerAs('011', 44) }).decision).toBe('standardize');
    expect(judged(pooled, { geometryFault, header: headerAs('000') }).metricReason).toBe('uncertain');
  });

  it('is held where the site says so, unless it is standard enough', () => {
    const hold = { settings: { onMissingGeometry: 'hold-for-review' } } as const;
    expect(decided({ header: undefined, pooled: torn('011', 0.6, 45) }, hold).decision).toBe('hold-for-review');
    expect(decided({ header: undefined, pooled: torn('000', 0.6, 45) }, hold).metricReason).toBe('standard');
  });
});

const anyPooled: fc.Arbitrary<PooledOpinion> = fc
  .record({
    probabilities: fc.oneof(
      anyProbabilities,
      fc
        .tuple(
          anyCode,
          fc.constantFrom<OrientationCode>('110', '101', '011', '001'),
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.constantFrom(1e-4, 1e-3, 0.01),
        )
        .map(([code, between, share, rest]) =>
          ORIENTATION_CODES.map((each) => {
            const part = each === code ? share : each === compose(between, code) ? 1 - share : 0;
            return part * (1 - 6 * rest) + (part > 0 ? 0 : rest);
          }),
        )
        .map((weights) => {
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          return weights.map((weight) => weight / total);
        }),
    ),
    angleDegrees: fc.option(
      fc.oneof(fc.double({ min: 35, max: 55, noNaN: true }), fc.double({ min: -60, max: 60, noNaN: true })),
      { nil: undefined },
    ),
  })
  .map(({ probabilities, angleDegrees }) =>
    pictureOf('000', 1, { probabilities, ...(angleDegrees === undefined ? {} : { angleDegrees }) }),
  );

/** Together the probability of the codes that stand to `code` in one of these relations. */
function shareOf(probabilities: readonly number[], code: OrientationCode, relations: readonly string[]): number {
  return ORIENTATION_CODES.reduce(
    (sum, each, i) => sum + (relations.includes(relationOf(each, code)) ? (probabilities[i] as number) : 0),
    0,
  );
}

describe('every decision by the picture alone', () => {
  it('lets out a mirrored or upside-down picture with a probability below what it asks for, turned or left alone', () => {
    let acted = 0;
    fc.assert(
      fc.property(anyPooled, (pooled) => {
        const { observedCode, metricReason } = judged(pooled);
        if (metricReason !== 'turned' && metricReason !== 'standard') return;
        acted++;
        const wrong = shareOf(pooled.probabilities, observedCode!, ['mirror', 'half-turn']);
        expect(wrong).toBeLessThanOrEqual(1 - missingGeometry + 1e-12);
        const right = shareOf(pooled.probabilities, observedCode!, ['same']);
        if (pooled.angleDegrees === undefined) expect(right).toBeGreaterThanOrEqual(missingGeometry);
      }),
      { numRuns: 3000 },
    );
    expect(acted).toBeGreaterThan(100);
  });

  it('takes the same part of the two neighbours however the picture is stored, but for leaving 000 alone', () => {
    fc.assert(
      fc.property(anyPooled, anyCode, (pooled, turn) => {
        const probabilities = ORIENTATION_CODES.map(
          (code) => pooled.probabilities[ORIENTATION_CODES.indexOf(compose(code, inverse(turn)))] as number,
        );
        // Of two codes that are equally probable the first one counts.
        fc.pre(new Set(probabilities).size === 8 || Math.max(...probabilities) > 0.5);
        const before = judged(pooled);
        const after = judged({ ...pooled, probabilities });
        const sure = ['turned', 'standard'];
        expect(sure.includes(after.metricReason)).toBe(sure.includes(before.metricReason));
        const composed = compose(before.observedCode!, turn);
        if (after.observedCode === composed) return;
        // Only least change may choose the neighbour instead, and only where both are harmless.
        expect([before.observedCode, after.observedCode]).toContain('000');
        expect(before.flags).toContain('near-border');
        expect(relationOf(after.observedCode!, composed)).toBe('quarter-turn');
      }),
      { numRuns: 3000 },
    );
  });
});
