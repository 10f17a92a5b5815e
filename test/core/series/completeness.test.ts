import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AcquisitionProgress, seriesReadyAt } from '../../../src/core/series/completeness.ts';

const settings = { quietSeconds: 30, maxWaitSeconds: 600 };
const times = { firstReceivedAt: 1_000_000, lastReceivedAt: 1_200_000 };

function progress(acquisitions: readonly AcquisitionProgress[], hasUnannounced = false) {
  return { ...times, acquisitions: new Map(acquisitions.map((one, index) => [index + 1, one])), hasUnannounced };
}

describe('a series', () => {
  it('is ready with its last instance once every acquisition has the images that it announced', () => {
    const reached = progress([
      { announced: 20, received: 20 },
      { announced: 12, received: 13 },
    ]);
    expect(seriesReadyAt(reached, settings)).toEqual({ at: times.lastReceivedAt, because: 'images-in-acquisition' });
  });

  it('waits for quiet while one acquisition lacks images', () => {
    const lacking = progress([
      { announced: 20, received: 20 },
      { announced: 20, received: 19 },
    ]);
    expect(seriesReadyAt(lacking, settings)).toEqual({ at: times.lastReceivedAt + 30_000, because: 'quiet' });
  });

  it('is not cut in two by a pause of its sender, though a site wants to wait for nothing', () => {
    const impatient = { ...settings, quietSeconds: 0 };
    const waited = (acquisitions: AcquisitionProgress[]) =>
      seriesReadyAt(progress(acquisitions), impatient).at - times.lastReceivedAt;
    expect(waited([{ announced: 20, received: 20 }])).toBe(0);
    expect(waited([{ received: 19 }])).toBe(250);
    expect(waited([{ announced: 20, received: 19 }])).toBe(2000);
  });

  it.each([
    ['no acquisition number', progress([{ announced: 20, received: 20 }], true)],
    ['an acquisition that announced nothing', progress([{ received: 20 }])],
    ['an announcement of zero images', progress([{ announced: 0, received: 20 }])],
    ['no acquisition at all', progress([])],
  ])('relies on no count where there is %s', (_, uncounted) => {
    expect(seriesReadyAt(uncounted, settings).because).toBe('quiet');
  });

  it('is ready when the time budget after the first instance is used up, though instances still trickle in', () => {
    const trickling = { ...progress([]), lastReceivedAt: times.firstReceivedAt + 590_000 };
    expect(seriesReadyAt(trickling, settings)).toEqual({ at: times.firstReceivedAt + 600_000, because: 'time-budget' });
  });

  it('is ready at a finite time that is no later than the quiet period and no later than the budget', () => {
    const acquisition = fc.record({ announced: fc.option(fc.integer(), { nil: undefined }), received: fc.nat() });
    fc.assert(
      fc.property(
        fc.array(acquisition),
        fc.boolean(),
        fc.nat(),
        fc.record({ quietSeconds: fc.nat(3600), maxWaitSeconds: fc.nat(36_000) }),
        (acquisitions, hasUnannounced, duration, limits) => {
          const lastReceivedAt = times.firstReceivedAt + duration;
          const { at, because } = seriesReadyAt({ ...progress(acquisitions, hasUnannounced), lastReceivedAt }, limits);
          expect(Number.isFinite(at)).toBe(true);
          expect(at).toBeLessThanOrEqual(lastReceivedAt + Math.max(limits.quietSeconds * 1000, 2000));
          if (because !== 'images-in-acquisition') {
            expect(at).toBeLessThanOrEqual(times.firstReceivedAt + limits.maxWaitSeconds * 1000);
          }
        },
      ),
    );
  });
});
