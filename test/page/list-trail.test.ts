import { expect, test } from 'vitest';
import { besides } from '../../src/page/list-trail.ts';

test('beside a series lie those before and after it in the list that one came from, and none beyond its ends', () => {
  const trail = { address: '/series', ids: [7, 3, 9] };
  expect(besides(trail, 3)).toEqual({ before: 7, after: 9 });
  expect(besides(trail, 7)).toEqual({ after: 3 });
  expect(besides(trail, 9)).toEqual({ before: 3 });
  expect(besides(trail, 1)).toEqual({});
});
