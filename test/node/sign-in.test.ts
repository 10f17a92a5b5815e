import { afterEach, describe, expect, test } from 'vitest';
import type { Session } from '../../src/api/session.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { type HttpServer, startHttpServer } from '../../src/http/server.ts';
import { nodeSignIn } from '../../src/node/sign-in.ts';
import { verifyAudit } from '../../src/store/verify-audit.ts';
import { temporaryDatabase } from '../store/temporary-database.ts';
import { CookieBrowser } from '../support/cookie-browser.ts';
import { ToldClassifier } from '../support/running-app.ts';
import { silentLog } from '../support/sign-in-server.ts';

let server: HttpServer | undefined;
afterEach(() => server?.close(0));

describe('sign-in of a node', () => {
  test('is on the audit trail: who, how and from where, or that it failed', async () => {
    const db = await temporaryDatabase();
    const config = loadConfig({ env: {} });
    const context = { db, log: silentLog, now: () => 1_767_323_045_000, classifier: new ToldClassifier() };
    const signIn = nodeSignIn(config, context);
    const mounts = [signIn.identify, signIn.router].map((router) => ({ path: '/', router }));
    server = await startHttpServer({ host: '127.0.0.1', port: 0, mounts, log: silentLog });
    const session = `http://127.0.0.1:${server.port}/api/v1/session`;
    const browser = new CookieBrowser();
    const headers = { 'Content-Type': 'application/json' };
    const enter = (order: object) => browser.ask(session, { method: 'POST', headers, body: JSON.stringify(order) });

    await enter({ token: 'wrong' });
    await enter({ user: 'my-password-by-mistake', password: '' });
    await enter({ user: 'my-password-by-mistake', password: 'x' });
    const answer = await enter({ token: signIn.oneTimeToken });
    const { signedIn, product } = (await answer.json()) as Session;
    expect(product).toMatchObject({ model: 'told 1', mode: 'standardize' });
    await browser.ask(session, { method: 'DELETE', headers: { 'X-CSRF-Token': signedIn?.csrfToken ?? '' } });

    const rows = await db.all('select event, actor, subject_json, detail_json from audit order by seq');
    const address = '127.0.0.1';
    expect(rows.map((row) => Object.values(row as object))).toEqual([
      ['sign-in-failed', 'unknown', '{}', JSON.stringify({ address, by: 'token', why: 'unknown-token' })],
      ['sign-in-failed', 'unknown', '{}', JSON.stringify({ address, by: 'password', why: 'unknown-user' })],
      ['sign-in', 'operator', '{}', JSON.stringify({ address, by: 'token', role: 'administrator' })],
      ['sign-out', 'operator', '{}', JSON.stringify({ address })],
    ]);
    expect(await verifyAudit(db)).toMatchObject({ ok: true });
  });
});
