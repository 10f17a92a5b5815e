import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Destination, OutgoingInstance } from '../../src/app/ports.ts';
import type { NodeError } from '../../src/core/errors.ts';
import { dimseDestination } from '../../src/dimse/storage-scu.ts';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';
import { TlsCredentials } from '../../src/tls/tls-credentials.ts';
import type { TlsFiles } from '../../src/tls/tls-files.ts';
import { type Authority, certificateAuthority, type Identity } from '../support/certificates.ts';
import { type Orthanc, requireOrthanc, startOrthanc } from '../support/orthanc.ts';
import { EXPLICIT_LITTLE_ENDIAN, MR_IMAGE_STORAGE, part10Sample } from '../support/part10-sample.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { requireTool } from '../support/tools.ts';
import { hasDcmtk, type Storescp, startStorescp } from './dcmtk.ts';

const openssl = requireTool('openssl');

let folder: string;
let authority: Authority;
let stranger: Authority;
let own: Identity;
let archive: Storescp | undefined;
let orthanc: Orthanc | undefined;
let server: Server | undefined;
let destination: Destination | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tls-archive-'));
  if (openssl === undefined) return;
  authority = await certificateAuthority(openssl, folder);
  stranger = await certificateAuthority(openssl, folder, 'stranger');
  own = await authority.issue('node');
});
afterEach(async () => {
  await destination?.close();
  await archive?.stop();
  await orthanc?.stop();
  server?.close();
  [destination, archive, orthanc, server] = [undefined, undefined, undefined, undefined];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ownFiles = (): TlsFiles => ({ ...own, caFile: authority.caFile });

/** Sends one instance over TLS, and tells in which words that failed, if it did. */
async function sent(
  port: number,
  files: TlsFiles,
  options: { readonly host?: string; readonly servername?: string } = {},
): Promise<{ readonly failure: string | undefined; readonly dataSet: Buffer }> {
  const { host = '127.0.0.1', servername } = options;
  const log = recordedLog();
  const credentials = await TlsCredentials.open('destination', files, { log, now: Date.now });
  destination = dimseDestination({
    name: 'pacs',
    host,
    port,
    calledAeTitle: 'ARCHIVE',
    callingAeTitle: 'CMR_NODE',
    concurrency: 1,
    tls: { credentials, servername },
    timeouts: { connectSeconds: 3, associationSeconds: 3 },
    log,
  });
  const sample = part10Sample({ rows: 64, columns: 64 });
  const instance = {
    sopClassUid: MR_IMAGE_STORAGE,
    sopInstanceUid: sample.sopInstanceUid,
    transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
    callingAeTitle: 'MR1',
  };
  const meta = encodeFileMeta(instance);
  const file = join(folder, 'outgoing.dcm');
  await writeFile(file, Buffer.concat([meta, sample.dataSet]));
  const outgoing: OutgoingInstance = {
    ...instance,
    file,
    dataSetOffset: meta.length,
    dataSetLength: sample.dataSet.length,
  };
  const failure = await destination
    .deliver([outgoing], (_index, outcome) => expect(outcome).toEqual({ stored: true }))
    .then(
      () => undefined,
      (error: unknown) => (error as NodeError).words,
    );
  await destination.close();
  return { failure, dataSet: sample.dataSet };
}

/** An archive as far as its handshake. */
async function handshaking(options: TlsOptions | undefined): Promise<number> {
  const started = options === undefined ? createServer() : createTlsServer(options);
  started.on('connection', (socket) => socket.on('error', () => undefined));
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function identityOf({ keyFile, certFile }: Identity): Promise<TlsOptions> {
  return { key: await readFile(keyFile), cert: await readFile(certFile) };
}

describe.skipIf(openssl === undefined || !hasDcmtk)('C-STORE SCU over TLS with DCMTK as the archive', () => {
  async function storescp(identity: Identity, ...parameters: readonly string[]): Promise<number> {
    const where = await mkdtemp(join(folder, 'archive-'));
    const secured = ['+tls', identity.keyFile, identity.certFile, '+cf', authority.caFile];
    archive = await startStorescp(where, ...secured, ...parameters);
    return archive.port;
  }

  test.each(['+py', '+pz'])('delivers byte for byte to an archive that verifies it, profile %s', async (profile) => {
    const port = await storescp(await authority.issue('pacs', { newKey: ['rsa:2048'] }), profile);
    const { failure, dataSet } = await sent(port, ownFiles());
    expect(failure).toBeUndefined();
    const [name = ''] = await readdir(archive!.folder);
    const file = await readFile(join(archive!.folder, name));
    expect(file.subarray(-dataSet.length).equals(dataSet)).toBe(true);
  });

  test('is told by an archive that it wants a certificate, or another one', async () => {
    const port = await storescp(await authority.issue('pacs'));
    const { failure } = await sent(port, { caFile: authority.caFile });
    expect(failure).toMatch(/^pacs cannot be reached: it asks for a certificate of this node$/);
    const foreign = await stranger.issue('node');
    expect((await sent(port, { ...foreign, caFile: authority.caFile })).failure).toMatch(
      /^pacs cannot be reached: it does not take the certificate of this node$/,
    );
  });
});

describe.skipIf(openssl === undefined)('an archive whose certificate does not hold', () => {
  test.each([
    ['of an authority that nobody knows', () => stranger.issue('pacs'), {}, 'is not trusted here'],
    ['that has expired', () => authority.issue('late', { expired: true }), {}, 'has expired'],
    ['for another name', () => authority.issue('a', { names: 'DNS:other' }), {}, 'is for another host name'],
    ['for another servername', () => authority.issue('b'), { servername: 'pacs.example' }, 'is for another host name'],
  ])('%s, is sent nothing', async (_what, issued, options, words) => {
    const port = await handshaking(await identityOf(await issued()));
    const { failure } = await sent(port, ownFiles(), options);
    expect(failure).toBe(`pacs cannot be reached: its certificate ${words}`);
  });

  test('is sent nothing even where the environment turns verification off', async () => {
    const port = await handshaking(await identityOf(await stranger.issue('pacs')));
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      expect((await sent(port, ownFiles())).failure).toContain('is not trusted here');
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  test('is verified by the servername where that is given', async () => {
    const options = await identityOf(await authority.issue('c', { names: 'DNS:pacs.example' }));
    const port = await handshaking(options);
    const { failure } = await sent(port, ownFiles(), { servername: 'pacs.example' });
    // The certificate is good: only the association is missing.
    expect(failure).toMatch(/did not answer the association request/);
  });
});

describe.skipIf(openssl === undefined)('an archive that does not speak TLS as it should', () => {
  test('speaks an old version or weak ciphers only', async () => {
    const identity = await identityOf(await authority.issue('rsa', { newKey: ['rsa:2048'] }));
    for (const weak of [
      { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const,
      { maxVersion: 'TLSv1.2', ciphers: 'AES256-SHA:AES256-GCM-SHA384' } as const,
    ]) {
      const port = await handshaking({ ...identity, ...weak });
      expect((await sent(port, ownFiles())).failure).toBe(
        'pacs cannot be reached: it and this node have no version or cipher of TLS in common',
      );
      server?.close();
    }
  });

  test('is given up after its time where the handshake does not end', async () => {
    const port = await handshaking(undefined);
    const began = Date.now();
    expect((await sent(port, ownFiles())).failure).toMatch(/did not answer within 3 s/);
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  test.skipIf(!hasDcmtk)('speaks clear text', async () => {
    archive = await startStorescp(await mkdtemp(join(folder, 'clear-')));
    expect((await sent(archive.port, ownFiles())).failure).toMatch(/^pacs cannot be reached: /);
  });
});

describe.skipIf(openssl === undefined || requireOrthanc() === undefined)('an Orthanc with DicomTls', () => {
  test('takes what it is sent', async () => {
    const identity = await authority.issue('orthanc', { newKey: ['rsa:2048'] });
    orthanc = await startOrthanc({
      settings: {
        DicomTlsEnabled: true,
        DicomTlsPrivateKey: identity.keyFile,
        DicomTlsCertificate: identity.certFile,
        DicomTlsTrustedCertificates: authority.caFile,
        DicomTlsRemoteCertificateRequired: true,
      },
    });
    expect((await sent(orthanc.dimsePort, ownFiles())).failure).toBeUndefined();
    expect(await orthanc.count()).toBe(1);
  });
});
