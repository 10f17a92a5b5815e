import { describe, expect, test } from 'vitest';
import { type RouteChoices, type RoutingRule, routeFor } from '../../../src/core/routing/route.ts';

const DEFAULTS: RouteChoices = {
  mode: 'observe',
  destinations: ['pacs'],
  uidPolicy: 'derive',
  archiveOriginals: false,
};
const RULES: readonly RoutingRule[] = [
  { name: 'new scanner', when: { callingAeTitles: ['MR2'], kinds: ['cine', 'LGE'] }, choices: { mode: 'standardize' } },
  { name: 'research', when: { callingAeTitles: ['MR2'] }, choices: { destinations: [] } },
];

describe('a route', () => {
  test('is the first rule whose conditions all hold, over the defaults', () => {
    const of = (callingAeTitle: string, kind: 'cine' | 'T2') => routeFor({ callingAeTitle, kind }, RULES, DEFAULTS);
    expect(of('MR2', 'cine')).toEqual({ ...DEFAULTS, mode: 'standardize' });
    expect(of('MR2', 'T2')).toEqual({ ...DEFAULTS, destinations: [] });
    expect(of('MR1', 'cine')).toEqual(DEFAULTS);
  });

  test('a rule without conditions holds for all', () => {
    const all = [{ name: 'all', when: {}, choices: { archiveOriginals: true } }];
    expect(routeFor({ callingAeTitle: '', kind: 'other' }, all, DEFAULTS).archiveOriginals).toBe(true);
  });
});
