import { describe, expect, test } from 'vitest';
import { settlesFrame } from '../../src/app/series-evidence.ts';

describe('what a decision settles for the next series of its study', () => {
  const turned = { decision: 'standardize', observedCode: '101', flags: [], header: { code: '101' } };
  const lying = { ...turned, flags: ['contradiction', 'reviewed'], header: { code: '000' }, byPerson: 'anna' };

  test('a series that was turned settles its frame, whoever decided', () => {
    expect(settlesFrame(turned)).toBe(true);
    expect(settlesFrame({ ...turned, byPerson: 'anna' })).toBe(true);
  });

  test('where a person sides with the picture against the header, the plane on record tells no frame', () => {
    expect(settlesFrame({ ...lying, method: 'relabel' })).toBe(false);
    expect(settlesFrame(lying)).toBe(false);
    expect(settlesFrame({ ...lying, observedCode: '101', header: { code: '101' } })).toBe(true);
  });

  test('what a person put back settles none', () => {
    expect(settlesFrame({ ...turned, decision: 'pass-through', flags: ['reviewed'], byPerson: 'anna' })).toBe(false);
  });
});
