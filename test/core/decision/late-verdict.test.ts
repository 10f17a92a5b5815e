import { describe, expect, it } from 'vitest';
import { lateVerdict } from '../../../src/core/decision/late-verdict.ts';
import { decided, headerAs, pictureOf } from '../../support/decision-evidence.ts';

const TURNED = decided({ pooled: pictureOf('101'), header: headerAs('101') });
const STANDARD = decided({});
const UNCERTAIN = decided({ pooled: pictureOf('101', 0.3), header: headerAs('101') });
const CONTRADICTION = decided({ pooled: pictureOf('011') });

describe('late evidence', () => {
  it('follows where it leads to the same decision', () => {
    for (const decision of [TURNED, STANDARD, UNCERTAIN, CONTRADICTION]) {
      expect(lateVerdict(decision, decision)).toBe('follows');
    }
  });

  it('follows where it is only less sure of the same code', () => {
    expect(UNCERTAIN.observedCode).toBe('101');
    expect(lateVerdict(TURNED, UNCERTAIN)).toBe('follows');
  });

  it.each([
    ['shows another code', decided({ pooled: pictureOf('011'), header: headerAs('011') })],
    ['shows the standard picture', STANDARD],
    ['contradicts the header', CONTRADICTION],
    ['is no short axis', decided({ pooled: pictureOf('101', 0.99, { sax: 0.1 }) })],
    ['is a possible situs variant', decided({ pooled: pictureOf('001'), header: headerAs('000', 0, 0.2) })],
    ['leans to another code', decided({ pooled: pictureOf('001', 0.3), header: headerAs('001') })],
  ])('turns against a series that was turned where the stack now %s', (_, recomputed) => {
    expect(lateVerdict(TURNED, recomputed)).toBe('late-contradiction');
  });

  it('turns against a series that was left as standard and would now be turned, or contradicts', () => {
    expect(lateVerdict(STANDARD, TURNED)).toBe('late-contradiction');
    expect(lateVerdict(STANDARD, CONTRADICTION)).toBe('late-contradiction');
  });

  it('turns against a series that passed without an opinion only where it would now be turned', () => {
    expect(lateVerdict(UNCERTAIN, TURNED)).toBe('late-contradiction');
    expect(lateVerdict(UNCERTAIN, CONTRADICTION)).toBe('follows');
    expect(lateVerdict(UNCERTAIN, STANDARD)).toBe('follows');
  });

  it('does not turn against a series where nothing is known of the picture any more', () => {
    expect(lateVerdict(TURNED, decided({ pooled: undefined }))).toBe('follows');
  });

  it('has nothing to turn against while a series is held', () => {
    const held = decided({ pooled: pictureOf('011') }, { settings: { onContradiction: 'hold-for-review' } });
    expect(lateVerdict(held, TURNED)).toBe('follows');
  });
});
