import { afterEach, describe, expect, it, vi } from 'vitest';
import { ENDPOINTS } from '../../src/api/endpoints.ts';
import { ADDRESSES } from '../../src/page/addresses.ts';
import { ask, carrySession } from '../../src/page/client.ts';
import { Problem, problemOf } from '../../src/page/problem.ts';
import { requestAddress, searchOf } from '../../src/page/request-address.ts';

describe('addresses of requests', () => {
  it('are those of the table of endpoints', () => {
    const table = Object.entries(ENDPOINTS).map(([name, { method, path }]) => [name, `${method} ${path}`]);
    expect(Object.fromEntries(table)).toEqual(ADDRESSES);
  });

  it('carry params in the path and what there is of a query behind it', () => {
    expect(requestAddress('/series/{id}', { id: 7 })).toBe('/api/v1/series/7');
    expect(requestAddress('/x/{name}', { name: 'a/b?' })).toBe('/api/v1/x/a%2Fb%3F');
    expect(requestAddress('/series', {}, { text: 'a&b', code: undefined, descending: false, scanner: '' })).toBe(
      '/api/v1/series?text=a%26b&descending=false',
    );
    expect(() => requestAddress('/series/{id}')).toThrow('/series/{id} needs id');
    expect(searchOf({})).toBe('');
  });
});

describe('a request to the node', () => {
  afterEach(() => vi.unstubAllGlobals());

  function answering(status: number, body: unknown, type = 'application/json') {
    const asked: { address: string; init: RequestInit }[] = [];
    vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
      asked.push({ address, init });
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return new Response(text, { status, headers: { 'content-type': type } });
    });
    return asked;
  }

  it('carries the token of the session where it changes something, and only there', async () => {
    carrySession('secret', () => undefined);
    const asked = answering(200, { items: [] });
    await ask('act', { body: { act: 'approve', series: [{ id: 1, version: '1.0' }], because: 'looks right' } });
    await ask('destinations', {});
    expect(asked.map(({ init }) => new Headers(init.headers).get('x-csrf-token'))).toEqual(['secret', null]);
    expect(asked[0]?.address).toBe('/api/v1/acts');
    expect(asked[0]?.init).toMatchObject({ method: 'POST', credentials: 'same-origin' });
    expect(JSON.parse(String(asked[0]?.init.body))).toMatchObject({ act: 'approve', because: 'looks right' });
  });

  it('fails with the words of the problem details', async () => {
    answering(409, { title: 'Somebody else overruled it', detail: 'at 10:14', code: 'conflict' });
    const failed = ask('series', { params: { id: 1 } });
    await expect(failed).rejects.toMatchObject({ status: 409, code: 'conflict' });
    await expect(failed).rejects.toThrow('Somebody else overruled it: at 10:14');
  });

  it('tells the page that the session ended', async () => {
    let ended = 0;
    carrySession('secret', () => ended++);
    answering(401, { title: 'Sign in', code: 'unauthorized' });
    await expect(ask('destinations', {})).rejects.toBeInstanceOf(Problem);
    expect(ended).toBe(1);
  });

  it('says that the node does not answer where there is no answer', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    await expect(ask('destinations', {})).rejects.toMatchObject({ status: 0, message: /does not answer/ });
  });

  it('shows nothing of a body that is no problem', () => {
    expect(problemOf(502, '<html>proxy</html>').message).toBe('The node answered with status 502.');
    expect(problemOf(409, undefined).message).toMatch(/Somebody else/);
    expect(problemOf(400, { title: 7, detail: null }).message).toBe('The node answered with status 400.');
  });
});
