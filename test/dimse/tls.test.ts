import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type StorageScp, type StorageScpOptions, startStorageScp } from '../../src/dimse/storage-scp.ts';
import type { ClientCertificate } from '../../src/dimse/tls-listener.ts';
import { TlsCredentials } from '../../src/tls/tls-credentials.ts';
import type { TlsFiles } from '../../src/tls/tls-files.ts';
import { type Authority, certificateAuthority, type Identity } from '../support/certificates.ts';
import { type FileIntake, fileIntake } from '../support/file-intake.ts';
import { part10Sample } from '../support/part10-sample.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { requireTool } from '../support/tools.ts';
import { dcmtk, hasDcmtk, type Ran } from './dcmtk.ts';
import { associateRequest, MR_CONTEXT } from './raw-peer.ts';

const openssl = requireTool('openssl');

let folder: string;
let authority: Authority;
let stranger: Authority;
let own: Identity;
let scanner: Identity;
let intake: FileIntake;
let log: ReturnType<typeof recordedLog>;
let scp: StorageScp | undefined;
let rejected: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dimse-tls-'));
  if (openssl === undefined) return;
  authority = await certificateAuthority(openssl, folder);
  stranger = await certificateAuthority(openssl, folder, 'stranger');
  own = await authority.issue('node');
  scanner = await authority.issue('mr1', { subject: '/O=Hospital/OU=Radiology/CN=mr1' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  intake = await fileIntake(await mkdtemp(join(folder, 'intake-')));
  log = recordedLog();
  rejected = [];
});
afterEach(async () => {
  await scp?.close();
  scp = undefined;
});

interface Secured extends Partial<StorageScpOptions> {
  readonly files?: TlsFiles;
  readonly clientCertificate?: ClientCertificate;
}

/** A node that listens over TLS. */
async function secured({ files, clientCertificate = 'required', ...options }: Secured = {}): Promise<TlsCredentials> {
  const credentials = await TlsCredentials.open('dimse.tls', files ?? { ...own, caFile: authority.caFile }, {
    log,
    now: Date.now,
  });
  scp = await startStorageScp({
    host: '127.0.0.1',
    port: 0,
    aeTitle: 'NODE',
    allowedCallers: ['*'],
    intake,
    log,
    onRejected: (cause) => rejected.push(cause),
    tls: { credentials, clientCertificate },
    ...options,
  });
  return credentials;
}

const port = (): string => String(scp?.tlsPort);
const asClient = ({ keyFile, certFile }: Identity, ca = authority): string[] => [
  ...['+tls', keyFile, certFile],
  ...['+cf', ca.caFile],
];
const echo = (...parameters: readonly string[]): Promise<Ran> =>
  dcmtk('echoscu', '-aet', 'MR1', '-aec', 'NODE', '-to', '3', ...parameters, '127.0.0.1', port());

/** A handshake by openssl, and then whatever the node has to say about it. */
async function handshake(...parameters: readonly string[]): Promise<string> {
  const identity = ['-cert', scanner.certFile, '-key', scanner.keyFile, '-CAfile', authority.caFile];
  return new Promise((resolve) => {
    const target = ['s_client', '-connect', `127.0.0.1:${port()}`, ...identity, ...parameters];
    const child = execFile(openssl!, target, { timeout: 10_000 }, (_error, out, err) => resolve(out + err));
    child.stdin?.end();
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !condition() && Date.now() < end; ) await delay(10);
  expect(condition()).toBe(true);
}

describe.skipIf(openssl === undefined || !hasDcmtk)('C-STORE SCP over TLS with DCMTK as the scanner', () => {
  test('stores byte for byte what comes encrypted, and takes no clear text there', async () => {
    await secured();
    const sample = part10Sample({ rows: 300, columns: 301 });
    const file = join(folder, 'sample.dcm');
    await writeFile(file, sample.file);
    const ran = await dcmtk('storescu', '-aec', 'NODE', ...asClient(scanner), '127.0.0.1', port(), file);
    expect(ran.code, ran.output).toBe(0);
    expect(intake.stored).toHaveLength(1);
    expect((await echo()).code).not.toBe(0);
  });

  test.each(['+py', '+px', '+pz'])('speaks with the profile %s of DCMTK', async (profile) => {
    const rsa = await authority.issue(`rsa${profile.slice(1)}`, { newKey: ['rsa:2048'] });
    await secured({ files: { ...rsa, caFile: authority.caFile } });
    const ran = await echo(...asClient(scanner), profile);
    expect(ran.code, ran.output).toBe(0);
  });

  test('listens beside clear text where it has a port of its own', async () => {
    const credentials = await TlsCredentials.open('t', { ...own, caFile: authority.caFile }, { log, now: Date.now });
    await secured({ tls: { credentials, clientCertificate: 'required', port: 0 } });
    expect(scp?.tlsPort).not.toBe(scp?.port);
    expect((await echo(...asClient(scanner))).code).toBe(0);
    expect((await dcmtk('echoscu', '-aec', 'NODE', '127.0.0.1', String(scp?.port))).code).toBe(0);
  });

  test('lets nobody in without a certificate of its authority that is valid', async () => {
    await secured();
    const [foreign, expired] = [await stranger.issue('mr1'), await authority.issue('old', { expired: true })];
    // +tla: DCMTK without a certificate of its own.
    expect((await echo('+tla', '-ic')).code).not.toBe(0);
    expect((await echo(...asClient(foreign))).code).not.toBe(0);
    expect((await echo(...asClient(expired))).code).not.toBe(0);
    await until(() => rejected.length === 3);
    expect(rejected).toEqual(['tls', 'tls', 'tls']);
    const reasons = log.events.filter(({ event }) => event === 'tls-handshake-failed').map(({ details }) => details);
    const address = '127.0.0.1';
    expect(reasons).toEqual([
      { address, reason: 'NO_CERTIFICATE' },
      { address, reason: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
      { address, reason: 'CERT_HAS_EXPIRED' },
    ]);
    expect((await echo(...asClient(scanner))).code).toBe(0);
  });

  test('takes an optional certificate for nothing but good', async () => {
    await secured({ clientCertificate: 'optional' });
    expect((await echo('+tla', '-ic')).code).toBe(0);
    expect((await echo(...asClient(scanner))).code).toBe(0);
    expect((await echo(...asClient(await stranger.issue('mr2')))).code).not.toBe(0);
    expect(rejected).toEqual(['tls']);
  });

  test('judges AE title, address and certificate together, and counts what did not hold', async () => {
    await secured({
      clientCertificate: 'optional',
      allowedCallers: [
        { aeTitle: 'MR1', addresses: ['127.0.0.0/8'], certificateSubject: { CN: 'mr1', OU: 'Radiology' } },
        { aeTitle: 'MR2', addresses: ['10.0.0.0/8', '::1'] },
      ],
    });
    expect((await echo(...asClient(scanner))).code).toBe(0);
    const refused = 'Calling AE Title Not Recognized';
    expect((await echo(...asClient(await authority.issue('mr9')))).output).toContain(refused);
    expect((await echo('+tla', '-ic')).output).toContain(refused);
    expect((await echo(...asClient(scanner), '-aet', 'MR2')).output).toContain(refused);
    expect((await echo(...asClient(scanner), '-aet', 'MR3')).output).toContain(refused);
    expect(rejected).toEqual(['certificate', 'certificate', 'address', 'calling-ae-title']);
    expect(log.events.filter(({ event }) => event === 'association-rejected')).toMatchObject([
      { details: { reason: 'calling AE title not allowed with this certificate' } },
      { details: { reason: 'calling AE title not allowed with this certificate' } },
      { details: { reason: 'calling AE title not allowed from this address' } },
      { details: { reason: 'calling AE title not recognized' } },
    ]);
  });

  test('shows a new certificate to who comes next, and keeps the old one where the new one is broken', async () => {
    const files = { keyFile: join(folder, 'live.key'), certFile: join(folder, 'live.pem'), caFile: authority.caFile };
    const put = async ({ keyFile, certFile }: Identity): Promise<void> => {
      await copyFile(keyFile, files.keyFile);
      await copyFile(certFile, files.certFile);
    };
    await put(own);
    const credentials = await secured({ files });
    expect(await handshake()).toContain('CN = node');
    await put(await authority.issue('renewed'));
    await credentials.check();
    expect(await handshake()).toContain('CN = renewed');
    expect(credentials.problem).toMatch(/expires on/);
    for (const broken of [
      () => writeFile(files.certFile, 'not a certificate'),
      () => put({ ...own, keyFile: scanner.keyFile }),
      async () => put(await authority.issue('late', { expired: true })),
      () => rm(files.keyFile),
    ]) {
      await broken();
      await credentials.check();
      expect(credentials.problem).toMatch(/^what was read before stays in use, for the new files cannot be used: /);
    }
    expect(await handshake()).toContain('CN = renewed');
    expect((await echo(...asClient(scanner))).code).toBe(0);
    expect(log.events.filter(({ event }) => event === 'certificate-not-reloaded')).toHaveLength(4);
    await put(own);
    await credentials.check();
    expect(await handshake()).toContain('CN = node');
    expect(credentials.problem).toMatch(/expires on/);
  });
});

describe.skipIf(openssl === undefined)('the handshake, with openssl as the peer', () => {
  test.each([
    ['TLS 1.1', ['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0']],
    ['CBC', ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA256:AES128-SHA:ECDHE-RSA-AES256-SHA384']],
    ['no forward secrecy', ['-tls1_2', '-cipher', 'AES256-GCM-SHA384:AES128-GCM-SHA256']],
    ['no authentication', ['-tls1_2', '-cipher', 'aNULL:@SECLEVEL=0']],
  ])('refuses %s', async (_what, parameters) => {
    await secured({ files: { ...(await authority.issue('rsa', { newKey: ['rsa:2048'] })), caFile: authority.caFile } });
    expect(await handshake(...parameters)).toMatch(/Cipher is \(NONE\)|Cipher *: 0000/);
    await until(() => rejected.includes('tls'));
  });

  test.each([
    ['-tls1_2', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
    ['-tls1_2', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
    ['-tls1_3', 'TLS_AES_256_GCM_SHA384'],
  ])('takes %s with %s', async (version, cipher) => {
    await secured();
    const choice = version === '-tls1_3' ? ['-ciphersuites', cipher] : ['-cipher', cipher];
    const said = await handshake(version, ...choice);
    expect(said).toContain(`Cipher is ${cipher}`);
    expect(said).toContain('Verify return code: 0');
    expect(said).not.toContain('Reused');
  });

  test('takes nothing below TLS 1.3 where the site says so', async () => {
    await secured({ files: { ...own, caFile: authority.caFile, minVersion: 'TLSv1.3' } });
    expect(await handshake('-tls1_2')).toContain('Cipher is (NONE)');
    expect(await handshake('-tls1_3')).toContain('Verify return code: 0');
  });

  test('refuses a short key of its own before it listens', async () => {
    const short = await authority.issue('short', { newKey: ['rsa:1024'] });
    await expect(secured({ files: { ...short, caFile: authority.caFile } })).rejects.toMatchObject({
      code: 'configuration-invalid',
    });
  });
});

describe.skipIf(openssl === undefined)('a handshake that does not end', () => {
  const LIMITS = { associationRequestSeconds: 0.4, maxAssociations: 1 };
  const opened: Socket[] = [];
  afterEach(() => {
    for (const socket of opened.splice(0)) socket.destroy();
  });

  /** A connection, and whether the node has closed it. */
  async function silent(): Promise<{ readonly socket: Socket; readonly isClosed: () => boolean }> {
    const socket = connect(Number(port()), '127.0.0.1').on('error', () => undefined);
    opened.push(socket);
    let closed = false;
    socket.once('close', () => {
      closed = true;
    });
    socket.resume();
    await once(socket, 'connect');
    return { socket, isClosed: () => closed };
  }

  test('is broken off in time, however it drips', async () => {
    await secured({ limits: LIMITS });
    const [quiet, dripping] = [await silent(), await silent()];
    const hello = Buffer.from('160301020001000', 'hex');
    const began = Date.now();
    for (let at = 0; !dripping.isClosed() && Date.now() - began < 3_000; at += 1) {
      dripping.socket.write(hello.subarray(at % hello.length, (at % hello.length) + 1));
      await delay(50);
    }
    expect(dripping.isClosed()).toBe(true);
    expect(Date.now() - began).toBeLessThan(1_500);
    await until(() => quiet.isClosed());
  });

  test('limits no association that came of one that did', async () => {
    await secured({ limits: LIMITS, clientCertificate: 'none' });
    const socket = connectTls({ host: '127.0.0.1', port: Number(port()), rejectUnauthorized: false });
    opened.push(socket);
    socket.write(associateRequest('NODE', [MR_CONTEXT]));
    const [accepted] = (await once(socket, 'data')) as [Buffer];
    expect(accepted.readUInt8(0)).toBe(2);
    await Promise.race([once(socket, 'close').then(() => expect.unreachable()), delay(1_000)]);
    await scp?.close();
  });

  test('takes up one of a limited number of places', async () => {
    await secured({ limits: { ...LIMITS, associationRequestSeconds: 5 } });
    const all = await Promise.all(Array.from({ length: 80 }, silent));
    // 64 in waiting beside the one place for an association.
    await until(() => all.filter(({ isClosed }) => isClosed()).length === 15);
    for (const { socket } of all) socket.destroy();
    await until(() => all.every(({ isClosed }) => isClosed()));
    await delay(50);
    expect(await handshake()).toContain('Verify return code: 0');
  });
});
