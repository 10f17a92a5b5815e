import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_KEYS } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config/load-config.ts';

describe('environment variables', () => {
  it('exist for every key, no two of them by one name', () => {
    const paths = [...ENVIRONMENT_KEYS.values()].map(({ path }) => path.join('.'));
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toEqual(
      expect.arrayContaining(['dimse.limits.maxPduBytes', 'http.auth.tokens', 'inference.modelsDir']),
    );
    expect(ENVIRONMENT_KEYS.get('CMR_NODE_DIMSE_PORT')?.path).toEqual(['dimse', 'port']);
    expect(ENVIRONMENT_KEYS.get('CMR_NODE_SERIES_QUIET_SECONDS')?.path).toEqual(['series', 'quietSeconds']);
    expect(ENVIRONMENT_KEYS.get('CMR_NODE_IMAGE_TYPE_VALUE1')?.path).toEqual(['imageTypeValue1']);
  });

  it('replace texts as they stand, and numbers, lists and groups of keys as YAML or JSON', () => {
    const config = loadConfig({
      env: {
        CMR_NODE_DIMSE_AE_TITLE: '0123',
        CMR_NODE_DIMSE_ALLOWED_CALLERS: '["A","B"]',
        CMR_NODE_DIMSE: '{ port: 104, aeTitle: GROUP }',
        CMR_NODE_ARCHIVE_ORIGINALS: 'true',
        CMR_NODE_SERIES_DESCRIPTION_SUFFIX: '',
        PATH: '/usr/bin',
      },
    });
    expect(config.dimse).toMatchObject({ aeTitle: '0123', port: 104, host: '127.0.0.1', allowedCallers: ['A', 'B'] });
    expect(config).toMatchObject({ archiveOriginals: true, seriesDescriptionSuffix: '' });
  });

  it('are a fault where they name no key, hold no YAML or hold what the key does not take', () => {
    const env = { CMR_NODE_DIMSE_PROT: '104', CMR_NODE_DESTINATIONS: '[', CMR_NODE_HTTP_PORT: 'eighty' };
    const report = () => loadConfig({ env });
    expect(report).toThrow(/CMR_NODE_DIMSE_PROT: is an environment variable for no key/);
    expect(report).toThrow(/CMR_NODE_DESTINATIONS: cannot be read as YAML or JSON/);
    expect(report).toThrow(/http\.port: must be a number, found "eighty" \(from CMR_NODE_HTTP_PORT\)/);
  });

  it('do not count as given where they are undefined, and are a fault where they are empty but for a text', () => {
    expect(loadConfig({ env: { CMR_NODE_HTTP_PORT: undefined } }).http.port).toBe(8080);
    expect(() => loadConfig({ env: { CMR_NODE_HTTP_PORT: '' } })).toThrow(/http\.port: must be a number, found empty/);
  });
});
