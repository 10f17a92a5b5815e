import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effectiveConfig } from '../../src/config/effective-config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { NodeError } from '../../src/core/errors.ts';

const HASH = `scrypt$16$1$1$${'ab'.repeat(16)}$${'cd'.repeat(32)}`;
const SHA256 = 'ab'.repeat(32);
const SECRET = 'hunter2-of-the-client';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'http-auth-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OIDC = {
  issuer: 'https://login.example.org',
  clientId: 'cmr-node',
  redirectUrl: 'https://node.example.org/api/v1/session/oidc/callback',
  roleClaim: 'groups',
  roles: { viewer: ['staff'] },
};

function load(http: object, env: Record<string, string> = {}) {
  return loadConfig({ env: { CMR_NODE_HTTP: JSON.stringify(http), ...env } });
}

function faultsIn(http: object, env: Record<string, string> = {}): readonly string[] {
  try {
    load(http, env);
    return [];
  } catch (error) {
    const lines = (error as NodeError).message.split('\n').slice(1);
    return lines.map((line) => line.trim().replace(/ \(from \w+\)$/, ''));
  }
}

describe('who may sign in', () => {
  it('is filled in where a site says no more than who', () => {
    const { auth } = load({
      auth: { users: [{ name: 'anna', role: 'reviewer', passwordHash: HASH }], oidc: OIDC },
    }).http;
    expect(auth).toMatchObject({ sessionMinutes: 30, sessionHours: 12 });
    expect(auth?.oidc).toEqual({
      ...OIDC,
      name: 'Single sign-on',
      scopes: ['openid', 'profile'],
      roles: { viewer: ['staff'], reviewer: [], administrator: [] },
    });
    const tokens = [{ name: 'it', tokenSha256: SHA256.toUpperCase() }];
    expect(load({ auth: { tokens } }).http.auth?.tokens).toEqual([{ name: 'it', role: 'viewer', tokenSha256: SHA256 }]);
  });

  it('is refused with all that is wrong at once, and nothing of a secret', () => {
    const faults = faultsIn({
      trustedProxies: ['10.0.0.0/33', 'proxy', '10.0.0.0/8', '::1', '2001:db8::/32'],
      limits: { failedSignIns: 0 },
      publicUrl: 'https://node.example.org/',
      auth: {
        users: [
          { name: 'anna', role: 'king', passwordHash: SECRET },
          { name: 'bert', role: 'viewer' },
        ],
        tokens: [],
        sessionMinutes: 0,
        oidc: { ...OIDC, issuer: 'login', roles: { janitor: ['x'] }, roleClaim: '' },
      },
    });
    expect(faults).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^http\.trustedProxies\[0\]: must be an address or a range/),
        expect.stringMatching(/^http\.trustedProxies\[1\]: must be an address or a range/),
        'http.limits.failedSignIns: must be at least 1, found 0',
        expect.stringMatching(/^http\.publicUrl: must be an origin/),
        'http.auth.users[0].role: must be one of viewer, reviewer, administrator, the value found is not shown',
        'http.auth.users[0].passwordHash: must be what cmr-node users hash prints, the value found is not shown',
        'http.auth.users[1].passwordHash: must be a text, nothing found',
        'http.auth.tokens: must not be empty, the value found is not shown',
        'http.auth.sessionMinutes: must be at least 1, the value found is not shown',
        'http.auth.oidc.issuer: must be an http or https address, the value found is not shown',
        'http.auth.oidc.roleClaim: must not be empty, the value found is not shown',
        'http.auth.oidc.roles.janitor: is not a key of this software',
      ]),
    );
    expect(faults).toHaveLength(12);
    expect(faults.join()).not.toContain(SECRET);
  });

  it('is somebody', () => {
    expect(faultsIn({ auth: {} })).toEqual(['http.auth: lets nobody in: give users, tokens or oidc']);
  });

  it('goes by names that nobody else has', () => {
    const user = (name: string) => ({ name, role: 'viewer', passwordHash: HASH });
    const token = (name: string, digits: string) => ({ name, tokenSha256: digits.repeat(32) });
    const users = [user('anna'), user('anna'), user('node')];
    const tokens = [token('anna', 'ab'), token('it', 'ab')];
    expect(faultsIn({ auth: { users, tokens } })).toEqual([
      expect.stringMatching(/^http\.auth\.users\[1\]\.name: is the name of somebody else/),
      expect.stringMatching(/^http\.auth\.users\[2\]\.name: is a name of the audit trail itself/),
      expect.stringMatching(/^http\.auth\.tokens\[0\]\.name: is the name of somebody else/),
      'http.auth.tokens[1].tokenSha256: is the token of somebody else',
    ]);
  });
});

describe("the site's own sign-in", () => {
  it('is reached encrypted, but on this machine', () => {
    const oidc = { ...OIDC, issuer: 'http://login.example.org', redirectUrl: 'http://node.example.org/x' };
    expect(faultsIn({ auth: { oidc } })).toEqual([
      'http.auth.oidc.issuer: must be https, but for a provider on this machine',
      'http.auth.oidc.redirectUrl: must be https, but on this machine',
    ]);
    const local = { ...OIDC, issuer: 'http://localhost:3000', redirectUrl: 'http://127.0.0.1:8080/x' };
    expect(faultsIn({ auth: { oidc: local } })).toEqual([]);
  });

  it('leads back to an address that is configured, and never to one that a request names', () => {
    const { redirectUrl: _, ...oidc } = OIDC;
    expect(faultsIn({ auth: { oidc } })).toEqual([
      'http.auth.oidc.redirectUrl: must be given, or http.publicUrl, below which it then lies',
    ]);
    expect(faultsIn({ auth: { oidc }, publicUrl: 'https://node.example.org' })).toEqual([]);
  });

  it('gives somebody a role, and asks for an ID token', () => {
    expect(faultsIn({ auth: { oidc: { ...OIDC, roles: {}, scopes: ['profile'] } } })).toEqual([
      'http.auth.oidc.scopes: must name openid',
      'http.auth.oidc.roles: gives nobody a role',
    ]);
  });

  it('has its secret from a file or from the environment, and shows it to nobody', () => {
    const file = join(folder, 'secret');
    writeFileSync(file, `${SECRET}\n`);
    const fromFile = load({ auth: { oidc: { ...OIDC, clientSecretFile: file } } });
    const fromEnvironment = load({ auth: { oidc: OIDC } }, { CMR_NODE_HTTP_AUTH_OIDC_CLIENT_SECRET: SECRET });
    for (const config of [fromFile, fromEnvironment]) {
      expect(config.http.auth?.oidc?.clientSecret).toBe(SECRET);
      expect(effectiveConfig(config)).not.toContain(SECRET);
    }
    expect(effectiveConfig(fromFile)).toContain(`clientSecretFile: ${file}`);
  });

  it('is refused with two secrets, an empty one, or a file that is not there', () => {
    const [nowhere, empty] = [join(folder, 'nowhere'), join(folder, 'empty')];
    writeFileSync(empty, '\n');
    const withFile = (clientSecretFile: string, more: object = {}) =>
      faultsIn({ auth: { oidc: { ...OIDC, clientSecretFile, ...more } } });
    expect(withFile(nowhere)).toEqual([`http.auth.oidc.clientSecretFile: ${nowhere}: there is no such file`]);
    expect(withFile(empty)).toEqual([`http.auth.oidc.clientSecretFile: ${empty}: is empty`]);
    expect(withFile(DEFAULTS, { clientSecret: SECRET })).toEqual([
      'http.auth.oidc.clientSecretFile: and clientSecret cannot both be given',
    ]);
  });
});

const DEFAULTS = 'config/default.yaml';
