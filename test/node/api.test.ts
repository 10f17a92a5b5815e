import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ENDPOINTS, type Endpoint, type EndpointName } from '../../src/api/endpoints.ts';
import { demoStudy } from '../../src/phantom/phantom-study.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { part10Of } from '../support/part10-files.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';
import { multipart, post } from '../support/stow-request.ts';

const SAMPLE_BYTES = { uint8: 1, int8: 1, uint16: 2, int16: 2, float32: 4 };
const because = 'said by a test';

interface Sent {
  /** The path with its parameters filled in, and its query. */
  readonly path: string;
  readonly body?: object;
}

describe('the JSON interface of a running node, with the series of the demo', () => {
  let site: NodeSite;
  let node: RunningNode;
  const instances = demoStudy('demo').flatMap((series) => series.instances);

  beforeAll(async () => {
    const port = await freePort();
    const down = { name: 'down', type: 'dimse', host: '127.0.0.1', port, calledAeTitle: 'DOWN' };
    site = await nodeSite({ destinations: [down] });
    node = await site.start();
    const stored = await post(
      `${node.httpUrl}/dicomweb/studies`,
      multipart(instances.map((instance) => part10Of(instance))),
      { Authorization: `Bearer ${node.token}` },
    );
    expect(stored.status).toBe(200);
    await eventually(
      () => destination('embedded-archive'),
      (archive) => archive?.delivered === instances.length,
      { what: 'everything in the archive', milliseconds: 60_000 },
    );
  }, 120_000);
  afterAll(() => site?.remove());

  function ask(method: string, { path, body }: Sent, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${node.httpUrl}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${node.token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** The answer of an endpoint, read by its schema. */
  async function get<Name extends EndpointName>(name: Name, sent: Sent): Promise<Answer<Name>> {
    const { method, answer } = ENDPOINTS[name] as Endpoint;
    const response = await ask(method, sent);
    const text = await response.text();
    expect([name, response.status, response.status === 200 ? '' : text]).toEqual([name, 200, '']);
    return answer.parse(JSON.parse(text)) as Answer<Name>;
  }

  const rowOf = async (kind: string) =>
    (await get('listSeries', { path: `/series?kind=${kind}` })).items[0] as Answer<'listSeries'>['items'][number];
  const destination = async (name: string) =>
    (await get('destinations', { path: '/destinations' })).items.find((one) => one.name === name);
  const ended = (id: number) =>
    eventually(
      () => get('batch', { path: `/batches/${id}` }),
      ({ state }) => state === 'done' || state === 'cancelled',
      { what: 'the end of a batch' },
    );

  /** A request to each endpoint that does what it is for; complete on purpose. */
  const REQUESTS: { readonly [Name in EndpointName]: () => Promise<Sent> } = {
    overview: async () => ({ path: '/overview' }),
    listSeries: async () => ({ path: '/series?order=confidence&descending=false' }),
    series: async () => ({ path: `/series/${(await rowOf('cine')).id}` }),
    seriesPictures: async () => ({ path: `/series/${(await rowOf('cine')).id}/pictures` }),
    attributeChanges: async () => {
      const { id } = await rowOf('cine');
      const { slices } = await get('series', { path: `/series/${id}` });
      return { path: `/series/${id}/instances/${slices[0]?.instanceId}/changes` };
    },
    previewAct: async () => {
      const { id, version } = await rowOf('LGE');
      return { path: '/acts/preview', body: { act: 'trust-image', series: [{ id, version }] } };
    },
    act: async () => {
      const { id, version } = await rowOf('T2');
      return { path: '/acts', body: { act: 'approve', because, series: [{ id, version }] } };
    },
    createBatch: async () => ({
      path: '/batches',
      body: { action: 'decide-again', filter: { from: '2020-01-01T00:00:00Z' }, dryRun: true, because },
    }),
    listBatches: async () => ({ path: '/batches' }),
    batch: async () => ({ path: '/batches/1' }),
    batchSeries: async () => ({ path: '/batches/1/series?limit=3' }),
    pauseBatch: async () => ({ path: `/batches/${await heldBatch()}/pause` }),
    resumeBatch: async () => {
      const id = await heldBatch();
      await get('pauseBatch', { path: `/batches/${id}/pause` });
      return { path: `/batches/${id}/resume` };
    },
    cancelBatch: async () => ({ path: `/batches/${await heldBatch()}/cancel` }),
    listDeliveries: async () => ({ path: '/deliveries?destination=down' }),
    destinations: async () => ({ path: '/destinations' }),
    retryDeliveries: async () => ({ path: '/deliveries/retry', body: { destination: 'down', because } }),
    audit: async () => ({ path: '/audit?limit=20' }),
  };

  /** A batch that waits for an archive that is down. */
  async function heldBatch(): Promise<number> {
    const body = { action: 'resend', filter: { kind: 'T2' }, to: 'down', dryRun: false, because };
    await get('createBatch', { path: '/batches', body });
    await eventually(
      () => destination('down'),
      (down) => down?.problem != null && down.failing > 0,
      { what: 'the archive to be seen as down' },
    );
    return (await get('createBatch', { path: '/batches', body })).id;
  }

  it.each(Object.keys(ENDPOINTS) as EndpointName[])('answers %s as its schema says', async (name) => {
    await get(name, await REQUESTS[name]());
  });

  it.each(Object.entries<Endpoint>(ENDPOINTS))('answers %s to nobody who did not sign in', async (_name, endpoint) => {
    const path = endpoint.path.replace(/\{\w+\}/g, '1');
    const answer = await fetch(`${node.httpUrl}/api/v1${path}`, { method: endpoint.method });
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain('Phantom');
  });

  it('has the samples of every picture, as many as it says, and the same ones again', async () => {
    const { id } = await rowOf('cine');
    const { received, result } = await get('seriesPictures', { path: `/series/${id}/pictures` });
    expect([received.length, result?.length]).toEqual([40, 40]);
    for (const picture of [received[0], received[39], result?.[0], result?.[39]]) {
      const { pixels, rows, columns, sample } = picture as NonNullable<typeof picture>;
      const path = pixels.replace('/api/v1', '');
      const answer = await ask('GET', { path });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      expect(bytes.byteLength).toBe(rows * columns * SAMPLE_BYTES[sample]);
      const again = await ask('GET', { path }, { 'If-None-Match': answer.headers.get('etag') ?? '' });
      expect(again.status).toBe(304);
    }
  });

  it('has the results of a batch as a table', async () => {
    const { id } = await get('createBatch', await REQUESTS.createBatch());
    const { series, sentence } = await ended(id);
    expect([series, sentence]).toEqual([
      { all: 7, done: 7, failed: 0, changed: 0 },
      expect.stringContaining('0 of 7 series would change'),
    ]);
    const table = await (await ask('GET', { path: `/batches/${id}/results.csv` })).text();
    expect(table.trim().split('\r\n')).toHaveLength(8);
  });

  it('tells who listens of an act, and of the deliveries that follow', async () => {
    const abort = new AbortController();
    const stream = await fetch(`${node.httpUrl}/api/v1/events`, {
      headers: { Authorization: `Bearer ${node.token}` },
      signal: abort.signal,
    });
    let told = '';
    void (async () => {
      for await (const chunk of stream.body ?? []) told += Buffer.from(chunk as Uint8Array).toString();
    })().catch(() => undefined);
    const { id, version } = await rowOf('cine');
    const body = { act: 'put-back', because, series: [{ id, version }] };
    const { items } = await get('act', { path: '/acts', body });
    expect(items).toMatchObject([{ id, done: true }]);
    await eventually(
      () => told,
      (text) => text.includes('reviews') && text.includes('deliveries'),
      { what: 'word of it' },
    );
    abort.abort();
    await eventually(
      () => get('series', { path: `/series/${id}` }),
      ({ sent }) => sent.some((one) => one.what === 'received' && one.delivered === 40),
      { what: 'the originals in the archive' },
    );
  });

  it('refuses the second of two who act on what both looked at', async () => {
    const { id, version } = await rowOf('LGE');
    const body = { act: 'approve', because, series: [{ id, version }] };
    const answers = await Promise.all([get('act', { path: '/acts', body }), get('act', { path: '/acts', body })]);
    expect(answers.map(({ items }) => items[0]?.done).sort()).toEqual([false, true]);
  });

  it('has who looked and who acted on the audit trail, which is whole', async () => {
    const { items } = await get('audit', { path: '/audit?actor=operator&limit=200' });
    const events = new Set(items.map(({ event }) => event));
    for (const event of ['series-viewed', 'audit-read', 'batch-created', 'batch-cancelled']) {
      expect([...events]).toContain(event);
    }
    expect(JSON.stringify(items)).not.toMatch(/Phantom\^|PHANTOM-/);
    expect(await site.command('audit', 'verify')).toMatchObject({ code: 0 });
  });

  it('serves the page that was built with it', async () => {
    const answer = await fetch(`${node.httpUrl}/series/12`);
    const html = await answer.text();
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    const script = /src="(\/assets\/[^"]+)"/.exec(html)?.[1];
    expect((await fetch(node.httpUrl + script)).headers.get('cache-control')).toContain('immutable');
  });

  it('describes every endpoint that it answers, and ends at once although somebody listens', async () => {
    const { paths } = (await (await fetch(`${node.httpUrl}/api/v1/openapi.json`)).json()) as { paths: object };
    for (const { path } of Object.values<Endpoint>(ENDPOINTS)) expect(Object.keys(paths)).toContain(`/api/v1${path}`);
    const stream = await fetch(`${node.httpUrl}/api/v1/events`, { headers: { Authorization: `Bearer ${node.token}` } });
    const begun = performance.now();
    expect(await node.stop()).toBe(0);
    expect(performance.now() - begun).toBeLessThan(4000);
    await stream.body?.cancel();
    expect(node.stderr()).not.toMatch(/Phantom\^|PHANTOM-|answer-against-its-schema/);
  });
});
