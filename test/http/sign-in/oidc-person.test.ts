import { describe, expect, test } from 'vitest';
import { nameOf, roleOf } from '../../../src/http/sign-in/oidc-person.ts';

const roles = { viewer: ['staff'], reviewer: ['cmr'], administrator: ['pacs', 'it'] };

describe('who a provider says that somebody is', () => {
  test('has the greatest role that any value gives', () => {
    const roleFor = (groups: unknown) => roleOf({ groups }, { roleClaim: 'groups', roles });
    expect(roleFor(['staff', 'it', 'cmr'])).toBe('administrator');
    expect(roleFor(['x', 'cmr'])).toBe('reviewer');
    expect(roleFor('staff')).toBe('viewer');
    for (const none of [[], ['STAFF'], 'staff cmr', undefined, null, { staff: true }, [['staff']]]) {
      expect(roleFor(none)).toBeUndefined();
    }
  });

  test('has roles from within an object, or from a claim whose name has dots', () => {
    const nested = { roleClaim: 'realm_access.roles', roles };
    expect(roleOf({ realm_access: { roles: ['cmr'] } }, nested)).toBe('reviewer');
    expect(roleOf({ 'realm_access.roles': ['staff'] }, nested)).toBe('viewer');
    expect(roleOf({ realm_access: 'cmr' }, nested)).toBeUndefined();
    expect(roleOf({}, { roleClaim: 'constructor.name', roles: { ...roles, viewer: ['Object'] } })).toBeUndefined();
  });

  test('has the first name that can be one', () => {
    const all = { preferred_username: 'anna', email: 'anna@example.org', sub: 'f3' };
    expect(nameOf(all)).toBe('anna');
    expect(nameOf({ ...all, preferred_username: undefined })).toBe('anna@example.org');
    expect(nameOf({ preferred_username: '<script>', sub: 'f3' })).toBe('f3');
    for (const none of [{}, { sub: '' }, { sub: ' x' }, { sub: 'x\ny' }, { sub: 'x'.repeat(65) }, { sub: 7 }]) {
      expect(nameOf(none)).toBeUndefined();
    }
  });
});
