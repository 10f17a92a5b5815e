import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { connect } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import type { EventLog } from '../../src/app/ports.ts';
import { NodeError } from '../../src/core/errors.ts';
import type { Status } from '../../src/http/answers.ts';
import type { HealthChecks } from '../../src/http/health-routes.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { nodeMounts } from '../../src/http/mounts.ts';
import { type HttpLimits, type HttpServer, startHttpServer } from '../../src/http/server.ts';
import { signedInName } from '../../src/http/sign-in/asker.ts';
import { createSignIn } from '../../src/http/sign-in/sign-in.ts';
import { startPageRouter } from '../../src/http/start-page.ts';
import { apiServices } from '../support/api-services.ts';
import { selfSigned } from '../support/self-signed.ts';
import { GENEROUS_LIMITS, signInOptions } from '../support/sign-in-server.ts';
import { requireTool } from '../support/tools.ts';

const openssl = requireTool('openssl');

const silent: EventLog = { info: () => {}, warn: () => {}, error: () => {} };
const status: Status = {
  product: 'cmr-orientation-node',
  version: '1.2.3',
  startedAt: '2026-01-02T03:04:05.000Z',
  mode: 'observe',
  dimse: { aeTitle: 'CMR_NODE', host: '127.0.0.1', port: 11112 },
  recogniser: null,
  instances: { received: 3, quarantined: 0 },
  disk: { freeBytes: 1e9, fullInHours: null },
  series: { open: 1, decided: { 'pass-through': 2 }, flagged: {} },
  destinations: [{ name: 'archive', pending: 1, failed: 0, lastFailure: null }],
};

let server: HttpServer | undefined;
afterEach(async () => {
  await server?.close(0);
  server = undefined;
});

interface Settings {
  readonly checks?: HealthChecks;
  readonly allowOpenAccess?: boolean;
  readonly limits?: Partial<HttpLimits>;
  readonly log?: EventLog;
}

async function started(settings: Settings = {}) {
  const log = settings.log ?? silent;
  const signIn = createSignIn(signInOptions({ log }));
  const dicomWeb = express.Router();
  dicomWeb.post('/studies', (_request, response) => {
    response.json({ by: signedInName(response) });
  });
  dicomWeb.get('/broken', () => {
    throw new Error('Phantom^Peter is in this message');
  });
  dicomWeb.get('/full', () => {
    throw new NodeError('storage-full', 'there is no room');
  });
  const checks = settings.checks ?? (async () => ({}));
  const routes = {
    version: '1.2.3',
    signIn,
    checks,
    api: apiServices({ status: async () => status }),
    pageFolder: 'nowhere',
    metrics: createMetrics(),
    dicomWeb,
    corsOrigins: ['https://viewer.example.org'],
    limits: GENEROUS_LIMITS,
    onRead: async () => {},
    log,
  };
  const mounts = nodeMounts({ ...routes, allowOpenAccess: settings.allowOpenAccess ?? false });
  server = await startHttpServer({ host: '127.0.0.1', port: 0, mounts, log, limits: settings.limits ?? {} });
  const url = `http://127.0.0.1:${server.port}`;
  return { url, signedIn: { Authorization: `Bearer ${signIn.oneTimeToken}` } };
}

describe('the HTTP server', () => {
  test.each(['/', '/health/live', '/health/ready', '/api/v1/openapi.json', '/metrics'])(
    'answers %s on this machine without sign-in',
    async (path) => {
      const { url } = await started();
      const answer = await fetch(url + path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-powered-by')).toBeNull();
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none';script-src 'self';/);
    },
  );

  test.each([
    ['GET', '/api/v1/status'],
    ['POST', '/dicomweb/studies'],
    ['GET', '/dicomweb/anything'],
  ])('answers %s %s with 401 problem details, unless signed in', async (method, path) => {
    const { url, signedIn } = await started();
    for (const headers of [{}, { Authorization: 'Bearer wrong' }, { Authorization: 'Basic b3BlcmF0b3I6eA==' }]) {
      const answer = await fetch(url + path, { method, headers });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await answer.json()).toMatchObject({ status: 401, code: 'unauthorized' });
    }
    expect((await fetch(url + path, { method, headers: signedIn })).status).not.toBe(401);
  });

  test('lets anybody store where the site allows open access, and nobody see the status', async () => {
    const { url } = await started({ allowOpenAccess: true });
    expect((await fetch(`${url}/dicomweb/studies`, { method: 'POST' })).status).toBe(200);
    expect((await fetch(`${url}/api/v1/status`)).status).toBe(401);
  });

  test('wants sign-in for metrics that were asked for through a proxy', async () => {
    const { url, signedIn } = await started();
    const headers = { 'X-Forwarded-For': '192.0.2.1' };
    expect((await fetch(`${url}/metrics`, { headers })).status).toBe(401);
    expect((await fetch(`${url}/metrics`, { headers: { ...headers, ...signedIn } })).status).toBe(200);
  });

  test('tells the status to who is signed in', async () => {
    const { url, signedIn } = await started();
    expect(await (await fetch(`${url}/api/v1/status`, { headers: signedIn })).json()).toEqual(status);
  });

  test('is ready but degraded while only a destination is dead, and not ready when nothing can be kept', async () => {
    let checks: Awaited<ReturnType<HealthChecks>> = { archive: { status: 'degraded', detail: 'nothing listens' } };
    const { url } = await started({ checks: async () => checks });
    const degraded = await fetch(`${url}/health/ready`);
    expect([degraded.status, await degraded.json()]).toEqual([200, { status: 'degraded', checks }]);
    checks = { ...checks, spool: { status: 'failed', detail: 'no room' } };
    const failed = await fetch(`${url}/health/ready`);
    expect([failed.status, await failed.json()]).toEqual([503, { status: 'failed', checks }]);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  test('is not ready, without telling why to everybody, where the checks themselves fail', async () => {
    const { url } = await started({ checks: () => Promise.reject(new Error('secret')) });
    const answer = await fetch(`${url}/health/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain('secret');
  });

  test('answers errors as problem details, and keeps to itself what it does not know to be harmless', async () => {
    const logged: unknown[] = [];
    const log = { ...silent, error: (event: string, details: unknown) => logged.push([event, details]) };
    const { url, signedIn } = await started({ log });
    const broken = await fetch(`${url}/dicomweb/broken`, { headers: signedIn });
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toContain('Peter');
    expect(logged).toHaveLength(1);
    const full = await fetch(`${url}/dicomweb/full`, { headers: signedIn });
    expect([full.status, await full.json()]).toMatchObject([503, { title: 'there is no room', code: 'storage-full' }]);
    const nothing = await fetch(`${url}/nothing`);
    expect([nothing.status, await nothing.json()]).toMatchObject([404, { status: 404, type: 'about:blank' }]);
  });

  test('refuses a JSON body that is too large or is none', async () => {
    const { url } = await started({ limits: { jsonBytes: 100 } });
    const headers = { 'Content-Type': 'application/json' };
    const post = (body: string) => fetch(`${url}/api/v1/status`, { method: 'POST', headers, body });
    const tooLarge = await post(JSON.stringify('x'.repeat(200)));
    expect([tooLarge.status, tooLarge.headers.get('content-type')]).toEqual([
      413,
      expect.stringContaining('problem+json'),
    ]);
    expect((await post('{')).status).toBe(400);
  });

  test('hangs up on a sender that does not finish its headers in time', async () => {
    await started({ limits: { headersTimeoutMs: 100, requestTimeoutMs: 1000 } });
    const socket = connect(server!.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (data) => {
        text += data.toString();
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('hangs up on a sender whose body does not come in time, also where nobody reads it', async () => {
    const { url } = await started({ limits: { bodyTimeoutMs: 200, headersTimeoutMs: 5_000 } });
    for (const path of ['/api/v1/session', '/dicomweb/studies', '/nowhere']) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.on('error', () => undefined).resume();
      const startedAt = performance.now();
      const closed = new Promise((resolve) => socket.once('close', resolve));
      const head = 'Host: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n';
      socket.write(`POST ${path} HTTP/1.1\r\n${head}`);
      const drops = setInterval(() => socket.write(' '), 20);
      await closed;
      clearInterval(drops);
      expect(performance.now() - startedAt).toBeLessThan(3_000);
    }
  });

  test('answers a few requests that come at once, and hangs up on a thousand', async () => {
    const { url } = await started();
    const answersTo = async (count: number): Promise<number> => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      let told = '';
      socket
        .on('error', () => undefined)
        .on('data', (data) => {
          told += data.toString('latin1');
        });
      const request = 'GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n';
      const last = `${request}Connection: close\r\n\r\n`;
      socket.write(`${request}\r\n`.repeat(count - 1) + last);
      await new Promise((resolve) => socket.once('close', resolve));
      return told.split('HTTP/1.1 200').length - 1;
    };
    expect(await answersTo(5)).toBe(5);
    expect(await answersTo(1_000)).toBeLessThan(10);
  });

  test('says of what it cannot read only that it cannot', async () => {
    const { url } = await started();
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${url}/api/v1/session`, { method: 'POST', headers, body: '{"name":Phantom^Peter' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('Phantom');
  });

  test('hangs up on a connection that is silent for too long', async () => {
    await started({ limits: { idleTimeoutMs: 100 } });
    const socket = connect(server!.port, '127.0.0.1');
    await new Promise((resolve) => socket.on('close', resolve));
  });

  test.skipIf(openssl === undefined)(
    'speaks TLS where it has a certificate, and tells browsers to stay with it',
    async () => {
      const certificate = await selfSigned(openssl!);
      const tls = { options: certificate, onChange: () => undefined };
      const mounts = [{ path: '/', router: startPageRouter('1.2.3') }];
      server = await startHttpServer({ host: '127.0.0.1', port: 0, tls, mounts, log: silent });
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        get({ host: '127.0.0.1', port: server!.port, ca: certificate.cert, agent: false }, resolve).on('error', reject);
      });
      answer.resume();
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['strict-transport-security']).toMatch(/max-age/);
    },
  );

  test('says which address it cannot listen on', async () => {
    await started();
    const again = startHttpServer({ host: '127.0.0.1', port: server!.port, mounts: [], log: silent });
    await expect(again).rejects.toMatchObject({ code: 'configuration-invalid', subject: { attribute: 'http.port' } });
  });
});

describe('pages of other origins', () => {
  const VIEWER = 'https://viewer.example.org';
  const preflight = (url: string, origin: string) =>
    fetch(`${url}/dicomweb/studies`, {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
      },
    });

  test('that the site named are answered, without sign-in for the question whether they may', async () => {
    const { url, signedIn } = await started();
    const asked = await preflight(url, VIEWER);
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, VIEWER]);
    expect(asked.headers.get('access-control-allow-headers')).toBe('authorization');
    const refused = await fetch(`${url}/dicomweb/studies`, { headers: { Origin: VIEWER } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, VIEWER]);
    const answer = await fetch(`${url}/dicomweb/studies`, { method: 'POST', headers: { ...signedIn, Origin: VIEWER } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, VIEWER]);
    expect(answer.headers.get('vary')).toContain('Origin');
  });

  test('that it did not name are not, and none but at DICOMweb', async () => {
    const { url, signedIn } = await started();
    for (const origin of ['https://evil.example.org', 'null', `${VIEWER}.evil.org`, 'http://viewer.example.org']) {
      expect((await preflight(url, origin)).headers.get('access-control-allow-origin')).toBeNull();
    }
    const status = await fetch(`${url}/api/v1/status`, { headers: { ...signedIn, Origin: VIEWER } });
    expect([status.status, status.headers.get('access-control-allow-origin')]).toEqual([200, null]);
  });
});
