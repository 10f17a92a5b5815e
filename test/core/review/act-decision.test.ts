import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Flag } from '../../../src/core/decision/flags.ts';
import { inverse, ORIENTATION_CODES, observed } from '../../../src/core/orientation/d4.ts';
import { type ActPlan, planAct } from '../../../src/core/review/act-decision.ts';
import { possibleActs, type ReviewSituation } from '../../../src/core/review/possible-acts.ts';
import { REVIEW_ACTS, type ReviewAct } from '../../../src/core/review/review-acts.ts';

const anyCode = fc.constantFrom(...ORIENTATION_CODES).map(observed);
const PLANE = {
  imagePositionPatient: [0, 0, 0],
  rowCosines: [1, 0, 0],
  columnCosines: [0, 1, 0],
  rowSpacingMm: 1.4,
  columnSpacingMm: 1.4,
  rows: 20,
  columns: 24,
} as const;

/** What the node decided of a series, with or without a contradiction, carried out or not. */
const anySituation: fc.Arbitrary<ReviewSituation> = fc
  .record({
    picture: anyCode,
    header: fc.option(anyCode),
    outcome: fc.constantFrom('turned', 'passed', 'held', 'observed'),
    mode: fc.constantFrom('observe' as const, 'standardize' as const),
    obstacle: fc.option(fc.constant('BurnedInAnnotation is YES'), { nil: undefined }),
  })
  .map(({ picture, header, outcome, mode, obstacle }) => {
    const turns = (outcome === 'turned' || outcome === 'observed') && picture !== '000';
    const contradiction = header !== null && header !== picture && !turns;
    const flags: Flag[] = [
      ...(contradiction ? (['contradiction'] as const) : []),
      ...(turns && outcome === 'observed' ? (['observe'] as const) : []),
    ];
    const decision = turns ? 'standardize' : outcome === 'held' ? 'hold-for-review' : 'pass-through';
    const correction = turns ? (inverse(picture) as never) : null;
    const summary = header === null ? null : { code: header, angleDegrees: 0, side: 1, geodesicDegrees: 0 };
    return {
      standing: { decision, observedCode: picture, correction, method: 'reorient', header: summary, flags },
      pictureCode: picture,
      isTurned: turns && outcome === 'turned',
      wasSent: outcome !== 'held',
      obstacle,
      planes: [PLANE],
      mode,
    };
  });

const anyAct = fc.record({ act: fc.constantFrom(...REVIEW_ACTS), code: anyCode }).map(({ act, code }) => ({
  act: act as ReviewAct,
  code: act === 'overrule' ? code : undefined,
}));

function carriedOut(situation: ReviewSituation, plan: ActPlan): ReviewSituation {
  if (!plan.possible || plan.change === undefined || situation.standing === undefined) return situation;
  const { decision, observedCode, correction, method, flags, send } = plan.change;
  const standing = { ...situation.standing, decision, observedCode, correction, method, flags };
  return { ...situation, standing, isTurned: send === 'results', wasSent: true };
}

describe('the plan of an act', () => {
  test('turns nothing that cannot be turned, and nothing where the route only observes', () => {
    fc.assert(
      fc.property(anySituation, anyAct, (situation, ordered) => {
        const plan = planAct(ordered, situation);
        if (!plan.possible || plan.change?.send !== 'results') return;
        expect(situation.mode).toBe('standardize');
        expect(situation.obstacle).toBeUndefined();
        expect(plan.change.decision).toBe('standardize');
      }),
    );
  });

  test('is not possible where the act is not, and says why', () => {
    fc.assert(
      fc.property(anySituation, anyAct, (situation, ordered) => {
        const offered = possibleActs(situation).find(({ act }) => act === ordered.act);
        const plan = planAct(ordered, situation);
        expect(plan.why).not.toBe('');
        if (offered?.possible === false) expect(plan.possible).toBe(false);
      }),
    );
  });

  test('after any two acts, what is turned can be put back, and nothing else can', () => {
    fc.assert(
      fc.property(anySituation, anyAct, anyAct, (situation, first, second) => {
        const once = carriedOut(situation, planAct(first, situation));
        const twice = carriedOut(once, planAct(second, once));
        expect(planAct({ act: 'put-back', code: undefined }, twice).possible).toBe(twice.isTurned);
      }),
    );
  });

  test('never leaves a result in the archives that the record does not know', () => {
    fc.assert(
      fc.property(anySituation, anyAct, (situation, ordered) => {
        const plan = planAct(ordered, situation);
        if (!plan.possible || plan.change === undefined || !situation.isTurned) return;
        expect(plan.change.send).not.toBe('nothing');
      }),
    );
  });

  test('sends what is held, whatever is decided of it', () => {
    fc.assert(
      fc.property(anySituation, anyAct, (situation, ordered) => {
        const plan = planAct(ordered, situation);
        if (!plan.possible || plan.change === undefined) return;
        if (situation.standing?.decision === 'hold-for-review') expect(plan.change.send).not.toBe('nothing');
      }),
    );
  });

  test('says of every decision that a person made it', () => {
    fc.assert(
      fc.property(anySituation, anyAct, (situation, ordered) => {
        const plan = planAct(ordered, situation);
        if (!plan.possible || plan.change === undefined) return;
        expect(plan.change.flags).toContain('reviewed');
        expect(new Set(plan.change.flags).size).toBe(plan.change.flags.length);
        expect(plan.change.reason).toMatch(/^A person decided/);
      }),
    );
  });
});
