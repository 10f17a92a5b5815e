import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effectiveConfig } from '../../src/config/effective-config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { secretFiles } from '../../src/config/secret-files.ts';
import { clearTextWays } from '../../src/config/transport-checks.ts';
import { messageOf } from '../../src/core/errors.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'transport-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(text: string) {
  const file = join(folder, 'site.yaml');
  writeFileSync(file, text);
  return loadConfig({ file, env: {} });
}

function faultsIn(text: string): string {
  try {
    load(text);
    return '';
  } catch (error) {
    return messageOf(error);
  }
}

const OWN = 'keyFile: k, certFile: c';

describe('TLS in the configuration', () => {
  it('asks callers for a certificate, of TLS 1.2 at least, unless a site says otherwise', () => {
    expect(load(`dimse: { tls: { ${OWN}, caFile: a } }`).dimse.tls).toEqual({
      keyFile: 'k',
      certFile: 'c',
      caFile: 'a',
      clientCertificate: 'required',
      minVersion: 'TLSv1.2',
    });
  });

  it.each([
    [`dimse: { tls: { ${OWN} } }`, 'dimse.tls.caFile: must be given'],
    [`dimse: { port: 104, tls: { ${OWN}, clientCertificate: none, port: 104 } }`, 'dimse.tls.port: must not be'],
    [`dimse: { tls: { ${OWN}, clientCertificate: none, minVersion: TLSv1.1 } }`, 'must be one of TLSv1.2, TLSv1.3'],
    ['dimse: { tls: { keyFile: k } }', 'dimse.tls.certFile: must be a text'],
    ['http: { tls: { certFile: c } }', 'http.tls.keyFile: must be a text'],
    ['dimse: { allowedCallers: [{ certificateSubject: { CN: a } }] }', 'certificateSubject: never holds without'],
    ['dimse: { allowedCallers: [{}] }', 'allowedCallers[0]: must name aeTitle, addresses or certificateSubject'],
    ['dimse: { allowedCallers: [{ aeTitle: "*" }] }', 'allowedCallers[0].aeTitle: must be left out'],
    ['dimse: { allowedCallers: [{ addresses: [10.0.0.0/33] }] }', 'addresses[0]: must be an address or a range'],
    ['destinations: [{ name: a, type: dimse, host: h, port: 1, calledAeTitle: A, tls: { keyFile: k } }]', 'both'],
    ['destinations: [{ name: a, type: stow, url: "http://h", tls: {} }]', 'destinations[0].tls: is of no use'],
    ['destinations: [{ name: a, type: stow, url: "https://h", tls: { servername: 10.0.0.1 } }]', 'must be a name'],
    ['destinations: [{ name: a, type: stow, url: "https://h", tls: { verify: false } }]', 'is not a key'],
  ])('refuses %s', (text, fault) => {
    expect(faultsIn(text)).toContain(fault);
  });

  it('takes a certificate from everybody for no open access, but not beside a port of clear text', () => {
    const tls = `${OWN}, caFile: a`;
    expect(faultsIn(`dimse: { host: 0.0.0.0, tls: { ${tls} } }`)).toBe('');
    expect(faultsIn(`dimse: { host: 0.0.0.0, tls: { ${tls}, port: 2762 } }`)).toContain('lets everybody in');
    expect(faultsIn(`dimse: { host: 0.0.0.0, tls: { ${tls}, clientCertificate: optional } }`)).toContain('everybody');
  });

  it('names everything that goes over the network in clear text', () => {
    expect(clearTextWays(load(''))).toEqual([]);
    const open = load(`
dimse: { host: 0.0.0.0, allowedCallers: [MR1] }
http: { host: "::" }
allowOpenAccess: true
destinations:
  - { name: far, type: dimse, host: pacs, port: 104, calledAeTitle: A }
  - { name: near, type: dimse, host: 127.0.0.1, port: 104, calledAeTitle: A }
  - { name: web, type: stow, url: "http://pacs/dicom-web" }`);
    expect(clearTextWays(open).map((way) => way.replace(/:.*/, ''))).toEqual([
      'dimse',
      'http',
      'destination far',
      'destination web',
    ]);
    const closed = load(`
dimse: { host: 0.0.0.0, tls: { ${OWN}, caFile: a } }
http: { host: "::", tls: { ${OWN} } }
allowOpenAccess: true
destinations:
  - { name: far, type: dimse, host: pacs, port: 104, calledAeTitle: A, tls: {} }
  - { name: web, type: stow, url: "https://pacs/dicom-web" }`);
    expect(clearTextWays(closed)).toEqual([]);
  });
});

describe('secrets in files', () => {
  const destination = (more: string) =>
    `destinations: [{ name: web, type: stow, url: "https://pacs", default: true, ${more} }]`;

  it('become the headers of a destination, and are shown to nobody', () => {
    const file = join(folder, 'token.txt');
    writeFileSync(file, 'Bearer hunter2\n');
    const config = load(destination(`headers: { X-Site: a }, headerFiles: { Authorization: ${file} }`));
    expect(config.destinations[0]).toMatchObject({ headers: { 'X-Site': 'a', Authorization: 'Bearer hunter2' } });
    expect(effectiveConfig(config)).not.toContain('hunter2');
    expect(secretFiles(config)).toEqual([
      expect.objectContaining({ key: 'destinations[0].headerFiles.Authorization', file }),
    ]);
  });

  it('are looked at before a port opens', () => {
    const file = join(folder, 'two-lines.txt');
    writeFileSync(file, 'a\nhunter2\n');
    expect(faultsIn(destination(`headerFiles: { Authorization: ${file} }`))).toContain('has more than one line');
    expect(faultsIn(destination(`headerFiles: { Authorization: ${file} }`))).not.toContain('hunter2');
    expect(faultsIn(destination('headerFiles: { Authorization: nowhere }'))).toContain('there is no such file');
  });

  it('are all the keys and passphrases that the configuration names', () => {
    const tls = '{ keyFile: k, certFile: c, caFile: a, passphraseFile: p }';
    const config = load(`dimse: { tls: ${tls} }\n${destination(`tls: ${tls}`)}`);
    expect(secretFiles(config)).toEqual([
      { key: 'dimse.tls.keyFile', file: 'k' },
      { key: 'dimse.tls.passphraseFile', file: 'p' },
      { key: 'destinations[0].tls.keyFile', file: 'k' },
      { key: 'destinations[0].tls.passphraseFile', file: 'p' },
    ]);
  });
});
