import { describe, expect, it } from 'vitest';
import { headAt } from '../../src/phantom/head.ts';
import { TISSUE } from '../../src/phantom/tissue.ts';
import { makeSubject } from '../../src/phantom/variation.ts';

const label = headAt(makeSubject({ seed: 'head' }));

describe('a made-up head', () => {
  it('has brain inside a skull inside the scalp, and air around it', () => {
    expect([TISSUE.greyMatter, TISSUE.whiteMatter]).toContain(label([40, 0, 30]));
    const outwards = Array.from({ length: 60 }, (_, i) => label([0, 60 + i, 0]));
    const met = outwards.filter((tissue, i) => i === 0 || tissue !== outwards[i - 1]).slice(-4);
    expect(met).toEqual([TISSUE.clearFluid, TISSUE.bone, TISSUE.fat, TISSUE.air]);
  });

  it('has two eyes in front and two lateral ventricles', () => {
    for (const side of [-1, 1]) {
      expect(label([side * 32, -78, -34])).toBe(TISSUE.clearFluid);
      expect(label([side * 10, 0, 12])).toBe(TISSUE.clearFluid);
    }
  });

  it('has no heart', () => {
    const heart = new Set<number>([TISSUE.leftVentricle, TISSUE.myocardium, TISSUE.rightVentricle]);
    for (let x = -100; x <= 100; x += 10) {
      for (let z = -150; z <= 100; z += 10) expect(heart.has(label([x, 5, z]))).toBe(false);
    }
  });
});
