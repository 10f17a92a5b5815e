import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { effectiveConfig } from '../../src/config/effective-config.ts';
import { loadConfig } from '../../src/config/load-config.ts';

it('the effective configuration is YAML that says everything but secrets', () => {
  const hash = 'ab'.repeat(32);
  const config = loadConfig({
    env: {
      CMR_NODE_HTTP_AUTH_TOKENS: `[{ name: it, tokenSha256: ${hash} }]`,
      CMR_NODE_HTTP_AUTH_USERS: `[{ name: anna, role: reviewer, passwordHash: scrypt$16$1$1$${hash}$${hash} }]`,
      CMR_NODE_HTTP_AUTH_OIDC:
        '{ issuer: https://login, clientId: node, roleClaim: groups, roles: { viewer: [staff] } }',
      CMR_NODE_HTTP_AUTH_OIDC_CLIENT_SECRET: 'xyz',
      CMR_NODE_HTTP_PUBLIC_URL: 'https://node.example.org',
      CMR_NODE_DESTINATIONS: '[{ name: web, type: stow, url: "https://h/", headers: { Authorization: Bearer xyz } }]',
    },
  });
  const text = effectiveConfig(config);
  expect(text).not.toMatch(new RegExp(`${hash}|xyz`));
  expect(parse(text)).toEqual({
    ...config,
    http: {
      ...config.http,
      auth: {
        ...config.http.auth,
        users: [{ name: 'anna', role: 'reviewer', passwordHash: '(not shown)' }],
        tokens: [{ name: 'it', role: 'viewer', tokenSha256: '(not shown)' }],
        oidc: { ...config.http.auth?.oidc, clientSecret: '(not shown)' },
      },
    },
    destinations: [{ ...config.destinations[0], headers: { Authorization: '(not shown)' } }],
  });
});
