import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../../src/http/server.ts';
import { TlsCredentials } from '../../src/tls/tls-credentials.ts';
import { type Authority, certificateAuthority, type Identity } from '../support/certificates.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { requireTool } from '../support/tools.ts';

const openssl = requireTool('openssl');
const log = recordedLog();

let folder: string;
let authority: Authority;
let server: HttpServer | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'https-'));
  if (openssl !== undefined) authority = await certificateAuthority(openssl, folder);
});
afterEach(async () => {
  await server?.close(0);
  server = undefined;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function started(files: Identity, limits: HttpServerOptions['limits'] = {}): Promise<TlsCredentials> {
  const tls = await TlsCredentials.open('http.tls', files, { log, now: Date.now });
  server = await startHttpServer({ host: '127.0.0.1', port: 0, tls, mounts: [], log, limits });
  return tls;
}

/** The name in the certificate that a new connection is shown, and the answer. */
async function asked(): Promise<{ readonly name: string; readonly answer: IncomingMessage }> {
  const ca = await readFile(authority.caFile, 'utf8');
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port: server!.port, ca, agent: false }, (answer) => {
      answer.resume();
      resolve({ name: String((answer.socket as TLSSocket).getPeerCertificate().subject.CN), answer });
    });
    request.on('error', reject);
  });
}

describe.skipIf(openssl === undefined)('HTTPS', () => {
  test('tells browsers to stay with it, and shows a renewed certificate to the next', async () => {
    const live = { keyFile: join(folder, 'live.key'), certFile: join(folder, 'live.pem') };
    const put = async ({ keyFile, certFile }: Identity): Promise<void> => {
      await copyFile(keyFile, live.keyFile);
      await copyFile(certFile, live.certFile);
    };
    await put(await authority.issue('first'));
    const tls = await started(live);
    const { name, answer } = await asked();
    expect(name).toBe('first');
    expect(answer.headers['strict-transport-security']).toMatch(/max-age/);
    await put(await authority.issue('second'));
    await tls.check();
    expect((await asked()).name).toBe('second');
  });

  test.each([
    ['-tls1_1', 'ALL:@SECLEVEL=0'],
    ['-tls1_2', 'AES256-GCM-SHA384:AES128-SHA'],
  ])('refuses %s with %s', async (version, cipher) => {
    await started(await authority.issue('rsa', { newKey: ['rsa:2048'] }));
    const said = await new Promise<string>((resolve) => {
      const target = ['s_client', '-connect', `127.0.0.1:${server!.port}`, version, '-cipher', cipher];
      const child = execFile(openssl!, target, { timeout: 10_000 }, (_error, out, err) => resolve(out + err));
      child.stdin?.end();
    });
    expect(said).toMatch(/Cipher is \(NONE\)|Cipher *: 0000/);
  });

  test('limits no connection that came of a handshake in time', async () => {
    await started(await authority.issue('kept'), { headersTimeoutMs: 300 });
    const agent = new Agent({ keepAlive: true, ca: await readFile(authority.caFile, 'utf8') });
    const reused = () =>
      new Promise<boolean>((resolve, reject) => {
        const request = get({ host: '127.0.0.1', port: server!.port, agent }, (answer) => {
          answer.resume().on('end', () => resolve(request.reusedSocket));
        }).on('error', reject);
      });
    expect(await reused()).toBe(false);
    await delay(700);
    expect(await reused()).toBe(true);
    agent.destroy();
  });

  test('breaks off a handshake in time, however it drips', async () => {
    await started(await authority.issue('node'), { headersTimeoutMs: 400 });
    const socket = connect(server!.port, '127.0.0.1').on('error', () => undefined);
    const closed = once(socket, 'close').then(() => true);
    const began = Date.now();
    const hello = Buffer.from('1603010200010001fc0303', 'hex');
    for (const byte of hello) {
      socket.write(Buffer.of(byte));
      if (await Promise.race([closed, delay(50, false)])) break;
    }
    await closed;
    expect(Date.now() - began).toBeLessThan(2_000);
  });
});
