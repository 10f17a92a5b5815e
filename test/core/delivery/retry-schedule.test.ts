import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { causeOfError, DELIVERY_CAUSES, kindOfCause } from '../../../src/core/delivery/delivery-cause.ts';
import { longestWaitMs, nextStep, type RetrySettings, waitMs } from '../../../src/core/delivery/retry-schedule.ts';
import { NodeError } from '../../../src/core/errors.ts';

const SETTINGS: RetrySettings = {
  retrySeconds: 5,
  maxRetrySeconds: 600,
  deadAfterAttempts: { destination: 'never', unclear: 'never', instance: 5 },
};

const cause = fc.constantFrom(...DELIVERY_CAUSES);
const failures = fc.integer({ min: 0, max: 100_000 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the retry schedule', () => {
  test('doubles the wait with every failure, up to a limit', () => {
    expect([0, 1, 2, 5, 100].map((n) => waitMs(n, 0, SETTINGS))).toEqual([5000, 10_000, 20_000, 160_000, 600_000]);
  });

  test('waits a positive time that is never longer than the limit, and by chance at most a quarter shorter', () => {
    fc.assert(
      fc.property(cause, failures, random, (why, n, chance) => {
        const [step, longest] = [chance, 0].map((one) => nextStep(why, n, { random: one, settings: SETTINGS }));
        if (step?.step !== 'wait' || longest?.step !== 'wait') return;
        expect(step.milliseconds).toBeGreaterThanOrEqual(0.75 * longest.milliseconds);
        expect(step.milliseconds).toBeLessThanOrEqual(longest.milliseconds);
        expect(longest.milliseconds).toBeLessThanOrEqual(600_000);
        expect(2 * longest.milliseconds).toBeLessThanOrEqual(longestWaitMs(SETTINGS));
      }),
    );
  });

  test('gives up only what waiting cannot mend, at the fifth failure in a row', () => {
    fc.assert(
      fc.property(cause, failures, random, (why, n, chance) => {
        const { step } = nextStep(why, n, { random: chance, settings: SETTINGS });
        expect(step).toBe(kindOfCause(why) === 'instance' && n >= 4 ? 'give-up' : 'wait');
      }),
    );
  });

  test('gives the few tries of what cannot get better more than ten minutes for somebody to act', () => {
    const waits = [0, 1, 2, 3].map((n) => nextStep('mismatch', n, { random: 0.99, settings: SETTINGS }));
    const total = waits.reduce((sum, one) => sum + (one.step === 'wait' ? one.milliseconds : 0), 0);
    expect(total).toBeGreaterThan(10 * 60_000);
  });

  test('gives up what a site wants given up', () => {
    const settings: RetrySettings = {
      ...SETTINGS,
      deadAfterAttempts: { destination: 3, unclear: 1, instance: 'never' },
    };
    const step = (why: (typeof DELIVERY_CAUSES)[number], n: number) => nextStep(why, n, { random: 0, settings }).step;
    expect([step('unreachable', 1), step('unreachable', 2), step('processing-failure', 0)]).toEqual([
      'wait',
      'give-up',
      'give-up',
    ]);
    expect(step('not-understood', 1000)).toBe('wait');
  });
});

describe('the cause of an error', () => {
  test('is the one that it names, else that of its code, and never one that is held against an instance', () => {
    const error = (code: ConstructorParameters<typeof NodeError>[0]) => new NodeError(code, 'x');
    expect(causeOfError(new NodeError('destination-failed', 'x', { deliveryCause: 'timeout' }))).toBe('timeout');
    expect(causeOfError(error('destination-unreachable'))).toBe('unreachable');
    expect(causeOfError(error('destination-refused'))).toBe('association-refused');
    expect(causeOfError(error('destination-failed'))).toBe('aborted');
    for (const thrown of [error('conflict'), new TypeError('x'), undefined]) {
      expect(kindOfCause(causeOfError(thrown))).toBe('unclear');
    }
  });
});
