import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SERIES_ORDERS, type SeriesFilter, seriesQuery } from '../../../src/api/series.ts';
import {
  CHOICES,
  filterInWords,
  filterOf,
  type ListQuery,
  listAddress,
  listQueryOf,
  withFilter,
} from '../../../src/page/series-list/series-filter.ts';

const text = fc.string({ minLength: 1, maxLength: 60 }).filter((value) => value === value.trim() && value !== '');
const moment = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const oneOf = (choices: readonly { readonly value: string }[]) => fc.constantFrom(...choices.map(({ value }) => value));
const query = fc.record(
  {
    text,
    scanner: text,
    station: text,
    study: text,
    from: moment,
    to: moment,
    kind: oneOf(CHOICES.kind),
    code: oneOf(CHOICES.code),
    decision: oneOf(CHOICES.decision),
    reason: oneOf(CHOICES.reason),
    flag: oneOf(CHOICES.flag),
    delivery: oneOf(CHOICES.delivery),
    review: oneOf(CHOICES.review),
    confidenceFrom: fc.double({ min: 0, max: 1, noNaN: true }).map((number) => number + 0),
    order: fc.constantFrom('confidence', 'code', 'scanner', 'kind', 'decision'),
    descending: fc.constant(false),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<ListQuery>;

describe('the filter of the series list', () => {
  it('comes back from its own address', () => {
    fc.assert(
      fc.property(query, (asked) => {
        expect(listQueryOf(new URL(listAddress(asked), 'http://node').search)).toEqual(asked);
      }),
    );
  });

  it('is nothing that the node would refuse, whatever the address says', () => {
    const value = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('000', '1.5', '-1', 'NaN', 'today', 'false'));
    const names = fc.constantFrom(
      ...Object.keys(seriesQuery.shape).filter((name) => !['limit', 'cursor'].includes(name)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(names, value), { maxLength: 8 }), (pairs) => {
        const asked = listQueryOf(`?${new URLSearchParams(pairs)}`);
        const sent = Object.fromEntries(Object.entries(asked).map(([name, one]) => [name, String(one)]));
        expect(seriesQuery.safeParse(sent).error).toBeUndefined();
      }),
    );
  });

  it('can be set and taken away', () => {
    const set = withFilter({ text: 'a' }, 'code', '011');
    expect(set).toEqual({ text: 'a', code: '011' });
    expect(withFilter(set, 'code', undefined)).toEqual({ text: 'a' });
    expect(withFilter(set, 'text', '')).toEqual({ code: '011' });
  });

  it('leaves the order out where only the filter counts', () => {
    expect(filterOf({ text: 'a', order: 'code', descending: false })).toEqual({ text: 'a' });
  });

  it('is told in words', () => {
    const filter: SeriesFilter = { scanner: 'MR1', decision: 'standardize', code: '011' };
    expect(filterInWords(filter)).toBe('scanner MR1 · decision turned · code 011 half turn');
    expect(filterInWords({})).toBe('all series');
  });

  it('knows every order', () => {
    for (const order of SERIES_ORDERS) expect(listQueryOf(`?order=${order}`).order ?? 'received').toBe(order);
  });
});
