import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiskSample, hoursUntilFull, withSample } from '../../../src/core/retention/disk-forecast.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 1);

/** Every hour, with so many bytes less each time. */
function filling(hours: number, perHour: number, from = 1000): DiskSample[] {
  return Array.from({ length: hours + 1 }, (_, i) => ({ at: START + i * HOUR, freeBytes: from - i * perHour }));
}

describe('the forecast of the disk', () => {
  it('tells in how many hours the reserve is reached, at the rate so far', () => {
    expect(hoursUntilFull(filling(10, 10), 100)).toBeCloseTo((900 - 100) / 10);
    expect(hoursUntilFull(filling(10, 10), 0)).toBeCloseTo(90);
  });

  it('looks at the last 24 hours only', () => {
    const quiet = filling(48, 0);
    const busy = Array.from({ length: 25 }, (_, i) => ({ at: START + (48 + i) * HOUR, freeBytes: 1000 - i * 10 }));
    expect(hoursUntilFull([...quiet, ...busy], 0)).toBeCloseTo(76);
  });

  it('says nothing of a disk that does not fill, or that was not watched for an hour', () => {
    expect(hoursUntilFull([], 0)).toBeNull();
    expect(hoursUntilFull(filling(5, 0), 0)).toBeNull();
    expect(hoursUntilFull(filling(5, -10), 0)).toBeNull();
    const moment = [START, START + HOUR / 2].map((at, i) => ({ at, freeBytes: 1000 - i * 500 }));
    expect(hoursUntilFull(moment, 0)).toBeNull();
  });

  it('is zero where the reserve is reached, however short it was watched', () => {
    expect(hoursUntilFull([{ at: START, freeBytes: 100 }], 100)).toBe(0);
  });

  it('is never negative, and survives a clock that is put back', () => {
    const sample = fc.record({ at: fc.nat(200).map((hours) => START + hours * HOUR), freeBytes: fc.nat(10_000) });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 40 }), fc.nat(10_000), (samples, reserve) => {
        const kept = samples.reduce<readonly DiskSample[]>(withSample, []);
        expect(kept.map(({ at }) => at)).toEqual(kept.map(({ at }) => at).toSorted((a, b) => a - b));
        expect(hoursUntilFull(kept, reserve) ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
