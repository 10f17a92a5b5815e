import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageRouter } from '../../src/http/page-routes.ts';
import { type HttpServer, startHttpServer } from '../../src/http/server.ts';
import { recordedLog } from '../support/recorded-log.ts';

describe('the review page', () => {
  let folder: string;
  let server: HttpServer;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'page-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>page</title>');
    await writeFile(join(folder, 'assets', 'main-4f2a.js'), 'export {}');
    await writeFile(join(folder, 'secret.txt'), 'secret');
    const mounts = [{ path: '/', router: pageRouter(folder)! }];
    server = await startHttpServer({ host: '127.0.0.1', port: 0, mounts, log: recordedLog() });
    url = `http://127.0.0.1:${server.port}`;
  });

  afterAll(async () => {
    await server.close(0);
    await rm(folder, { recursive: true });
  });

  test.each(['/', '/series', '/series/12', '/series/12/', '/batches', '/batches/3', '/delivery', '/audit', '/sign-in'])(
    'is at %s, and asked for anew each time',
    async (path) => {
      const answer = await fetch(url + path);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-cache']);
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(await answer.text()).toContain('<title>page</title>');
    },
  );

  test('has parts that never change under their names', async () => {
    const answer = await fetch(`${url}/assets/main-4f2a.js`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('javascript');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  test.each(['/nothing', '/assets/other.js', '/assets/', '/secret.txt', '/assets/..%2fsecret.txt', '/series/1/2'])(
    'is not at %s',
    async (path) => {
      const answer = await fetch(url + path);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    },
  );

  test('is left to the start page where it was not built', () => {
    expect(pageRouter(join(folder, 'nowhere'))).toBeUndefined();
  });
});
