import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DECISION_REASONS, type Decision, type Evidence } from '../../../src/core/decision/decision.ts';
import { FLAGS } from '../../../src/core/decision/flags.ts';
import { bestOf } from '../../../src/core/decision/fusion.ts';
import { decide } from '../../../src/core/decision/policy.ts';
import { DEFAULT_THRESHOLDS, type DecisionSettings } from '../../../src/core/decision/thresholds.ts';
import { type ImagePlane, pixelCentreLps, reorientPlane } from '../../../src/core/geometry/image-plane.ts';
import { distance } from '../../../src/core/geometry/vector.ts';
import {
  type Correction,
  compose,
  correctionFor,
  inverse,
  isMirror,
  ORIENTATION_CODES,
  type OrientationCode,
  observed,
} from '../../../src/core/orientation/d4.ts';
import { type HeaderOpinion, headerOpinion } from '../../../src/core/orientation/header-opinion.ts';
import { angleUnder, relationOf } from '../../../src/core/orientation/relation.ts';
import { SEQUENCE_KINDS } from '../../../src/core/series/sequence-kind.ts';
import { anyCode, anyPlane, anyProbabilities, standardPlane, sureOf } from '../../support/arbitraries.ts';
import { decided, headerOf, pictureOf, storedAs } from '../../support/decision-evidence.ts';

const RUNS = { numRuns: 3000 };

const anyPooled = fc.record(
  {
    probabilities: fc.oneof(
      anyProbabilities,
      fc.tuple(anyCode, fc.constantFrom(0.3, 0.7, 0.9, 0.94, 0.96, 0.99, 0.9999)).map(([code, p]) => sureOf(code, p)),
    ),
    sax: fc.constantFrom(0.2, 0.49, 0.5, 0.7, 0.9, 0.95, 1),
    angleDegrees: fc.double({ min: -60, max: 60, noNaN: true }),
    agreement: fc.constant(1),
    contradictory: fc.constantFrom(false, false, false, false, false, true),
  },
  { requiredKeys: ['probabilities', 'sax', 'agreement', 'contradictory'] },
);

/** Mostly short axes, in any storage and at any angle; some planes that are none. */
const anyStoredPlane: fc.Arbitrary<ImagePlane> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(standardPlane(180), anyCode).map(([{ plane }, code]) => storedAs(plane, code)) },
  { weight: 1, arbitrary: anyPlane },
);

const rarely = fc.integer({ min: 0, max: 11 }).map((drawn) => drawn === 7);

/** The same probabilities under other codes, so that the best of them stands to the header's code as `between` says. */
function related(
  probabilities: readonly number[],
  header: HeaderOpinion | undefined,
  between: OrientationCode | undefined,
): readonly number[] {
  if (header === undefined || between === undefined) return probabilities;
  const turn = compose(inverse(bestOf(probabilities).code), compose(between, header.code));
  return turnedBy(turn, probabilities);
}

/** The probabilities of the same picture after `turn` was done to it. */
function turnedBy(turn: OrientationCode, probabilities: readonly number[]): readonly number[] {
  return ORIENTATION_CODES.map((code) => probabilities[ORIENTATION_CODES.indexOf(compose(code, inverse(turn)))]!);
}

const anyEvidence: fc.Arbitrary<Evidence> = fc
  .record({
    kind: fc.constantFrom('cine' as const, 'cine', 'LGE', ...SEQUENCE_KINDS),
    positions: fc.integer({ min: 1, max: 14 }),
    pooled: fc.option(anyPooled, { freq: 15, nil: undefined }),
    header: fc.option(anyStoredPlane.map(headerOpinion), { freq: 10, nil: undefined }),
    settledCode: fc.option(anyCode, { freq: 1, nil: undefined }),
    // How the picture's code stands to the header's; undefined: by chance.
    between: fc.option(fc.constantFrom<OrientationCode>('000', '000', '000', '101', '110', '011', '001'), {
      freq: 4,
      nil: undefined,
    }),
    broken: rarely,
    compressed: rarely,
    mixedPlanes: rarely,
    duplicateUid: rarely,
  })
  .map(({ settledCode, between, broken, compressed, pooled, ...evidence }) => ({
    ...evidence,
    pooled: pooled && { ...pooled, probabilities: related(pooled.probabilities, evidence.header, between) },
    ...(settledCode === undefined ? {} : { settled: { code: observed(settledCode), geodesicDegrees: 8 } }),
    ...(broken ? { geometryFault: { attribute: 'PixelSpacing', fault: 'is not two positive numbers' } } : {}),
    ...(compressed ? { unturnable: { attribute: 'TransferSyntaxUID', reason: 'is compressed' } } : {}),
  }));

const anySettings: fc.Arbitrary<DecisionSettings> = fc.record({
  onUncertain: fc.constantFrom('pass-through', 'hold-for-review'),
  onContradiction: fc.constantFrom('pass-through', 'hold-for-review'),
  onMissingGeometry: fc.constantFrom('pass-through', 'hold-for-review', 'standardize'),
});

/** Checks a law on decisions of every sort. */
function holds(law: (decision: Decision, evidence: Evidence, settings: DecisionSettings) => void): void {
  fc.assert(
    fc.property(anyEvidence, anySettings, (evidence, settings) => {
      law(decide(evidence, DEFAULT_THRESHOLDS, settings), evidence, settings);
    }),
    RUNS,
  );
}

describe('every decision', () => {
  it('corrects what it observed where it standardizes, never by 000, and corrects nothing elsewhere', () => {
    let acted = 0;
    holds((decision) => {
      if (decision.decision !== 'standardize') {
        expect(decision).not.toHaveProperty('correction');
        return;
      }
      acted++;
      expect(decision.correction).not.toBe('000');
      expect(decision.correction).toBe(correctionFor(decision.observedCode!));
      expect(decision.metricReason).toBe('turned');
    });
    expect(acted).toBeGreaterThan(RUNS.numRuns / 40);
  });

  it('uses the closed lists, each flag once, and a sentence', () => {
    holds(({ flags, reason, metricReason }) => {
      expect(flags.every((flag) => (FLAGS as readonly string[]).includes(flag))).toBe(true);
      expect(new Set(flags).size).toBe(flags.length);
      expect(DECISION_REASONS).toContain(metricReason);
      expect(reason).toMatch(/\.$/);
      expect(reason).not.toMatch(/undefined|NaN/);
    });
  });

  it('turns a mirror only where a strong side asks for it, or where geometry is missing and a person asked', () => {
    holds(({ decision, observedCode, flags }, { header, geometryFault }, { onMissingGeometry }) => {
      if (decision !== 'standardize') return;
      if (header === undefined || geometryFault !== undefined) {
        expect(onMissingGeometry).toBe('standardize');
        expect(flags).toContain('no-geometry');
        return;
      }
      expect(isMirror(observedCode!)).toBe(header.side < 0);
      expect(Math.abs(header.side)).toBeGreaterThanOrEqual(DEFAULT_THRESHOLDS.sideStrong);
    });
  });

  it('never turns against a clear picture, except to the neighbour near the border', () => {
    holds(({ decision, observedCode, flags }, { pooled }) => {
      if (decision !== 'standardize' || pooled === undefined) return;
      const picture = bestOf(pooled.probabilities);
      if (picture.probability < DEFAULT_THRESHOLDS.pictureSure || picture.code === observedCode) return;
      expect(relationOf(picture.code, observedCode!)).toBe('quarter-turn');
      expect(flags).toContain('near-border');
    });
  });

  it('never leaves a picture harmful that it turned: right side, down within 60 degrees', () => {
    holds(({ decision, observedCode }, { header, geometryFault }) => {
      if (decision !== 'standardize' || header === undefined || geometryFault !== undefined) return;
      const angle = angleUnder(header, observedCode!);
      expect(angle).toBeDefined();
      expect(Math.abs(angle!)).toBeLessThanOrEqual(60);
    });
  });

  it('turns nothing that is of another kind, no short axis, mixed, duplicated or unturnable', () => {
    holds(({ decision }, { kind, pooled, mixedPlanes, duplicateUid, unturnable }) => {
      const stopped = mixedPlanes || duplicateUid || unturnable !== undefined || kind === 'other';
      if (stopped || pooled === undefined || pooled.sax! < DEFAULT_THRESHOLDS.sax)
        expect(decision).toBe('pass-through');
    });
  });

  it('turns nothing with fewer than three positions unless picture and header name the same code', () => {
    holds(({ decision, observedCode }, { positions, header, pooled }) => {
      if (decision !== 'standardize' || positions >= 3) return;
      expect([header?.code, bestOf(pooled!.probabilities).code]).toEqual([observedCode, observedCode]);
    });
  });

  it('holds only where the site chose to hold', () => {
    holds(({ decision }, _, settings) => {
      if (decision === 'hold-for-review') expect(Object.values(settings)).toContain('hold-for-review');
    });
  });

  it('is the same for the same evidence', () => {
    holds((decision, evidence, settings) => {
      expect(decide(evidence, DEFAULT_THRESHOLDS, settings)).toEqual(decision);
    });
  });
});

/** Where the first pixel ends up, and the directions: the patient frame that goes out. */
function outgoing(plane: ImagePlane, decision: Decision): ImagePlane {
  return decision.decision === 'standardize' ? reorientPlane(plane, decision.correction!) : plane;
}

describe('an honest series in all eight codes', () => {
  // Beyond 40 degrees one of the eight is already standard enough as it is stored, by the rule of least change.
  const honest = standardPlane(39.9);

  it('comes out in the same patient frame, whichever it is stored in', () => {
    fc.assert(
      fc.property(honest, fc.double({ min: 0.9, max: 0.9999, noNaN: true }), ({ plane }, probability) => {
        for (const code of ORIENTATION_CODES) {
          const stored = storedAs(plane, code);
          const decision = decided({ pooled: pictureOf(code, probability), header: headerOf(stored) });
          expect(decision.metricReason).toBe(code === '000' ? 'standard' : 'turned');
          expect(decision.flags).toEqual([]);
          const out = outgoing(stored, decision);
          expect([out.rows, out.columns]).toEqual([plane.rows, plane.columns]);
          for (const [x, y] of [
            [0, 0],
            [plane.columns - 1, 0],
            [0, plane.rows - 1],
          ] as const) {
            expect(distance(pixelCentreLps(out, x, y), pixelCentreLps(plane, x, y))).toBeLessThan(1e-9);
          }
        }
      }),
    );
  });

  it('is decided alike in all eight, up to the turn, whatever the picture says', () => {
    fc.assert(
      fc.property(honest, anyPooled, fc.integer({ min: 1, max: 5 }), ({ plane }, pooled, positions) => {
        const original = decided({ pooled, header: headerOf(plane), positions });
        for (const code of ORIENTATION_CODES) {
          const probabilities = turnedBy(code, pooled.probabilities);
          const header = headerOf(storedAs(plane, code));
          const decision = decided({ pooled: { ...pooled, probabilities }, header, positions });
          const acted = ['turned', 'standard', 'few-slices'];
          if (acted.includes(original.metricReason)) expect(acted).toContain(decision.metricReason);
          else expect(decision.metricReason).toBe(original.metricReason);
          if (decision.decision === 'standardize') expect(decision.observedCode).toBe(code);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is never turned where its header lies: the pixels were turned and the header was not', () => {
    fc.assert(
      fc.property(standardPlane(19.9), anyCode, anyCode, ({ plane }, header, pixels) => {
        fc.pre(pixels !== '000');
        const lying = headerOf(storedAs(plane, header));
        const decision = decided({ pooled: pictureOf(compose(header, pixels as Correction)), header: lying });
        expect(decision.flags).toContain('contradiction');
        expect(decision.decision).toBe('pass-through');
      }),
    );
  });

  it('is never turned where its header lies by a quarter turn, however near the border, by a picture that knows its angle', () => {
    const error = fc.double({ min: -44.9, max: 44.9, noNaN: true });
    const quarter = fc.constantFrom<OrientationCode>('101', '110');
    fc.assert(
      fc.property(standardPlane(44.9), anyCode, quarter, error, ({ plane, angleDegrees }, header, pixels, off) => {
        const pooled = pictureOf(compose(header, pixels), 0.999, { angleDegrees: angleDegrees + off });
        const decision = decided({ pooled, header: headerOf(storedAs(plane, header)) });
        expect(decision).toMatchObject({ decision: 'pass-through', flags: ['contradiction'] });
      }),
    );
  });
});
