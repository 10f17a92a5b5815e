import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../src/api/batches.ts';
import { openDatabase } from '../../src/store/database.ts';
import { eventually } from '../support/eventually.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { part10Of, readPart10 } from '../support/part10-files.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';
import { multipart, post } from '../support/stow-request.ts';

const STUDIES = 12;
const PER_STUDY = 4;
/** Each is to be turned, and none is, because the site begins observing. */
const SENT = Array.from({ length: STUDIES }, (_, i) => shortAxis(`batch-${i}`)).flat();
const EVERYTHING = { from: '2000-01-01T00:00:00Z' };
const because = 'the site has observed long enough';

describe('a site that ends observing', () => {
  let site: NodeSite;
  let node: RunningNode;

  beforeAll(async () => {
    site = await nodeSite({ mode: 'observe' });
    node = await site.start();
    const answer = await post(
      `${node.httpUrl}/dicomweb/studies`,
      multipart(SENT.map((instance) => part10Of(instance))),
      { Authorization: `Bearer ${node.token}` },
    );
    expect(answer.status).toBe(200);
    await eventually(archived, ({ length }) => length === SENT.length, { what: 'the originals', milliseconds: 60_000 });
    await node.stop();
    await site.configure({ mode: 'standardize' });
    node = await site.start();
  }, 120_000);
  afterAll(() => site?.remove());

  const archived = () => readPart10(join(site.dataDir, 'archive'));

  async function ask(path: string, body?: object): Promise<Batch> {
    const answer = await fetch(`${node.httpUrl}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { Authorization: `Bearer ${node.token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    return JSON.parse(text) as Batch;
  }

  const until = (id: number, wanted: (batch: Batch) => boolean, what: string) =>
    eventually(() => ask(`/batches/${id}`), wanted, { what, milliseconds: 60_000 });

  it('is told by a dry run what would change, and has it turned once, through a kill in the middle', async () => {
    const order = { action: 'decide-again', filter: EVERYTHING, because };
    const { id: dryRun } = await ask('/batches', { ...order, dryRun: true });
    const { sentence } = await until(dryRun, ({ state }) => state === 'done', 'the dry run');
    expect(sentence).toBe(
      `With the present model ${STUDIES} of ${STUDIES} series would change; ${SENT.length} instances would be sent to embedded-archive.`,
    );
    expect(await archived()).toHaveLength(SENT.length);

    const { id } = await ask('/batches', { ...order, dryRun: false, key: 'end-of-observing' });
    await until(id, ({ series }) => series.done >= 1, 'the first series');
    await node.kill();
    node = await site.start();
    const same = await ask('/batches', { ...order, dryRun: false, key: 'end-of-observing' });
    expect(same.id).toBe(id);
    const done = await until(id, ({ instances }) => instances.delivered >= SENT.length, 'the deliveries');
    expect(done).toMatchObject({ series: { all: STUDIES, done: STUDIES, failed: 0, changed: STUDIES } });
    expect(done.instances).toEqual({ queued: SENT.length, delivered: SENT.length, gone: 0 });

    const received = new Set(SENT.map(({ sopInstanceUid }) => sopInstanceUid));
    const files = await archived();
    expect(files.filter(({ sopInstanceUid }) => !received.has(sopInstanceUid))).toHaveLength(SENT.length);
    await node.stop();
    const db = await openDatabase({ file: join(site.dataDir, 'node.sqlite'), access: 'reader' });
    const [counts] = await db.all(
      `select (select count(*) from deliveries) as deliveries, (select count(*) from results) as results,
        (select count(*) from decisions) as decisions,
        (select count(*) from audit where event = 'series-decided-again') as told`,
    );
    await db.close();
    expect(counts).toEqual({
      deliveries: 2 * STUDIES * PER_STUDY,
      results: STUDIES * PER_STUDY,
      decisions: 2 * STUDIES,
      told: STUDIES,
    });
  }, 180_000);
});
