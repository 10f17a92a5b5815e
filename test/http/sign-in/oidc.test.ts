import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '../../../src/api/session.ts';
import type { Auth } from '../../../src/http/sign-in/sign-in.ts';
import { CookieBrowser } from '../../support/cookie-browser.ts';
import { freePort } from '../../support/free-port.ts';
import { CLIENT, startOidcProvider, type TestProvider } from '../../support/oidc-provider.ts';
import { type SignInServer, startSignInServer } from '../../support/sign-in-server.ts';

let provider: TestProvider;
let served: SignInServer;
let port: number;
let callback: string;
const settings = () => ({
  ...CLIENT,
  issuer: provider.issuer,
  name: 'Hospital account',
  redirectUrl: callback,
  scopes: ['openid', 'profile'],
  roleClaim: 'groups',
  roles: { viewer: ['staff'], reviewer: ['cmr'], administrator: [] },
});
const serve = (oidc: Partial<Auth['oidc']> = {}, others: Partial<Auth> = {}) =>
  startSignInServer({
    port,
    auth: { oidc: { ...settings(), ...oidc }, sessionMinutes: 30, sessionHours: 12, ...others },
  });

beforeAll(async () => {
  port = await freePort();
  callback = `http://127.0.0.1:${port}/api/v1/session/oidc/callback`;
  provider = await startOidcProvider(callback);
});
afterAll(() => provider.close());
beforeEach(() => {
  provider.account = { sub: 'f3-anna', claims: { preferred_username: 'anna', groups: ['staff', 'cmr'] } };
});
afterEach(() => served.server.close(0));

const isCallback = (address: string) => address.startsWith(callback);

/** To the provider and back, up to the address by which the browser comes back. */
async function comeBack(browser: CookieBrowser, change: (address: URL) => void = () => {}): Promise<string> {
  const begun = await browser.ask(`${served.url}/api/v1/session/oidc`);
  expect(begun.status).toBe(303);
  const address = new URL(begun.headers.get('location') ?? '');
  change(address);
  return browser.follow(address.href, isCallback);
}

async function signedIn(browser: CookieBrowser): Promise<Session['signedIn']> {
  const session = (await (await browser.ask(`${served.url}/api/v1/session`)).json()) as Session;
  return session.signedIn;
}

describe("the site's own sign-in", () => {
  test('lets in whom the provider confirms, with the role that their groups give', async () => {
    served = await serve();
    const browser = new CookieBrowser();
    const { methods } = (await (await browser.ask(`${served.url}/api/v1/session`)).json()) as Session;
    expect(methods).toEqual({
      password: false,
      token: false,
      oidc: '/api/v1/session/oidc',
      oidcName: 'Hospital account',
    });
    const answer = await browser.ask(await comeBack(browser));
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('0; url=/')]);
    expect(await signedIn(browser)).toMatchObject({ name: 'anna', role: 'reviewer' });
    expect([...browser.cookies(served.url).keys()]).toEqual(['cmr-node']);
    const asker = { name: 'anna', role: 'reviewer' };
    const address = '127.0.0.1';
    expect(served.events).toEqual([{ event: 'sign-in', asker, by: 'oidc', subject: 'f3-anna', address }]);
  });

  test('asks with state, nonce and PKCE, and gives the browser what the way back needs, and no other site it', async () => {
    served = await serve();
    const begun = await new CookieBrowser().ask(`${served.url}/api/v1/session/oidc`);
    const asked = new URL(begun.headers.get('location') ?? '').searchParams;
    for (const parameter of ['state', 'nonce', 'code_challenge']) expect(asked.get(parameter)).toMatch(/^[\w-]{43}$/);
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(begun.headers.getSetCookie().join()).toMatch(/^cmr-node-oidc=[\w-]+; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test('lets nobody in with a state that was not asked with', async () => {
    served = await serve();
    const browser = new CookieBrowser();
    const back = new URL(await comeBack(browser));
    back.searchParams.set('state', 'of-another-question');
    const answer = await browser.ask(back.href);
    expect([answer.status, await signedIn(browser)]).toEqual([401, null]);
    expect(served.events).toMatchObject([{ event: 'sign-in-failed', user: null, by: 'oidc', why: 'not-proven' }]);
  });

  test('lets nobody in with an ID token for another nonce', async () => {
    served = await serve();
    const browser = new CookieBrowser();
    const back = await comeBack(browser, (address) => address.searchParams.set('nonce', 'of-another-question'));
    expect([(await browser.ask(back)).status, await signedIn(browser)]).toEqual([401, null]);
    expect(served.events).toMatchObject([{ event: 'sign-in-failed', why: 'not-proven' }]);
  });

  test('lets nobody in whose question another proved: PKCE', async () => {
    served = await serve();
    const browser = new CookieBrowser();
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
    const back = await comeBack(browser, (address) => address.searchParams.set('code_challenge', challenge));
    expect([(await browser.ask(back)).status, await signedIn(browser)]).toEqual([401, null]);
  });

  test('lets no browser in that did not begin, and none twice', async () => {
    served = await serve();
    const browser = new CookieBrowser();
    const back = await comeBack(browser);
    const other = new CookieBrowser();
    expect([(await other.ask(back)).status, await signedIn(other)]).toEqual([400, null]);
    expect((await browser.ask(back)).status).toBe(200);
    expect((await browser.ask(back)).status).toBe(400);
  });

  test('lets nobody in without a role, and says so', async () => {
    provider.account = { sub: 'f4', claims: { preferred_username: 'bert', groups: ['kitchen'] } };
    served = await serve();
    const browser = new CookieBrowser();
    const answer = await browser.ask(await comeBack(browser));
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('no role')]);
    expect(await signedIn(browser)).toBeNull();
    expect(served.events).toMatchObject([{ event: 'sign-in-failed', user: 'bert', why: 'no-role' }]);
  });

  test('lets nobody in under the name of somebody of this node, or of the node', async () => {
    const tokens = [{ name: 'anna', role: 'viewer', tokenSha256: 'ab'.repeat(32) }] as const;
    served = await serve({}, { tokens });
    for (const name of ['anna', 'node', 'operator']) {
      provider.account = { sub: 'f3', claims: { preferred_username: name, groups: ['cmr'] } };
      const browser = new CookieBrowser();
      expect([(await browser.ask(await comeBack(browser))).status, await signedIn(browser)]).toEqual([403, null]);
    }
  });

  test('lets nobody in who refuses there', async () => {
    served = await serve();
    const browser = new CookieBrowser();
    const { state } = JSON.parse(
      await browser
        .ask(`${served.url}/api/v1/session/oidc`)
        .then(() => browser.cookies(served.url).get('cmr-node-oidc') ?? '')
        .then((cookie) => Buffer.from(cookie, 'base64url').toString()),
    ) as { state: string };
    const refused = `${callback}?error=access_denied&state=${state}&iss=${encodeURIComponent(provider.issuer)}`;
    expect((await browser.ask(refused)).status).toBe(401);
  });

  test('is told to be away, without harm to the other ways in', async () => {
    served = await serve({ issuer: 'http://127.0.0.1:1' });
    const answer = await new CookieBrowser().ask(`${served.url}/api/v1/session/oidc`);
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('does not answer')]);
    expect((await fetch(`${served.url}/api/v1/session`)).status).toBe(200);
  });

  test('is not there where it is not configured', async () => {
    served = await startSignInServer();
    expect((await fetch(`${served.url}/api/v1/session/oidc`)).status).toBe(404);
  });
});
