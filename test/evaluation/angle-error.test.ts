import { describe, expect, it } from 'vitest';
import type { OrientationCode } from '../../src/core/orientation/d4.ts';
import { angleErrorDegrees, angleErrorsOf } from '../../src/evaluation/angle-error.ts';
import { measured, truth } from './judged-slices.ts';

function error(code: OrientationCode, angle: number, said: { code: OrientationCode; angle: number }) {
  return angleErrorDegrees(
    measured(truth(code, { angleDegrees: angle }), said.code, { prediction: { angleDegrees: said.angle } }),
  );
}

describe('the angle error', () => {
  it('is that of code and angle together', () => {
    expect(error('000', 10, { code: '000', angle: 4 })).toBeCloseTo(6, 9);
    // Standing 44° counter-clockwise is a quarter turn counter-clockwise and 46° back.
    expect(error('000', 44, { code: '110', angle: -44 })).toBeCloseTo(2, 9);
    expect(error('000', 0, { code: '011', angle: 0 })).toBeCloseTo(180, 9);
    expect(error('001', 44, { code: '100', angle: 44 })).toBeGreaterThan(80);
  });

  it('is not told for a mirror, nor without both angles', () => {
    expect(error('000', 0, { code: '001', angle: 0 })).toBeUndefined();
    expect(angleErrorDegrees(measured(truth('000', { angleDegrees: 0 }), '000'))).toBeUndefined();
    expect(angleErrorsOf([measured(truth('000'), '000')])).toBeUndefined();
  });

  it('is summed up over slices, with mirrors apart', () => {
    const said = (subject: string, named: OrientationCode, angleDegrees: number) =>
      measured(truth('000', { angleDegrees: 0 }), named, { subject, prediction: { angleDegrees } });
    const found = angleErrorsOf([said('a', '000', 2), said('a', '000', -4), said('b', '000', 12), said('b', '001', 0)]);
    expect(found).toMatchObject({ n: 3, mirrored: 1, median: 4 });
    expect(found?.mean).toBeCloseTo(6, 9);
    expect(found?.meanInterval).toEqual([3, 12]);
  });
});
