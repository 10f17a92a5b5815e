import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DeliveryFacts,
  type InstanceFacts,
  type RetentionLimits,
  removable,
  type SeriesFacts,
} from '../../../src/core/retention/retention-policy.ts';

const delivery: fc.Arbitrary<DeliveryFacts> = fc.record({
  destination: fc.constantFrom('archive', 'web'),
  isSafe: fc.boolean(),
  isSuperseded: fc.boolean(),
});
/** Mostly safe, so that something may often go. */
const safeDelivery = fc.record({
  destination: fc.constantFrom('archive', 'web'),
  isSafe: fc.constant(true),
  isSuperseded: fc.constant(false),
});

function instance(deliveries: fc.Arbitrary<DeliveryFacts>, isDecided: fc.Arbitrary<boolean>) {
  return fc.record({
    id: fc.nat(1000),
    isDecided,
    isRemoved: fc.boolean(),
    results: fc.uniqueArray(fc.record({ id: fc.nat(1000), isRemoved: fc.boolean() }), {
      maxLength: 3,
      selector: ({ id }) => id,
    }),
    deliveries: fc.array(deliveries, { maxLength: 4 }),
  });
}

const time = fc.nat(1000);
const limits: fc.Arbitrary<RetentionLimits> = fc.record({
  copiesBefore: fc.option(time, { freq: 4 }),
  originalsOfTurnedBefore: fc.option(time, { freq: 2 }),
});
function series(
  instances: fc.Arbitrary<readonly InstanceFacts[]>,
  yes: fc.Arbitrary<boolean>,
  no: fc.Arbitrary<boolean>,
) {
  return fc.record({
    isDecided: yes,
    isHeld: no,
    needsReview: no,
    isInBatch: no,
    lastTouchedAt: time,
    instances,
  });
}
const anySeries: fc.Arbitrary<SeriesFacts> = fc.oneof(
  series(fc.array(instance(delivery, fc.boolean()), { maxLength: 4 }), fc.boolean(), fc.boolean()),
  series(
    fc.array(instance(safeDelivery, fc.constant(true)), { minLength: 1, maxLength: 4 }),
    fc.constant(true),
    fc.constant(false),
  ),
);

function nothing(facts: SeriesFacts, within: RetentionLimits): void {
  expect(removable(facts, within)).toEqual({ instances: [], results: [] });
}

const DONE: SeriesFacts = {
  isDecided: true,
  isHeld: false,
  needsReview: false,
  isInBatch: false,
  lastTouchedAt: 100,
  instances: [
    {
      id: 1,
      isDecided: true,
      isRemoved: false,
      results: [],
      deliveries: [{ destination: 'archive', isSafe: true, isSuperseded: false }],
    },
  ],
};
const TURNED: SeriesFacts = {
  ...DONE,
  instances: DONE.instances.map((one) => ({ ...one, results: [{ id: 7, isRemoved: false }] })),
};
const ALL: RetentionLimits = { copiesBefore: 200, originalsOfTurnedBefore: 200 };
const COPIES: RetentionLimits = { copiesBefore: 200, originalsOfTurnedBefore: null };

describe('what may be removed', () => {
  it('is what passed through and arrived everywhere, once its time is over', () => {
    expect(removable(DONE, COPIES)).toEqual({ instances: [1], results: [] });
    nothing(DONE, { ...ALL, copiesBefore: 99 });
    nothing(DONE, { ...ALL, copiesBefore: null });
  });

  it('is of a turned series the results, and the originals only where the site says so', () => {
    expect(removable(TURNED, COPIES)).toEqual({ instances: [], results: [7] });
    expect(removable(TURNED, { ...ALL, originalsOfTurnedBefore: 99 })).toEqual({ instances: [], results: [7] });
    expect(removable(TURNED, ALL)).toEqual({ instances: [1], results: [7] });
  });

  it('is nothing of a series that arrives, is held, waits for a person or is in a batch', () => {
    for (const state of [{ isDecided: false }, { isHeld: true }, { needsReview: true }, { isInBatch: true }]) {
      nothing({ ...DONE, ...state }, ALL);
      nothing({ ...TURNED, ...state }, ALL);
    }
    fc.assert(
      fc.property(anySeries, limits, (facts, within) => {
        if (!facts.isDecided || facts.isHeld || facts.needsReview || facts.isInBatch) nothing(facts, within);
      }),
    );
  });

  it('is nothing of a series of which one delivery to one destination is not safe', () => {
    fc.assert(
      fc.property(anySeries, limits, (facts, within) => {
        const unsafe = facts.instances.some(({ deliveries }) =>
          deliveries.some(({ isSafe, isSuperseded }) => !isSafe && !isSuperseded),
        );
        if (unsafe) nothing(facts, within);
      }),
    );
  });

  it('is nothing of a series with an instance that went nowhere, or only by a decision that no longer stands', () => {
    fc.assert(
      fc.property(anySeries, limits, (facts, within) => {
        if (facts.instances.some(({ deliveries }) => deliveries.every(({ isSuperseded }) => isSuperseded))) {
          nothing(facts, within);
        }
      }),
    );
  });

  it('is never the original of a series that was ever turned, unless the site says so and its time is over', () => {
    fc.assert(
      fc.property(anySeries, limits, (facts, within) => {
        const isTurned = facts.instances.some(({ results }) => results.length > 0);
        const allowed = within.originalsOfTurnedBefore ?? Number.NEGATIVE_INFINITY;
        if (isTurned && facts.lastTouchedAt > allowed) expect(removable(facts, within).instances).toEqual([]);
      }),
    );
  });

  it('is of an original never more than of its results: nothing derived outlives its source', () => {
    fc.assert(
      fc.property(anySeries, limits, (facts, within) => {
        const { instances, results } = removable(facts, within);
        if (instances.length === 0) return;
        const left = facts.instances.flatMap((one) => one.results.filter(({ isRemoved }) => !isRemoved));
        expect(results.toSorted()).toEqual(left.map(({ id }) => id).toSorted());
      }),
    );
  });

  it('is nothing that was touched later than the limit, and nothing that was removed before', () => {
    fc.assert(
      fc.property(anySeries, limits, (facts, within) => {
        const chosen = removable(facts, within);
        if (facts.lastTouchedAt > (within.copiesBefore ?? Number.NEGATIVE_INFINITY)) nothing(facts, within);
        const there = facts.instances.filter(({ isRemoved }) => !isRemoved).map(({ id }) => id);
        for (const id of chosen.instances) expect(there).toContain(id);
      }),
    );
  });
});
