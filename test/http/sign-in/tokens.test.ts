import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSignIn } from '../../../src/http/sign-in/sign-in.ts';
import { bearerToken, sameSecret, tokenOwners } from '../../../src/http/sign-in/tokens.ts';
import { signInOptions } from '../../support/sign-in-server.ts';

const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');

describe('tokens', () => {
  test('are made anew at every start, and not where somebody is configured', () => {
    const options = signInOptions();
    expect(createSignIn(options).oneTimeToken).not.toBe(createSignIn(options).oneTimeToken);
    const tokens = [{ name: 'pacs', tokenSha256: sha256('t'), role: 'viewer' as const }];
    const auth = { tokens, sessionMinutes: 30, sessionHours: 12 };
    expect(createSignIn(signInOptions({ auth })).oneTimeToken).toBeUndefined();
  });

  test('are known by their digest, with the role that they were given', () => {
    const ownerOf = tokenOwners([
      { name: 'pacs', tokenSha256: sha256('first-token'), role: 'viewer' },
      { name: 'review', tokenSha256: sha256('second-token').toUpperCase(), role: 'reviewer' },
    ]);
    expect(ownerOf('first-token')).toEqual({ name: 'pacs', role: 'viewer' });
    expect(ownerOf('second-token')).toEqual({ name: 'review', role: 'reviewer' });
    for (const wrong of ['', 'third', sha256('first-token')]) expect(ownerOf(wrong)).toBeUndefined();
  });

  test('let nobody in where none is configured, or only a malformed digest', () => {
    expect(tokenOwners([])('x')).toBeUndefined();
    expect(tokenOwners([{ name: 'x', tokenSha256: '', role: 'viewer' }])('x')).toBeUndefined();
  });

  test('stand behind the word Bearer, and nowhere else', () => {
    expect([bearerToken('Bearer t-1'), bearerToken('bearer  t-1')]).toEqual(['t-1', 't-1']);
    for (const wrong of [undefined, '', 'Bearer', 'Bearer ', 't-1', 'Basic t-1', 'Bearer a b']) {
      expect(bearerToken(wrong)).toBeUndefined();
    }
  });

  test('are compared whole', () => {
    expect([sameSecret('abc', 'abc'), sameSecret('abc', 'abcd'), sameSecret('', 'a')]).toEqual([true, false, false]);
  });
});
