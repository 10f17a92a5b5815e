import { describe, expect, it } from 'vitest';
import { actOrder } from '../../../src/api/reviews.ts';
import { lettersToConfirm, orderFor, sameLetters } from '../../../src/page/acts/act-order.ts';

const letters = { top: 'AH', right: 'L', bottom: 'PF', left: 'R' };

function preview(after: typeof letters | null) {
  const state = {
    decision: 'standardize',
    mode: 'standardize',
    method: 'relabel',
    observedCode: '011',
    correction: '011',
    letters: after,
  } as const;
  return {
    id: 1,
    seriesInstanceUid: '1.2',
    possible: true,
    why: '',
    before: null,
    after: state,
    send: [],
    supersedes: null,
  };
}

describe('the order of an act', () => {
  it('names the series and the versions that were looked at, and nothing of what was shown', () => {
    const series = [{ id: 4, version: '9.1', label: '7 · cine · MÜLLER, ANNA' }];
    const order = orderFor({ act: 'overrule', code: '011' }, series);
    expect(order).toEqual({ act: 'overrule', code: '011', series: [{ id: 4, version: '9.1' }] });
    expect(actOrder.parse(order)).toEqual(order);
    expect(orderFor({ act: 'approve' }, series)).not.toHaveProperty('code');
  });
});

describe('letters that a person confirms', () => {
  it('are those that all pictures will have', () => {
    expect(lettersToConfirm([preview(letters), preview({ ...letters })])).toEqual(letters);
  });

  it('are none where pictures differ, or one has none', () => {
    expect(lettersToConfirm([preview(letters), preview({ ...letters, top: 'A' })])).toBeUndefined();
    expect(lettersToConfirm([preview(letters), preview(null)])).toBeUndefined();
    expect(lettersToConfirm([])).toBeUndefined();
  });

  it('may be typed small, and must all be right', () => {
    expect(sameLetters(letters, { top: ' ah', right: 'l', bottom: 'pf', left: 'r' })).toBe(true);
    expect(sameLetters(letters, { top: 'AH', right: 'R', bottom: 'PF', left: 'L' })).toBe(false);
    expect(sameLetters(letters, { top: '', right: '', bottom: '', left: '' })).toBe(false);
  });
});
