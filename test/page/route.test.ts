import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routeOf } from '../../src/page/route.ts';

describe('the address of the page', () => {
  it('names a view, with or without a slash at its end', () => {
    expect(routeOf('/')).toEqual({ view: 'overview' });
    expect(routeOf('/series')).toEqual({ view: 'series-list' });
    expect(routeOf('/series/')).toEqual({ view: 'series-list' });
    expect(routeOf('/series/12')).toEqual({ view: 'series', id: 12 });
    expect(routeOf('/batches/3/')).toEqual({ view: 'batch', id: 3 });
    expect(routeOf('/delivery')).toEqual({ view: 'delivery' });
    expect(routeOf('/audit')).toEqual({ view: 'audit' });
    expect(routeOf('/sign-in')).toEqual({ view: 'sign-in' });
  });

  it('names nothing where an id is none', () => {
    for (const path of [
      '/series/0',
      '/series/-1',
      '/series/1.5',
      '/series/x',
      '/series/1/2',
      '/constructor',
      '/batch',
    ]) {
      expect(routeOf(path)).toEqual({ view: 'nowhere' });
    }
  });

  it('is read whatever it is', () => {
    fc.assert(fc.property(fc.string(), (path) => routeOf(`/${path}`).view !== undefined));
  });
});
