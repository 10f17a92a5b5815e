import { describe, expect, test } from 'vitest';
import type { Asked, Handlers } from '../../../src/api/endpoints.ts';
import { NodeError } from '../../../src/core/errors.ts';
import { servedApi } from './served-api.ts';

const NO_BATCHES = { items: [], next: null };

function post(url: string, body: unknown, type = 'application/json'): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'Content-Type': type }, body: JSON.stringify(body) });
}

async function problemOf(answer: Response): Promise<Record<string, unknown>> {
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  return (await answer.json()) as Record<string, unknown>;
}

describe('an endpoint of the JSON interface', () => {
  test('is asked with its parameters read, defaults filled in, and who asks', async () => {
    const asked: Asked<'listSeries'>[] = [];
    const listSeries: Handlers['listSeries'] = async (one) => {
      asked.push(one);
      return { items: [], next: null, total: 0, totalIsLeast: false };
    };
    const { url } = await servedApi({ handlers: { listSeries } });
    const answer = await fetch(`${url}/series?confidenceBelow=0.5&descending=false&text=a+b`);
    expect(await answer.json()).toEqual({ items: [], next: null, total: 0, totalIsLeast: false });
    expect(asked).toEqual([
      {
        params: undefined,
        query: { confidenceBelow: 0.5, descending: false, text: 'a b', order: 'received', limit: 50 },
        body: undefined,
        asker: expect.objectContaining({ name: 'anna', role: 'administrator' }),
      },
    ]);
  });

  test('names every parameter at fault and why, and repeats no value', async () => {
    const { url } = await servedApi({ handlers: { listSeries: () => Promise.reject(new Error('not asked')) } });
    const answer = await fetch(`${url}/series?limit=0&kind=Phantom%5EPeter&kinds=cine&study=&limit=5`);
    expect(answer.status).toBe(400);
    const problem = await problemOf(answer);
    expect(problem['faults']).toEqual(
      expect.arrayContaining([
        { in: 'query', name: 'limit', why: expect.any(String) },
        { in: 'query', name: 'kind', why: expect.stringContaining('cine') },
        { in: 'query', name: 'study', why: 'It is empty' },
      ]),
    );
    expect(JSON.stringify(problem)).not.toContain('Peter');
    const unknown = await problemOf(await fetch(`${url}/series?kinds=cine`));
    expect(unknown).toMatchObject({
      status: 400,
      code: 'bad-request',
      faults: [{ in: 'query', name: 'kinds', why: 'It is not known here' }],
    });
  });

  test('refuses a misspelt filter in a body, which would select everything', async () => {
    const { url } = await servedApi({ handlers: { createBatch: () => Promise.reject(new Error('not asked')) } });
    const order = { action: 'resend', dryRun: false, because: 'the disk was lost' };
    const answer = await post(`${url}/batches`, { ...order, filter: { scaner: 'MR1' }, more: 1 });
    expect(answer.status).toBe(400);
    expect((await problemOf(answer))['faults']).toEqual([
      { in: 'body', name: 'filter.scaner', why: 'It is not known here' },
      { in: 'body', name: 'more', why: 'It is not known here' },
    ]);
  });

  test.each([
    ['no body', undefined, 'application/json', 400],
    ['a list', [], 'application/json', 400],
    ['another type', { ids: [1] }, 'text/plain', 415],
  ])('refuses %s where an object is wanted', async (_name, body, type, status) => {
    const { url } = await servedApi({ handlers: { retryDeliveries: () => Promise.reject(new Error('not asked')) } });
    expect((await post(`${url}/deliveries/retry`, body, type)).status).toBe(status);
  });

  test('refuses identifiers that are none, and bodies where there is none', async () => {
    const { url } = await servedApi({ handlers: { pauseBatch: () => Promise.reject(new Error('not asked')) } });
    for (const id of ['0', '-1', '1.5', 'x', '1e999']) {
      expect((await post(`${url}/batches/${id}/pause`, {})).status).toBe(400);
    }
    const answer = await post(`${url}/batches/1/pause`, { now: true });
    expect([answer.status, (await problemOf(answer))['faults']]).toMatchObject([400, [{ in: 'body', name: 'now' }]]);
  });

  test('lets pass only who has the role', async () => {
    const handlers = { listBatches: async () => NO_BATCHES, audit: () => Promise.reject(new Error('not asked')) };
    const { url } = await servedApi({ handlers }, 'reviewer');
    expect((await fetch(`${url}/batches`)).status).toBe(200);
    expect((await fetch(`${url}/audit`)).status).toBe(403);
    const nobody = await servedApi({ handlers }, 'nobody');
    expect((await fetch(`${nobody.url}/batches`)).status).toBe(401);
  });

  test('answers 304 to who has the answer already, and lets no cache keep it', async () => {
    let items: Awaited<ReturnType<Handlers['listBatches']>>['items'] = [];
    const { url } = await servedApi({ handlers: { listBatches: async () => ({ items, next: null }) } });
    const first = await fetch(`${url}/batches`);
    expect(first.headers.get('cache-control')).toBe('no-store');
    const tag = first.headers.get('etag') as string;
    const again = (value: string) => fetch(`${url}/batches`, { headers: { 'If-None-Match': value } });
    const same = await again(`"x", W/${tag}`);
    expect([same.status, await same.text()]).toEqual([304, '']);
    items = [BATCH];
    const other = await again(tag);
    expect([other.status, (await other.json()) as object]).toEqual([200, { items: [BATCH], next: null }]);
  });

  test('leads to the next page with all that was asked for', async () => {
    const { url } = await servedApi({ handlers: { listBatches: async () => ({ items: [], next: '12.3' }) } });
    const answer = await fetch(`${url}/batches?limit=2&cursor=20`);
    expect(answer.headers.get('link')).toBe('</api/v1/batches?limit=2&cursor=12.3>; rel="next"');
    expect((await fetch(`${url}/batches`, { method: 'HEAD' })).headers.get('link')).toContain('rel="next"');
  });

  test('fails where its answer is not what it describes, and keeps the answer out of answer and log', async () => {
    const wrong = { items: [{ ...BATCH, by: { name: 'Phantom^Peter' } }], next: null };
    const { url, log } = await servedApi({ handlers: { listBatches: async () => wrong as never } });
    const answer = await fetch(`${url}/batches`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('Peter');
    const told = log.events.filter(({ event }) => event === 'answer-against-its-schema');
    expect(told).toMatchObject([{ details: { endpoint: 'listBatches' } }]);
    expect(JSON.stringify(told)).toContain('items.0.by');
    expect(JSON.stringify(told)).not.toContain('Peter');
  });

  test('answers nothing that it does not describe', async () => {
    const { url } = await servedApi({
      handlers: { listBatches: async () => ({ ...NO_BATCHES, inside: 'Phantom^Peter' }) },
    });
    expect(await (await fetch(`${url}/batches`)).json()).toEqual(NO_BATCHES);
  });

  test.each([
    ['not-found', 404],
    ['conflict', 409],
    ['too-many-requests', 429],
  ] as const)('tells %s as %i', async (code, status) => {
    const { url } = await servedApi({
      handlers: { batch: () => Promise.reject(new NodeError(code, 'no such batch')) },
    });
    const answer = await fetch(`${url}/batches/7`);
    expect([answer.status, await problemOf(answer)]).toMatchObject([status, { title: 'no such batch', code }]);
  });

  test('may take longer for an act than a connection may be silent', async () => {
    const act = () => new Promise<{ items: [] }>((resolve) => setTimeout(() => resolve({ items: [] }), 500));
    const { url } = await servedApi({ handlers: { act } }, 'reviewer', { idleTimeoutMs: 100 });
    const order = { act: 'approve', because: 'it is right', series: [{ id: 1, version: '1.0' }] };
    expect((await post(`${url}/acts`, order)).status).toBe(200);
  });

  test('says what else can be asked at its address', async () => {
    const { url } = await servedApi({});
    const answer = await fetch(`${url}/series`, { method: 'DELETE' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
  });
});

const BATCH: Awaited<ReturnType<Handlers['batch']>> = {
  id: 1,
  order: { action: 'resend', filter: {}, dryRun: true, because: 'to see' },
  by: 'anna',
  createdAt: '2026-01-02T03:04:05.000Z',
  endedAt: null,
  state: 'running',
  series: { all: 3, done: 1, failed: 0, changed: 0 },
  instances: { queued: 2, delivered: 0, gone: 0 },
  sentence: '3 series would be sent again',
};
