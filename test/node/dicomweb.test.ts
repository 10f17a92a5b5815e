import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connection } from '../../src/store/connection.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { parsePart10, part10Of } from '../support/part10-files.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';
import { partsOf } from '../support/served-study.ts';
import { multipart, post } from '../support/stow-request.ts';

type Json = Record<string, { Value?: unknown[] }>;
const VIEWER = 'https://viewer.example.org';

describe('what a running node retains', () => {
  let site: NodeSite;
  let node: RunningNode;
  const nodes: RunningNode[] = [];
  const series = shortAxis('dicomweb');
  const study = series[0]?.studyInstanceUid ?? '';

  beforeAll(async () => {
    site = await nodeSite({ http: { port: 0, cors: [VIEWER] } });
    await start();
    const headers = { Authorization: `Bearer ${node.token}` };
    const stored = await post(`${node.httpUrl}/dicomweb/studies`, multipart(series.map(part10Of)), headers);
    expect(stored.status).toBe(200);
  });
  afterAll(() => site?.remove());

  async function start(): Promise<void> {
    node = await site.start();
    nodes.push(node);
  }
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${node.httpUrl}/dicomweb${path}`, { headers: { Authorization: `Bearer ${node.token}`, ...headers } });
  const search = async (path: string) => (await (await get(path)).json()) as Json[];

  it('is found at once, and given byte for byte, to who signed in', async () => {
    const [found] = await search(`/studies?StudyInstanceUID=${study}`);
    expect(found?.['00201208']?.Value?.[0]).toBeGreaterThanOrEqual(series.length);
    const parts = await partsOf(await get(`/studies/${study}/series/${series[0]?.seriesInstanceUid}`));
    const sent = new Map(series.map(({ sopInstanceUid, dataSet }) => [sopInstanceUid, Buffer.from(dataSet)]));
    expect(parts).toHaveLength(series.length);
    for (const { body } of parts) {
      const { sopInstanceUid, dataSet } = parsePart10(body);
      expect(sent.get(sopInstanceUid)?.equals(dataSet)).toBe(true);
    }
  });

  it.each(['/studies', `/studies/${study}`, `/studies/${study}/metadata`])(
    'is refused without sign-in at %s',
    async (path) => {
      const answer = await fetch(`${node.httpUrl}/dicomweb${path}`);
      expect([answer.status, await answer.text()]).toEqual([401, expect.not.stringContaining('Phantom')]);
    },
  );

  it('may be read by pages of the origins that the site named', async () => {
    const named = await get('/studies', { Origin: VIEWER });
    expect([named.status, named.headers.get('access-control-allow-origin')]).toEqual([200, VIEWER]);
    const other = await get('/studies', { Origin: 'https://elsewhere.example.org' });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is catalogued at the next start where it was received without a catalogue, or removed', async () => {
    await node.stop();
    const database = await Connection.open({
      file: join(site.dataDir, 'node.sqlite'),
      access: 'write',
      busyTimeoutMs: 1000,
    });
    await database.script(
      'delete from catalogue_instances; update catalogue_progress set instance_id = 0, result_id = 0',
    );
    await database.close();
    await start();
    expect(await search('/studies')).toHaveLength(1);
    await node.stop();
    await rm(join(site.dataDir, 'spool'), { recursive: true });
    await rm(join(site.dataDir, 'results'), { recursive: true, force: true });
    await start();
    expect((await get(`/studies/${study}`)).status).toBe(404);
    expect((await get('/studies')).status).toBe(204);
  });

  it('leaves no trace of the patient in the log', () => {
    for (const one of nodes) expect(one.stderr()).not.toMatch(/Phantom\^|PHANTOM-/);
    expect(nodes[0]?.stderr()).toContain('dicomweb-search');
  });
});
