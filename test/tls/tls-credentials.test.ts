import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TlsCredentials } from '../../src/tls/tls-credentials.ts';
import type { TlsFiles } from '../../src/tls/tls-files.ts';
import { type Authority, certificateAuthority, type Identity } from '../support/certificates.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { requireTool } from '../support/tools.ts';

const openssl = requireTool('openssl');
const DAY_MS = 86_400_000;

let folder: string;
let authority: Authority;
let own: Identity;
let log: ReturnType<typeof recordedLog>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tls-credentials-'));
  if (openssl === undefined) return;
  authority = await certificateAuthority(openssl, folder);
  own = await authority.issue('node');
});
beforeEach(() => {
  log = recordedLog();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = (files: TlsFiles, now = Date.now) => TlsCredentials.open('http.tls', files, { log, now });

async function written(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

describe.skipIf(openssl === undefined)('certificate and key in files', () => {
  test.each<[string, () => Promise<TlsFiles>, string]>([
    ['are not there', async () => ({ ...own, keyFile: join(folder, 'none') }), 'keyFile cannot be read: ENOENT'],
    ['are no PEM', async () => ({ ...own, certFile: await written('no.pem', 'x') }), 'certFile holds no certificate'],
    [
      'are of one another no',
      async () => ({ ...own, keyFile: (await authority.issue('b')).keyFile }),
      'does not belong',
    ],
    ['hold an empty authority', async () => ({ ...own, caFile: await written('ca', '') }), 'caFile holds no'],
    ['hold no key', async () => ({ ...own, keyFile: own.certFile }), 'keyFile holds no private key'],
  ])('stop the start where they %s', async (_what, files, words) => {
    await expect(open(await files())).rejects.toMatchObject({
      code: 'configuration-invalid',
      message: expect.stringContaining(words),
    });
  });

  test('may be locked by a passphrase, which is told to nobody', async () => {
    const locked = join(folder, 'locked.key');
    const lock = ['pkey', '-in', own.keyFile, '-aes256', '-passout', 'pass:hunter2', '-out', locked];
    execFileSync(openssl!, lock, { stdio: 'ignore' });
    const files = { ...own, keyFile: locked };
    expect((await open({ ...files, passphraseFile: await written('right', 'hunter2\n') })).expires).toBeInstanceOf(
      Date,
    );
    await expect(open(files)).rejects.toThrow('needs a passphrase (passphraseFile)');
    const wrong = open({ ...files, passphraseFile: await written('wrong', 'hunter3') });
    await expect(wrong).rejects.toThrow('with this passphrase');
    await expect(wrong).rejects.not.toThrow('hunter3');
  });

  test('say from two weeks before that they end, and then that they ended', async () => {
    const end = (await open(own)).expires!.getTime();
    const problemAt = async (at: number) => (await open(own, () => at)).problem;
    expect(await problemAt(end - 15 * DAY_MS)).toBeUndefined();
    expect(await problemAt(end - 13 * DAY_MS)).toMatch(/^the certificate expires on \d{4}-\d\d-\d\d$/);
    expect(await problemAt(end + 1)).toMatch(/^the certificate expired on/);
    expect(log.events.at(-1)).toMatchObject({ event: 'certificate-problem' });
  });

  test('are looked at in order, however often one asks, and told once', async () => {
    const files = {
      keyFile: await written('k', await readFile(own.keyFile, 'utf8')),
      certFile: await written('c', await readFile(own.certFile, 'utf8')),
    };
    const credentials = await open(files);
    let changes = 0;
    credentials.onChange(() => {
      changes += 1;
    });
    const renewed = await authority.issue('renewed');
    // As a renewal goes: first one file, then the other.
    await written('k', await readFile(renewed.keyFile, 'utf8'));
    await Promise.all([credentials.check(), credentials.check()]);
    expect(credentials.problem).toContain('does not belong');
    await written('c', await readFile(renewed.certFile, 'utf8'));
    await Promise.all([credentials.check(), credentials.check(), credentials.check()]);
    expect(credentials.problem).toMatch(/^the certificate expires on/);
    expect(changes).toBe(1);
    const told = log.events.map(({ event }) => event);
    expect(told.filter((event) => event !== 'certificate-problem')).toEqual([
      'certificate-not-reloaded',
      'certificate-reloaded',
    ]);
  });
});
