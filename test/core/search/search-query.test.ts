import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  comparableDate,
  comparableInteger,
  comparableTime,
  foldedName,
} from '../../../src/core/search/match-values.ts';
import { SEARCH_ATTRIBUTES, searchAttribute } from '../../../src/core/search/search-attributes.ts';
import { parseMatch } from '../../../src/core/search/search-query.ts';

const [DATE, TIME, NAME, PATIENT_ID, STUDY, NUMBER] = [
  0x00080020, 0x00080030, 0x00100010, 0x00100020, 0x0020000d, 0x00200011,
].map((tag) => searchAttribute(tag)!);

describe('what a match parameter asks for', () => {
  test.each(['', '*', '**', '  '])('%j asks for nothing, whatever the attribute', (value) => {
    for (const attribute of SEARCH_ATTRIBUTES) expect(parseMatch(attribute, value)).toBe('any');
  });

  test.each([
    ['20240131', '20240131', '20240131'],
    ['20240101-20240131', '20240101', '20240131'],
    ['20240101-', '20240101', '99991231'],
    ['-20240131', '00010101', '20240131'],
    [' 20240101 - 20240131 ', '20240101', '20240131'],
  ])('the dates %s', (value, from, to) => {
    expect(parseMatch(DATE!, value)).toEqual({ kind: 'range', from, to });
  });

  test.each(['2024', '20241301', '20240132', '-', '20240101-x', '1-2-3', 'today', '20240101-20240102-20240103'])(
    'no date is %s',
    (value) => {
      expect(parseMatch(DATE!, value)).toBeUndefined();
    },
  );

  test.each([
    ['10', '100000.000000', '105959.999999'],
    ['1030', '103000.000000', '103059.999999'],
    ['103015.5', '103015.500000', '103015.599999'],
    ['10-1130', '100000.000000', '113059.999999'],
    ['-12', '000000.000000', '125959.999999'],
  ])('the times %s', (value, from, to) => {
    expect(parseMatch(TIME!, value)).toEqual({ kind: 'range', from, to });
  });

  test('lists of UIDs, by comma or backslash', () => {
    expect(parseMatch(STUDY!, '1.2, 1.3\\1.4')).toEqual({ kind: 'one-of', uids: ['1.2', '1.3', '1.4'] });
  });

  test('numbers as numbers, and what is none not at all', () => {
    expect(parseMatch(NUMBER!, '+007')).toEqual({ kind: 'number', value: 7 });
    for (const value of ['7.5', 'x', '1e3', '9999999999999', '7*']) expect(parseMatch(NUMBER!, value)).toBeUndefined();
  });

  test('names without regard to case and accents, other text as it is', () => {
    expect(parseMatch(NAME!, 'MÜLLER^j*')).toEqual({ kind: 'pattern', pattern: 'muller^j*' });
    expect(parseMatch(PATIENT_ID!, 'Ab[1]?')).toEqual({ kind: 'pattern', pattern: 'Ab[1]?' });
    expect(parseMatch(PATIENT_ID!, 'x'.repeat(2000))).toBeUndefined();
  });

  test('folding is done once and for all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(foldedName(foldedName(name))).toBe(foldedName(name));
        expect(foldedName(`${name}^^`)).toBe(foldedName(name));
      }),
    );
  });

  test('a stored time lies within the span of every beginning of it', () => {
    const time = fc.tuple(
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 0, max: 59 }),
      fc.integer({ min: 0, max: 59 }),
      fc.integer({ min: 0, max: 999_999 }),
    );
    fc.assert(
      fc.property(time, ([hours, minutes, seconds, fraction]) => {
        const two = (value: number) => String(value).padStart(2, '0');
        const whole = `${two(hours)}${two(minutes)}${two(seconds)}.${String(fraction).padStart(6, '0')}`;
        const stored = comparableTime(whole)!.from;
        for (const length of [2, 4, 6, 8, 13]) {
          const span = comparableTime(whole.slice(0, length))!;
          expect(span.from <= stored && stored <= span.to).toBe(true);
        }
      }),
    );
  });

  test('values of headers that are nothing of the kind compare with nothing', () => {
    for (const value of ['', 'abc', '2024-01-31', '20240230x']) expect(comparableDate(value)).toBeUndefined();
    expect(comparableDate('2024.01.31')).toBe('20240131');
    for (const value of ['', '24', '1060', '10:3']) expect(comparableTime(value)).toBeUndefined();
    expect(comparableInteger('')).toBeUndefined();
  });
});

describe('the attributes that are searched', () => {
  test('are each there once, and every one that is returned always is named by a tag of its own', () => {
    const tags = SEARCH_ATTRIBUTES.map(({ tag }) => tag);
    expect(new Set(tags).size).toBe(tags.length);
  });
});
