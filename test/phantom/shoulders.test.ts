import { describe, expect, it } from 'vitest';
import { labelAt } from '../../src/phantom/anatomy.ts';
import { TISSUE } from '../../src/phantom/tissue.ts';
import { makeSubject } from '../../src/phantom/variation.ts';

const subject = makeSubject({ seed: 'shoulders' });
const at = (over: number) => (x: number, y: number) => labelAt(subject, [x, y, subject.heartCentre[2] + over], 0);

/** How many millimetres of a level are body, from side to side. */
function widthAt(over: number): number {
  const label = at(over);
  return (
    Array.from({ length: 260 }, (_, i) => label(2 * (i - 130), 10)).filter((tissue) => tissue !== TISSUE.air).length * 2
  );
}

describe('the upper end of a phantom', () => {
  it('broadens to the shoulders and narrows to the neck', () => {
    expect(widthAt(150)).toBeGreaterThan(1.1 * widthAt(40));
    expect(widthAt(220)).toBeLessThan(0.5 * widthAt(40));
  });

  it('has lungs that end below the neck, and a windpipe', () => {
    const lungAt = (over: number) => [-80, -60, -40, 40, 60, 80].some((x) => at(over)(x, 0) === TISSUE.lung);
    expect([100, 180].map(lungAt)).toEqual([true, false]);
    expect(at(180)(0, 16)).toBe(TISSUE.gas);
  });
});
