import { describe, expect, test } from 'vitest';
import { isOpenAt, parseTimeWindow } from '../../../src/core/delivery/time-window.ts';

const SUNDAY = 0;
const MONDAY = 1;
const FRIDAY = 5;
const SATURDAY = 6;

function open(windows: readonly string[], day: number, time: string): boolean {
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  const parsed = windows.map(parseTimeWindow).filter((one) => one !== undefined);
  expect(parsed).toHaveLength(windows.length);
  return isOpenAt(parsed, { day, minute: hours * 60 + minutes });
}

describe('time windows', () => {
  test('are always open where there are none', () => {
    expect(open([], MONDAY, '12:00')).toBe(true);
  });

  test('include their first minute and not their last', () => {
    const at = (time: string) => open(['08:00-17:00'], MONDAY, time);
    expect([at('07:59'), at('08:00'), at('16:59'), at('17:00')]).toEqual([false, true, true, false]);
  });

  test('may go past midnight, into the day after one of theirs', () => {
    const windows = ['Mon-Fri 18:00-06:00'];
    expect(open(windows, FRIDAY, '18:00')).toBe(true);
    expect(open(windows, SATURDAY, '05:59')).toBe(true);
    expect(open(windows, SATURDAY, '18:00')).toBe(false);
    expect(open(windows, MONDAY, '05:00')).toBe(false);
  });

  test('add up, and a whole day is one', () => {
    const windows = ['Mon-Fri 18:00-06:00', 'Sat,Sun 00:00-24:00'];
    expect(open(windows, SUNDAY, '23:59')).toBe(true);
    expect(open(windows, SATURDAY, '12:00')).toBe(true);
    expect(open(windows, MONDAY, '06:00')).toBe(false);
  });

  test('may name days around the end of the week', () => {
    expect(parseTimeWindow('Fri-Mon 01:00-02:00')?.days).toEqual([5, 6, 0, 1]);
  });

  test.each([
    '',
    '8:00-17:00',
    '08:00',
    '08:00-25:00',
    '08:60-09:00',
    '24:00-06:00',
    '08:00-08:00',
    'Mo 08:00-09:00',
    'Mon-Tue-Wed 08:00-09:00',
    'Mon, 08:00-09:00',
    'Mon-Fri08:00-09:00',
  ])('are not written %j', (text) => {
    expect(parseTimeWindow(text)).toBeUndefined();
  });
});
