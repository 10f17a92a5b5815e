import { describe, expect, test } from 'vitest';
import { observed } from '../../../src/core/orientation/d4.ts';
import type { ReviewAct } from '../../../src/core/review/review-acts.ts';
import { type ReviewedDecision, reviewLabel } from '../../../src/core/review/review-label.ts';

const turned = { metricReason: 'turned', observedCode: observed('101') } as const;
const standard = { metricReason: 'standard', observedCode: observed('000') } as const;
const uncertain = { metricReason: 'uncertain', observedCode: observed('010') } as const;
const byPerson = { metricReason: 'reviewed', observedCode: observed('011') } as const;

function review(act: ReviewAct, more: Partial<ReviewedDecision> = {}): ReviewedDecision {
  return { act, code: null, looked: turned, ...more };
}
const overruled = review('overrule', { code: observed('011') });

describe('what a person told of a picture', () => {
  test.each([
    ['a decision that was approved', [review('approve')], { index: 0, code: '101' }],
    ['a standard picture that was approved', [review('approve', { looked: standard })], { index: 0, code: '000' }],
    ['a person’s own code', [overruled], { index: 0, code: '011' }],
    ['the last of two codes', [overruled, review('overrule', { code: observed('110') })], { index: 1, code: '110' }],
    ['a code before sending again', [overruled, review('resend')], { index: 0, code: '011' }],
    [
      'a person’s code that was approved',
      [overruled, review('approve', { looked: byPerson })],
      { index: 0, code: '011' },
    ],
    ['the header’s code', [review('trust-header', { code: observed('110') })], { index: 0, code: '110' }],
  ] as const)('%s is a label', (_, reviews, label) => {
    expect(reviewLabel(reviews)).toEqual(label);
  });

  test.each([
    ['leaving an unsure series alone was approved', [review('approve', { looked: uncertain })]],
    ['the series was put back', [overruled, review('put-back')]],
    ['it was left as received', [overruled, review('leave-as-received')]],
    ['it was only sent again', [review('resend')]],
    ['nobody looked', []],
  ] as const)('there is no label where %s', (_, reviews) => {
    expect(reviewLabel(reviews)).toBeUndefined();
  });
});
