import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { secretFiles } from '../../src/config/secret-files.ts';
import { clearTextWays } from '../../src/config/transport-checks.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(syslog: string) {
  const file = join(folder, 'site.yaml');
  writeFileSync(file, `audit: { syslog: { ${syslog} } }`);
  return loadConfig({ file, env: {} });
}

const AT = 'host: audit.example.org, port: 6514';

describe('a syslog server for the audit trail', () => {
  it('is none unless a site names one', () => {
    expect(loadConfig({ env: {} }).audit).toEqual({});
  });

  it('needs no more than how and where', () => {
    expect(load(`transport: tls, ${AT}`).audit.syslog).toEqual({
      transport: 'tls',
      host: 'audit.example.org',
      port: 6514,
      sourceId: 'cmr-node',
    });
  });

  it.each([
    [`transport: relp, ${AT}`, 'audit.syslog.transport: must be one of tls, tcp, udp'],
    ['transport: tls, host: audit.example.org', 'audit.syslog.port: must be'],
    [`transport: tcp, ${AT}, tls: { caFile: ca.pem }`, 'audit.syslog.tls: is of no use without transport: tls'],
    [`transport: tls, ${AT}, tls: { keyFile: k }`, 'audit.syslog.tls: must have both keyFile and certFile, or neither'],
    [`transport: tls, ${AT}, sourceId: our node`, 'audit.syslog.sourceId: must be 1 to 48 letters'],
  ])('is refused as %s', (syslog, fault) => {
    expect(() => load(syslog)).toThrow(fault);
  });

  it('has its clear text told, and its key among the secrets', () => {
    expect(clearTextWays(load(`transport: udp, ${AT}`))).toContain('audit.syslog: audit messages to audit.example.org');
    const secured = load(`transport: tls, ${AT}, tls: { keyFile: k, certFile: c, passphraseFile: p }`);
    expect(clearTextWays(secured).join()).not.toContain('audit');
    expect(secretFiles(secured)).toEqual([
      { key: 'audit.syslog.tls.keyFile', file: 'k' },
      { key: 'audit.syslog.tls.passphraseFile', file: 'p' },
    ]);
  });
});
