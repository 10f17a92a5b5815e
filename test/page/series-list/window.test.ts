import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROW_PX, rowsInView, scrolledTo } from '../../../src/page/series-list/window.ts';

const view = fc.record({ top: fc.nat(3_100_000), height: fc.integer({ min: 100, max: 2000 }) });

describe('rows of a long list', () => {
  it('take, with the room above and below, as much room as all rows would', () => {
    fc.assert(
      fc.property(view, fc.nat(100_000), (at, count) => {
        const { from, to, above, below } = rowsInView(at, count);
        expect(above + (to - from) * ROW_PX + below).toBe(count * ROW_PX);
        expect(from).toBeLessThanOrEqual(to);
      }),
    );
  });

  it('are few, however long the list', () => {
    fc.assert(
      fc.property(view, (at) => {
        const { from, to } = rowsInView(at, 100_000);
        expect(to - from).toBeLessThan(2000 / ROW_PX + 30);
      }),
    );
  });

  it('are scrolled into view and then stay', () => {
    fc.assert(
      fc.property(view, fc.nat(99_999), (at, index) => {
        const top = scrolledTo(index, at);
        expect(top).toBeLessThanOrEqual(index * ROW_PX);
        expect(scrolledTo(index, { ...at, top })).toBe(top);
        const { from, to } = rowsInView({ ...at, top }, 100_000);
        expect(index >= from && index < to).toBe(true);
      }),
    );
  });
});
