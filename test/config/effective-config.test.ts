import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { effectiveConfig } from '../../src/config/effective-config.ts';
import { loadConfig } from '../../src/config/load-config.ts';

it('the effective configuration is YAML that says everything but secrets', () => {
  const hash = 'ab'.repeat(32);
  const config = loadConfig({
    env: {
      CMR_NODE_HTTP_AUTH_TOKENS: `[{ name: it, tokenSha256: ${hash} }]`,
      CMR_NODE_DESTINATIONS: '[{ name: web, type: stow, url: "https://h/", headers: { Authorization: Bearer xyz } }]',
    },
  });
  const text = effectiveConfig(config);
  expect(text).not.toMatch(new RegExp(`${hash}|xyz`));
  expect(parse(text)).toEqual({
    ...config,
    http: { ...config.http, auth: { tokens: [{ name: 'it', role: 'viewer', tokenSha256: '(not shown)' }] } },
    destinations: [{ ...config.destinations[0], headers: { Authorization: '(not shown)' } }],
  });
});
