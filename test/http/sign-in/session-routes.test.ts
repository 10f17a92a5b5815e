import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../../src/api/session.ts';
import { hashPassword } from '../../../src/http/sign-in/passwords.ts';
import type { Auth } from '../../../src/http/sign-in/sign-in.ts';
import { CookieBrowser } from '../../support/cookie-browser.ts';
import {
  GENEROUS_LIMITS,
  type SignInServer,
  type SignInServerSettings,
  startSignInServer,
} from '../../support/sign-in-server.ts';

const PASSWORD = 'correct horse battery';
const TOKEN = 'machine-token';
let auth: Auth;
beforeAll(async () => {
  const passwordHash = await hashPassword(PASSWORD, { cost: 16, blockSize: 1, parallelization: 1 });
  const tokenSha256 = createHash('sha256').update(TOKEN).digest('hex');
  auth = {
    users: [
      { name: 'anna', role: 'administrator', passwordHash },
      { name: 'vera', role: 'viewer', passwordHash },
    ],
    tokens: [{ name: 'gateway', role: 'viewer', tokenSha256 }],
    sessionMinutes: 30,
    sessionHours: 12,
  };
});

let served: SignInServer;
afterEach(() => served.server.close(0));

async function started(settings: SignInServerSettings = {}): Promise<CookieBrowser> {
  served = await startSignInServer({ auth, ...settings });
  return new CookieBrowser();
}

const at = (path: string) => served.url + path;

function signIn(browser: CookieBrowser, order: object, headers: Record<string, string> = {}): Promise<Response> {
  const init = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(order),
  };
  return browser.ask(at('/api/v1/session'), init);
}

const anna = { user: 'anna', password: PASSWORD };

async function sessionOf(browser: CookieBrowser): Promise<Session> {
  return (await browser.ask(at('/api/v1/session'))).json() as Promise<Session>;
}

function retry(browser: CookieBrowser, headers: Record<string, string>): Promise<Response> {
  const init = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: '{"because":"the archive is back"}',
  };
  return browser.ask(at('/api/v1/deliveries/retry'), init);
}

describe('signing in', () => {
  test('is told how before anything else, and nothing more', async () => {
    const session = await sessionOf(await started());
    expect(session).toEqual({
      signedIn: null,
      methods: { password: true, token: true, oidc: null, oidcName: null },
      product: { name: 'cmr-orientation-node', version: '1.2.3', model: null, usage: null, mode: null },
    });
  });

  test('as a user begins a session that a browser keeps from scripts and other sites', async () => {
    const browser = await started();
    const answer = await signIn(browser, anna);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^cmr-node=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(await sessionOf(browser)).toMatchObject({
      signedIn: { name: 'anna', role: 'administrator' },
      product: { model: 'told 1', mode: 'observe' },
    });
    expect((await browser.ask(at('/dicomweb/studies'))).status).toBe(200);
    expect(served.events).toEqual([
      { event: 'sign-in', asker: { name: 'anna', role: 'administrator' }, by: 'password', address: '127.0.0.1' },
    ]);
  });

  test('is Secure, by a name of this host alone, where a believed proxy ends TLS', async () => {
    const browser = await started({ publicUrl: 'https://node.example.org', trustedProxies: ['127.0.0.1'] });
    const headers = {
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-For': '192.0.2.7',
      Origin: 'https://node.example.org',
    };
    const [cookie = ''] = (await signIn(browser, anna, headers)).headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-cmr-node=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect(served.events[0]?.address).toBe('192.0.2.7');
  });

  test('believes no proxy that is not configured', async () => {
    const browser = await started();
    await signIn(browser, anna, { 'X-Forwarded-For': '192.0.2.7' });
    expect(served.events[0]?.address).toBe('127.0.0.1');
  });

  test('by the one-time token is as the operator, an administrator', async () => {
    const browser = await started({ auth: undefined });
    expect((await sessionOf(browser)).methods).toMatchObject({ password: false, token: true });
    expect((await signIn(browser, { token: served.oneTimeToken })).status).toBe(200);
    expect((await sessionOf(browser)).signedIn).toMatchObject({ name: 'operator', role: 'administrator' });
  });

  test('by a configured token is as its owner', async () => {
    const browser = await started();
    await signIn(browser, { token: TOKEN });
    expect((await sessionOf(browser)).signedIn).toMatchObject({ name: 'gateway', role: 'viewer' });
  });

  test('that fails is answered alike for every reason, and recorded without what may be a password', async () => {
    const browser = await started();
    const answers = await Promise.all([
      signIn(browser, { user: 'anna', password: 'wrong' }),
      signIn(browser, { user: PASSWORD, password: 'wrong' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    const [one, other] = await Promise.all(answers.map((answer) => answer.text()));
    expect(one).toBe(other);
    expect(answers.every((answer) => answer.headers.getSetCookie().length === 0)).toBe(true);
    expect((await signIn(browser, { token: 'wrong' })).status).toBe(401);
    expect(served.events).toEqual([
      { event: 'sign-in-failed', user: 'anna', by: 'password', why: 'wrong-password', address: '127.0.0.1' },
      { event: 'sign-in-failed', user: null, by: 'password', why: 'unknown-user', address: '127.0.0.1' },
      { event: 'sign-in-failed', user: null, by: 'token', why: 'unknown-token', address: '127.0.0.1' },
    ]);
  });

  test('wants an order that it understands, and does not repeat what it found', async () => {
    const browser = await started();
    for (const wrong of [
      {},
      { user: 'anna' },
      { ...anna, token: TOKEN },
      { user: 'anna', password: { a: PASSWORD } },
    ]) {
      const answer = await signIn(browser, wrong);
      expect(answer.status).toBe(400);
      expect(await answer.text()).not.toContain(PASSWORD);
    }
  });

  test('does not happen where it cannot be put on record', async () => {
    const browser = await started({ onEvent: () => Promise.reject(new Error('the disk is full')) });
    const answer = await signIn(browser, anna);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([500, []]);
  });
});

describe('a session', () => {
  test('has an id that nobody knew before the sign-in, and the one before it ends', async () => {
    const browser = await started();
    browser.setCookie(served.url, 'cmr-node', 'planted-by-somebody-else');
    await signIn(browser, anna);
    const first = browser.cookies(served.url).get('cmr-node');
    expect(first).not.toBe('planted-by-somebody-else');
    await signIn(browser, { user: 'vera', password: PASSWORD });
    expect(browser.cookies(served.url).get('cmr-node')).not.toBe(first);
    browser.setCookie(served.url, 'cmr-node', first ?? '');
    expect((await sessionOf(browser)).signedIn).toBeNull();
  });

  test('ends with sign-out, on the server too', async () => {
    const browser = await started();
    await signIn(browser, anna);
    const id = browser.cookies(served.url).get('cmr-node') ?? '';
    const { csrfToken = '' } = (await sessionOf(browser)).signedIn ?? {};
    const headers = { 'X-CSRF-Token': csrfToken };
    expect((await browser.ask(at('/api/v1/session'), { method: 'DELETE', headers })).status).toBe(204);
    expect(browser.cookies(served.url).size).toBe(0);
    browser.setCookie(served.url, 'cmr-node', id);
    expect((await browser.ask(at('/dicomweb/studies'))).status).toBe(401);
    expect(served.events.map(({ event }) => event)).toEqual(['sign-in', 'sign-out']);
    expect((await new CookieBrowser().ask(at('/api/v1/session'), { method: 'DELETE' })).status).toBe(204);
  });

  test('is over after its idle time', async () => {
    const clock = { ms: Date.parse('2026-01-02T03:00:00Z') };
    const browser = await started({ now: () => clock.ms });
    await signIn(browser, anna);
    expect((await sessionOf(browser)).signedIn?.expiresAt).toBe('2026-01-02T03:30:00.000Z');
    clock.ms += 30 * 60_000;
    expect((await sessionOf(browser)).signedIn).toBeNull();
    expect((await browser.ask(at('/dicomweb/studies'))).status).toBe(401);
  });

  test('is kept alive by what a person asks, not by what the page asks while nobody sits there', async () => {
    const clock = { ms: Date.parse('2026-01-02T03:00:00Z') };
    const browser = await started({ now: () => clock.ms });
    await signIn(browser, anna);
    clock.ms += 20 * 60_000;
    expect((await browser.ask(at('/dicomweb/studies'))).status).toBe(200);
    clock.ms += 20 * 60_000;
    const headers = { 'X-Unattended': '1' };
    expect((await browser.ask(at('/dicomweb/studies'), { headers })).status).toBe(200);
    const stream = { Accept: 'text/event-stream' };
    expect((await browser.ask(at('/dicomweb/studies'), { headers: stream })).status).toBe(200);
    clock.ms += 20 * 60_000;
    expect((await browser.ask(at('/dicomweb/studies'), { headers })).status).toBe(401);
  });

  test('may what its role may', async () => {
    const browser = await started();
    await signIn(browser, { user: 'vera', password: PASSWORD });
    const { csrfToken = '' } = (await sessionOf(browser)).signedIn ?? {};
    const refused = await retry(browser, { 'X-CSRF-Token': csrfToken });
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'forbidden' }]);
    expect((await browser.ask(at('/dicomweb/studies'), { method: 'GET' })).status).toBe(200);
  });

  test('does not store: that is for tokens', async () => {
    const browser = await started();
    await signIn(browser, anna);
    const { csrfToken = '' } = (await sessionOf(browser)).signedIn ?? {};
    const headers = { 'X-CSRF-Token': csrfToken };
    expect((await browser.ask(at('/dicomweb/studies'), { method: 'POST', headers })).status).toBe(403);
    const bearer = { Authorization: `Bearer ${TOKEN}` };
    const stored = await browser.ask(at('/dicomweb/studies'), { method: 'POST', headers: bearer });
    expect([stored.status, await stored.json()]).toEqual([200, { by: 'gateway' }]);
  });

  test('does not make a wrong token good', async () => {
    const browser = await started();
    await signIn(browser, anna);
    const headers = { Authorization: 'Bearer wrong' };
    expect((await browser.ask(at('/dicomweb/studies'), { headers })).status).toBe(401);
  });
});

describe('a page of another site', () => {
  test('changes nothing with the cookie of a visitor', async () => {
    const browser = await started();
    await signIn(browser, anna);
    const { csrfToken = '' } = (await sessionOf(browser)).signedIn ?? {};
    const good = { 'X-CSRF-Token': csrfToken };
    for (const headers of [
      {},
      { 'X-CSRF-Token': '' },
      { 'X-CSRF-Token': `${csrfToken}x` },
      { 'X-CSRF-Token': browser.cookies(served.url).get('cmr-node') ?? '' },
      { ...good, Origin: 'https://evil.example.org' },
      { ...good, Origin: 'null' },
      { ...good, Origin: 'http://127.0.0.1:1' },
    ]) {
      const answer = await retry(browser, headers);
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'forbidden' }]);
    }
    expect((await retry(browser, { ...good, Origin: served.url })).status).toBe(200);
    expect((await browser.ask(at('/api/v1/session'), { method: 'DELETE' })).status).toBe(403);
    expect((await sessionOf(browser)).signedIn?.name).toBe('anna');
  });

  test('is seen by what browsers say of a request, also of another port of this host', async () => {
    const browser = await started();
    await signIn(browser, anna);
    const { csrfToken = '' } = (await sessionOf(browser)).signedIn ?? {};
    const cookie = `cmr-node=${browser.cookies(served.url).get('cmr-node')}`;
    const status = (method: string, site: string) =>
      rawStatus(method, '/api/v1/deliveries/retry', {
        Cookie: cookie,
        'X-CSRF-Token': csrfToken,
        'Sec-Fetch-Site': site,
      });
    const read = (site: string) => rawStatus('GET', '/dicomweb/studies', { Cookie: cookie, 'Sec-Fetch-Site': site });
    expect(await Promise.all(['cross-site', 'same-site'].map((site) => status('POST', site)))).toEqual([401, 401]);
    expect(await status('POST', 'none')).toBe(403);
    expect(await Promise.all(['cross-site', 'same-site', 'same-origin', 'none'].map(read))).toEqual([
      401, 401, 200, 200,
    ]);
  });

  test('signs nobody in under a name that is not theirs', async () => {
    const browser = await started();
    expect((await signIn(browser, anna, { Origin: 'https://evil.example.org' })).status).toBe(403);
    const form = { 'Content-Type': 'text/plain' };
    expect((await signIn(browser, anna, form)).status).toBe(400);
    expect(served.events).toEqual([]);
  });

  test('does not reach a node on this machine by a name made to lead to it', async () => {
    await started({ publicUrl: 'https://node.example.org' });
    const { port } = new URL(served.url);
    const status = (host: string) => rawStatus('GET', '/', { Host: host });
    const known = [`localhost:${port}`, '127.0.0.1', `[::1]:${port}`, 'NODE.example.org'];
    expect(await Promise.all(known.map(status))).toEqual(known.map(() => 200));
    const unknown = [
      'evil.example.org',
      `evil.example.org:${port}`,
      'localhost.evil.example.org',
      '127.0.0.1.evil.org',
    ];
    expect(await Promise.all(unknown.map(status))).toEqual(unknown.map(() => 421));
  });

  test('may neither frame the pages of the node nor bring scripts into them', async () => {
    await started();
    const { headers } = await fetch(served.url);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data: blob:;font-src 'self';connect-src 'self';worker-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none';require-trusted-types-for 'script'",
    );
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('permissions-policy')).toContain('camera=()');
  });
});

describe('who asks too much', () => {
  const limits = { ...GENEROUS_LIMITS, failedSignIns: 3 };
  const wrong = (user: string) => ({ user, password: 'wrong' });

  test('waits after failed sign-ins, from one address whoever it names', async () => {
    const browser = await started({ limits });
    for (const user of ['a', 'b', 'c']) expect((await signIn(browser, wrong(user))).status).toBe(401);
    const refused = await signIn(browser, anna);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'too-many-requests' });
    expect(served.events).toHaveLength(3);
  });

  test('waits for one user from whatever address, whether the user exists or not, and others do not', async () => {
    const browser = await started({ limits, trustedProxies: ['127.0.0.1'] });
    for (const user of ['anna', 'nobody']) {
      const from = (n: number) => ({ 'X-Forwarded-For': `192.0.2.${user.length * 10 + n}` });
      for (let n = 0; n < 3; n++) expect((await signIn(browser, wrong(user), from(n))).status).toBe(401);
      expect((await signIn(browser, { user, password: PASSWORD }, from(9))).status).toBe(429);
    }
    expect(
      (await signIn(browser, { user: 'vera', password: PASSWORD }, { 'X-Forwarded-For': '192.0.2.1' })).status,
    ).toBe(200);
  });

  test('does not wait for having signed in', async () => {
    const browser = await started({ limits });
    for (let n = 0; n < 5; n++) expect((await signIn(browser, anna)).status).toBe(200);
  });

  test('waits at whatever it asks, but for storing with a token, and without making others wait', async () => {
    const browser = await started({ limits: { ...GENEROUS_LIMITS, requestsPerMinute: 4 } });
    await signIn(browser, anna);
    const look = () => browser.ask(at('/dicomweb/studies')).then(({ status }) => status);
    expect([await look(), await look(), await look(), await look(), await look()]).toEqual([200, 200, 200, 200, 429]);
    const headers = { Authorization: `Bearer ${TOKEN}` };
    const store = () => fetch(at('/dicomweb/studies'), { method: 'POST', headers }).then(({ status }) => status);
    expect(await Promise.all(Array.from({ length: 9 }, store))).toEqual(Array(9).fill(200));
    expect((await fetch(at('/health/live'))).status).toBe(200);
  });
});

describe('reading by DICOMweb', () => {
  test('is put on record with who, which study and which series, and not with what was searched for', async () => {
    const browser = await started();
    await signIn(browser, anna);
    await browser.ask(at('/dicomweb/studies?PatientName=Peter*'));
    await browser.ask(at('/dicomweb/studies/1.2/series'));
    await browser.ask(at('/dicomweb/studies/1.2/series/1.2.3/instances/4/frames/1'));
    const asker = { name: 'anna' };
    expect(served.reads).toEqual([
      { asker, event: 'instances-searched', study: undefined, series: undefined },
      { asker, event: 'instances-searched', study: '1.2', series: undefined },
      { asker, event: 'instances-retrieved', study: '1.2', series: '1.2.3' },
    ]);
  });

  test('is not answered where it cannot be put on record', async () => {
    await started({ onRead: () => Promise.reject(new Error('the disk is full')) });
    const headers = { Authorization: `Bearer ${TOKEN}` };
    expect((await fetch(at('/dicomweb/studies/1.2'), { headers })).status).toBe(500);
  });

  test('by who is not let in is not, and by anybody is where the site allows that', async () => {
    const browser = await started();
    await browser.ask(at('/dicomweb/studies/1.2'));
    expect(served.reads).toEqual([]);
    await served.server.close(0);
    served = await startSignInServer({ allowOpenAccess: true });
    await fetch(at('/dicomweb/studies/1.2'));
    expect(served.reads).toMatchObject([{ asker: { name: 'unknown' }, study: '1.2' }]);
  });
});

/** With headers that `fetch` keeps for itself. */
function rawStatus(method: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(served.url);
    const asked = request({ host: hostname, port, path, method, headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}
