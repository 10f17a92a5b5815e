import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import { DEFAULT_SETTINGS, DEFAULT_THRESHOLDS } from '../../src/core/decision/thresholds.ts';
import type { NodeError } from '../../src/core/errors.ts';

const DEFAULT_FILE = new URL('../../config/default.yaml', import.meta.url);
const HASH = 'ab'.repeat(32);
const PASSWORD_HASH = `scrypt$16$1$1$${'ab'.repeat(16)}$${HASH}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function siteFile(text: string): string {
  const file = join(folder, 'site.yaml');
  writeFileSync(file, text);
  return file;
}

function load(text: string, env: Record<string, string> = {}) {
  return loadConfig({ file: siteFile(text), env });
}

/** The lines of the fault report. */
function faultsIn(text: string, env: Record<string, string> = {}): readonly string[] {
  try {
    load(text, env);
  } catch (error) {
    expect(error).toMatchObject({ code: 'configuration-invalid' });
    return (error as NodeError).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

describe('the configuration', () => {
  it('is the documented default where a site says nothing', () => {
    const config = loadConfig({ env: {} });
    expect(config).toMatchObject(parse(readFileSync(DEFAULT_FILE, 'utf8')));
    expect(config).toEqual(load(''));
    expect(config.decision).toMatchObject({ ...DEFAULT_THRESHOLDS, ...DEFAULT_SETTINGS });
  });

  it('accepts everything that the default file shows in comments', () => {
    writeFileSync(join(folder, 'token.txt'), 'Bearer token\n');
    const text = readFileSync(DEFAULT_FILE, 'utf8')
      .replace(/^[\s\S]*?\n(?=dataDir:)/, '')
      .replace(/^( *)# (?= {2,}\S|auth:|tls:|publicUrl:|modelsDir:)/gm, '$1')
      .replace(/^(destinations|routing|kinds|audit): (\[\]|\{\})/gm, '$1:')
      .replace('64 hexadecimal digits', HASH)
      .replace('scrypt$…', PASSWORD_HASH)
      .replace('oidc-secret.txt', fileURLToPath(DEFAULT_FILE))
      .replace('web-token.txt', join(folder, 'token.txt'))
      .replace('our-sequence-kinds.yaml', fileURLToPath(new URL('sequence-kinds.yaml', DEFAULT_FILE)));
    expect(parse(text).destinations).toHaveLength(2);
    const faults = faultsIn(text);
    // The rules of the product a second time have the names of the first time: read, then.
    expect(faults.filter((fault) => !fault.includes('two rules are named'))).toEqual([]);
    expect(faults.length).toBeGreaterThan(0);
  });

  it('is replaced key by key by a site, and lists as a whole', () => {
    const config = load('dimse: { port: 104, allowedCallers: [MR1] }\nrouting:\n');
    expect(config.dimse).toMatchObject({ port: 104, allowedCallers: ['MR1'], aeTitle: 'CMR_NODE' });
    expect(config.routing).toEqual([]);
  });

  it('fills in what a destination leaves open', () => {
    const config = load(`
dimse: { aeTitle: HEART }
destinations:
  - { name: pacs, type: dimse, host: pacs, port: 104, calledAeTitle: PACS, default: true }
  - { name: web, type: stow, url: "https://pacs/dicom-web" }
routing: [{ name: all, destinations: [web, pacs] }]`);
    expect(config.destinations).toEqual([
      expect.objectContaining({ callingAeTitle: 'HEART', concurrency: 4, passOnSourceAeTitle: false, timeouts: {} }),
      expect.objectContaining({ concurrency: 2, default: false, headers: {}, timeoutSeconds: 120 }),
    ]);
    expect(config.routing[0]?.when).toEqual({});
    expect(config.inference.modelsDir).toMatch(/models$/);
  });

  it('reports all faults at once, each with its path and the value found', () => {
    const faults = faultsIn(`
dimse: { port: 70000, aetitle: X, aeTitle: "A_TITLE_THAT_IS_TOO_LONG" }
mode: "on"
decision: { sax: 1.5, minimumSlicePositions: 2.5, onMissingGeometry: guess }
destinations: [{ name: a, type: ftp }, { name: b, type: dimse, host: h, calledAeTitle: PACS }]
inference: { executionProviders: [gpu] }
series: { quietSeconds: .nan }
retain: {}`);
    expect(faults).toEqual(
      expect.arrayContaining([
        'retain: is not a key of this software',
        'dimse.aetitle: is not a key of this software',
        'dimse.port: must be at most 65535, found 70000',
        expect.stringMatching(/^dimse\.aeTitle: must be an AE title.*found "A_TITLE_THAT_IS_TOO_LONG"$/),
        'mode: must be one of observe, standardize, found "on"',
        'decision.sax: must be at most 1, found 1.5',
        'decision.minimumSlicePositions: must be a whole number, found 2.5',
        'decision.onMissingGeometry: must be one of pass-through, hold-for-review, standardize, found "guess"',
        'destinations[0].type: must be one of dimse, stow, found "ftp"',
        'destinations[1].port: must be a number, nothing found',
        'inference.executionProviders[0]: must be one of cuda, webgpu, cpu, found "gpu"',
        'series.quietSeconds: must be a number, found NaN',
      ]),
    );
    expect(faults).toHaveLength(12);
  });

  it('takes origins as browsers send them, and nothing else', () => {
    const origins = ['https://viewer.example.org', 'http://localhost:3000'];
    expect(load(`http: { cors: ${JSON.stringify(origins)} }`).http.cors).toEqual(origins);
    for (const odd of [
      '*',
      'viewer.example.org',
      'https://viewer.example.org/',
      'https://a.org:443',
      'file://x',
      'null',
    ]) {
      expect(faultsIn(`http: { cors: [${JSON.stringify(odd)}] }`)).toEqual([
        expect.stringMatching(/^http\.cors\[0\]: must be an origin/),
      ]);
    }
  });

  it('takes an alternate only where there is that other destination, and windows only as they are written', () => {
    const destinations = (more: string) => `destinations: [{ name: a, type: stow, url: "http://h", ${more} }]`;
    expect(faultsIn(destinations('alternate: a'))).toEqual([
      'destinations[0].alternate: is not the name of another destination (there is none), found "a"',
    ]);
    expect(faultsIn(destinations('windows: ["Mon-Fri 18:00-06:00", 18-6]'))).toEqual([
      expect.stringMatching(/^destinations\[0\]\.windows\[1\]: must be a range such as/),
    ]);
    expect(faultsIn('delivery: { deadAfterAttempts: { instance: 0 } }')).toEqual([
      expect.stringMatching(/^delivery\.deadAfterAttempts\.instance: must be at least 1/),
    ]);
    expect(load('delivery: { deadAfterAttempts: { unclear: 9 } }').delivery.deadAfterAttempts).toEqual({
      destination: 'never',
      unclear: 9,
      instance: 5,
    });
  });

  it('reports contradictions between sections together with faults within others', () => {
    const faults = faultsIn(`
series: { quietSeconds: 900 }
delivery: { retrySeconds: 0 }
decision: { leaveAloneDegrees: 70, reject: 0.95 }
inference: { executionProviders: [cpu, cpu], requireGpu: true }
destinations:
  - { name: a, type: stow, url: "http://h" }
  - { name: a, type: stow, url: "http://h" }
  - { name: embedded-archive, type: stow, url: "http://h" }
routing: [{ name: r, destinations: [b] }, { name: r }]`);
    expect(faults).toEqual(
      expect.arrayContaining([
        'delivery.retrySeconds: must be more than 0, found 0',
        'series.quietSeconds: must be at most series.maxWaitSeconds, 600, found 900',
        'decision.leaveAloneDegrees: must be at most decision.harmDegrees, 60, found 70',
        'decision.reject: must be at most decision.fusedSure, 0.9, found 0.95',
        'inference.executionProviders: names a provider twice',
        'inference.executionProviders: must name cuda or webgpu where inference.requireGpu is true',
        'destinations[1].name: is used twice, found "a"',
        'destinations[2].name: is the name of the embedded archive, found "embedded-archive"',
        expect.stringMatching(/^routing\[0\]\.destinations\[0\]: is not the name of a destination.*found "b"$/),
        'routing[1].name: is used twice, found "r"',
      ]),
    );
  });

  it('lets rules name the embedded archive only where there is one', () => {
    const rule = 'routing: [{ name: r, destinations: [embedded-archive] }]';
    expect(faultsIn(rule)).toEqual([]);
    expect(faultsIn(`destinations: [{ name: a, type: stow, url: "http://h", default: true }]\n${rule}`)).toHaveLength(
      1,
    );
  });

  it('refuses one UID for two pictures, by default and by rule', () => {
    expect(faultsIn('uidPolicy: preserve\narchiveOriginals: true')).toEqual([
      expect.stringMatching(/^uidPolicy: must/),
    ]);
    expect(faultsIn('archiveOriginals: true\nrouting: [{ name: r, uidPolicy: preserve }]')).toEqual([
      expect.stringMatching(/^routing\[0\]: uidPolicy must/),
    ]);
    expect(faultsIn('uidPolicy: preserve\nrouting: [{ name: r, uidPolicy: derive, archiveOriginals: true }]')).toEqual(
      [],
    );
  });

  it('refuses to let everybody in from other machines, unless a site wants that', () => {
    const open = 'dimse: { host: 0.0.0.0 }\nhttp: { host: "::" }';
    expect(faultsIn(open)).toEqual([
      expect.stringMatching(/^dimse\.allowedCallers: lets everybody in/),
      expect.stringMatching(/^http\.host: .*found "::"/),
    ]);
    expect(faultsIn(`${open}\nallowOpenAccess: true`)).toEqual([]);
    const guarded = `dimse: { host: 0.0.0.0, allowedCallers: [MR1] }
http: { host: 0.0.0.0, auth: { tokens: [{ name: it, tokenSha256: ${HASH} }] } }`;
    expect(faultsIn(guarded)).toEqual([]);
    expect(faultsIn('dimse: { host: 127.0.0.2 }\nhttp: { host: localhost }')).toEqual([]);
  });

  it('never prints a secret, whatever is wrong with it', () => {
    const secret = 'hunter2';
    const faults = faultsIn(`
http: { auth: { tokens: [{ name: it, tokenSha256: ${secret} }, ${secret}], token: ${secret} } }
destinations:
  - { name: a, type: stow, url: "https://me:${secret}@h/", headers: { Authorization: [${secret}] } }
  - { name: b, type: stow, url: "ftp://h?token=${secret}", headers: ${secret} }`);
    expect(faults.length).toBeGreaterThanOrEqual(6);
    expect(faults.join('\n')).not.toContain(secret);
    expect(faultsIn('', { CMR_NODE_HTTP_AUTH: `{ ${secret}`, CMR_NODE_SECRET: secret }).join()).not.toContain(secret);
    expect(faultsIn(`http: { auth: "${secret}`).join()).not.toContain(secret);
  });

  it('says in which line and column a file is no YAML', () => {
    expect(faultsIn('mode: observe\ndimse: [1, 2')).toEqual([
      expect.stringMatching(/site\.yaml: .*line 2, column 13$/),
    ]);
    expect(faultsIn('- a\n- b')).toEqual([expect.stringMatching(/must be keys and values/)]);
    expect(faultsIn('mode: observe\nmode: standardize')).toEqual([expect.stringMatching(/unique.*line 2/)]);
  });

  it('says which file is not there', () => {
    const file = join(folder, 'nowhere.yaml');
    expect(() => loadConfig({ file, env: {} })).toThrow(`${file}: there is no such file`);
    expect(faultsIn(`kinds: { rulesFile: ${file} }`)).toEqual([`kinds.rulesFile: ${file}: there is no such file`]);
  });

  it("looks at a site's rules for sequence kinds before anything is started", () => {
    const file = join(folder, 'kinds.yaml');
    writeFileSync(file, 'rules: [{ name: ours, kind: heart, when: { label: [x] } }]');
    expect(faultsIn(`kinds: { rulesFile: ${file} }`)).toEqual([
      expect.stringMatching(/kinds\.rulesFile.*rules\.0\.kind/),
    ]);
  });

  it('takes no key from the prototype of objects', () => {
    expect(faultsIn('__proto__: { mode: observe }')).toEqual(['__proto__: is not a key of this software']);
    expect(faultsIn('constructor: 1\ndimse: { toString: 1 }')).toHaveLength(2);
  });
});
