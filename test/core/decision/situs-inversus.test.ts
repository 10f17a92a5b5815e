import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compose, type OrientationCode } from '../../../src/core/orientation/d4.ts';
import { phantomPlane } from '../../../src/phantom/planes.ts';
import { makeSubject, type SubjectOptions } from '../../../src/phantom/variation.ts';
import { anyCode } from '../../support/arbitraries.ts';
import { decided, headerOf, pictureOf, storedAs } from '../../support/decision-evidence.ts';

const anySeed = fc.integer({ min: 0, max: 9999 }).map((n) => `situs ${n}`);

/** The honest header of a made-up short axis that was stored in `code`. */
function honestHeader(options: SubjectOptions, code: OrientationCode) {
  const natural = phantomPlane(makeSubject(options), { kind: 'sax', index: 4, count: 10 });
  return headerOf(storedAs(natural, code));
}

describe('an honest header', () => {
  it('of a heart that is mirrored in the patient lets no picture be turned, whatever it is taken for', () => {
    fc.assert(
      fc.property(anySeed, fc.boolean(), anyCode, anyCode, fc.boolean(), (seed, axialLike, stored, seen, settles) => {
        const header = honestHeader({ seed, axialLike, situs: 'inversus' }, stored);
        const settled = settles ? { settled: { code: header.code, geodesicDegrees: 5 } } : {};
        const decision = decided({ pooled: pictureOf(seen), header, ...settled });
        expect(decision.decision).toBe('pass-through');
      }),
      { numRuns: 500 },
    );
  });

  it('of a usual heart lets the picture be turned out of any code, mirrors too', () => {
    fc.assert(
      fc.property(anySeed, anyCode, (seed, stored) => {
        const header = honestHeader({ seed }, stored);
        expect(header.code).toBe(stored);
        const decision = decided({ pooled: pictureOf(stored), header });
        expect(decision.decision).toBe(stored === '000' ? 'pass-through' : 'standardize');
        if (stored !== '000') expect(compose(stored, decision.correction!)).toBe('000');
      }),
      { numRuns: 300 },
    );
  });
});
