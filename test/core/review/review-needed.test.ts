import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DECISION_KINDS } from '../../../src/core/decision/decision.ts';
import { FLAGS } from '../../../src/core/decision/flags.ts';
import { ANSWERING_ACTS, ASKING_FLAGS, asksForPerson, reviewNeeded } from '../../../src/core/review/review-needed.ts';
import { seriesVersion } from '../../../src/core/review/series-version.ts';

const anyFlags = fc.subarray([...FLAGS]);

describe('a person', () => {
  test('is needed for what is held, and for every flag that asks, until somebody decided or answered', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DECISION_KINDS),
        anyFlags,
        fc.boolean(),
        fc.boolean(),
        (decision, flags, byPerson, answered) => {
          const needed = reviewNeeded({ decision, flags, byPerson, answered });
          const asked = decision === 'hold-for-review' || ASKING_FLAGS.some((flag) => flags.includes(flag));
          expect(needed).toBe(asked && !byPerson && !answered);
          expect(asksForPerson(flags)).toBe(ASKING_FLAGS.some((flag) => flags.includes(flag)));
        },
      ),
    );
  });

  test('is not needed while a series arrives', () => {
    expect(reviewNeeded({ decision: null, byPerson: false, flags: ['duplicate-uid'], answered: false })).toBe(false);
  });

  test('does not answer by sending again', () => {
    expect(ANSWERING_ACTS).not.toContain('resend');
    expect(ANSWERING_ACTS).toContain('approve');
  });
});

test('the version of a series tells its decision and its last review', () => {
  const part = fc.option(fc.integer({ min: 1 }));
  fc.assert(
    fc.property(part, part, part, part, (a, b, c, d) => {
      expect(seriesVersion(a, b) === seriesVersion(c, d)).toBe(a === c && b === d);
    }),
  );
});
