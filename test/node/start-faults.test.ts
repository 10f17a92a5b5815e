import { cp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sqlite3 from 'sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { associated, commandShort, pData, storeCommand } from '../dimse/raw-peer.ts';
import { freePort } from '../support/free-port.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { finished, type NodeSite, nodeSite } from '../support/running-node.ts';

const OUT_OF_RESOURCES = 0xa700;
const MODELS = fileURLToPath(new URL('../../models', import.meta.url));

describe('a node that cannot start', () => {
  let site: NodeSite;
  /** A data directory that a node has worked in, to copy. */
  let used: NodeSite;

  beforeAll(async () => {
    used = await nodeSite();
    await (await used.start()).stop();
  });

  afterAll(() => used?.remove());

  beforeEach(async () => {
    site = await nodeSite();
    await cp(used.dataDir, site.dataDir, { recursive: true });
  });

  afterEach(() => site.remove());

  const end = () => finished(site.launch());

  /** Opens the database of the site as another program would. */
  async function statements(...sql: readonly string[]): Promise<() => Promise<void>> {
    const other = new sqlite3.Database(join(site.dataDir, 'node.sqlite'));
    for (const one of sql) {
      await new Promise<void>((resolve, reject) => {
        other.exec(one, (error) => (error === null ? resolve() : reject(error)));
      });
    }
    return () => new Promise((resolve) => other.close(() => resolve()));
  }

  it('for its configuration names all faults at once, opens no port and ends with 78', async () => {
    const port = await freePort();
    await site.configure({
      dimse: { port, aeTitle: 'MUCH_TOO_LONG_AE_TITLE' },
      http: { port: 'eighty' },
      mode: 'normalise',
      destinatoins: [],
      decision: { pictureSure: 7 },
    });
    const { code, stderr } = await end();
    expect(code).toBe(78);
    for (const path of ['dimse.aeTitle', 'http.port', 'mode', 'destinatoins', 'decision.pictureSure']) {
      expect(stderr).toContain(path);
    }
    for (const value of ['MUCH_TOO_LONG_AE_TITLE', 'eighty', 'normalise', '7']) expect(stderr).toContain(value);
    expect(stderr).not.toContain('    at ');
    await expect(reached(port)).resolves.toBe(false);
  });

  it('says that another node works on its data directory or on its port, and leaves that one alone', async () => {
    const first = await site.start();
    const second = await end();
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/another node running on this data folder/);
    const elsewhere = await nodeSite({ dimse: { port: first.dimsePort } });
    const third = await finished(elsewhere.launch());
    await elsewhere.remove();
    expect(third.code).toBe(78);
    expect(third.stderr).toContain(`127.0.0.1:${first.dimsePort}`);
    expect((await fetch(`${first.httpUrl}/health/ready`)).status).toBe(200);
    expect(await first.stop()).toBe(0);
  });

  it('says that another program locks the database', async () => {
    const release = await statements('pragma locking_mode = exclusive', 'begin exclusive');
    const { code, stderr } = await end();
    await release();
    expect(code).toBe(1);
    expect(stderr).toMatch(/database is locked by another process/i);
  });

  it('says that a later version wrote the database, and changes nothing in it', async () => {
    const newer = "insert into schema_migrations (name, sha256, applied_at) values ('9999-later.sql', 'x', 1)";
    await (await statements(newer))();
    const { code, stderr } = await end();
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/later version of this software.*9999-later/);
  });

  it('says that the file of the database is none', async () => {
    await writeFile(join(site.dataDir, 'node.sqlite'), 'this was a database once'.repeat(100));
    const { code, stderr } = await end();
    expect(code).toBe(1);
    expect(stderr).toMatch(/not a database of this product/);
  });

  it('says that the model is not the one of its manifest', async () => {
    const modelsDir = join(site.folder, 'models');
    await cp(MODELS, modelsDir, { recursive: true });
    const weights = join(modelsDir, 'orientation-open', 'model.onnx');
    const bytes = await readFile(weights);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 100) ^ 1, bytes.length - 100);
    await writeFile(weights, bytes);
    await site.configure({ inference: { executionProviders: ['cpu'], modelsDir } });
    const { code, stderr } = await end();
    expect(code).toBe(78);
    expect(stderr).toMatch(/model\.onnx/);
    expect(stderr).toMatch(/SHA-256/i);
  });

  it('says that a GPU is required and not there', async () => {
    await site.configure({ inference: { executionProviders: ['cuda', 'cpu'], requireGpu: true } });
    const { code, stderr } = await end();
    expect(code).toBe(78);
    expect(stderr).toMatch(/cuda/i);
  });
});

describe('a node whose disk is full', () => {
  let site: NodeSite;

  beforeAll(async () => {
    site = await nodeSite({ storage: { reserveMegabytes: 100_000_000 } });
  });

  afterAll(() => site?.remove());

  it('answers out of resources, is not ready, and takes what comes when there is room again', async () => {
    const full = site.launch();
    const started = await eventuallyStarted(full);
    const peer = await associated(Number(started['dimsePort']), { called: 'CMR_NODE' });
    const [{ sopInstanceUid, dataSet }] = shortAxis('full disk') as unknown as [ReturnType<typeof shortAxis>[number]];
    peer.send(pData(1, { command: true, last: true }, storeCommand({ sopInstanceUid })));
    peer.send(pData(1, { command: false, last: true }, Buffer.from(dataSet).subarray(0, 16_000)));
    expect(commandShort(await peer.nextPdu(), 0x0900)).toBe(OUT_OF_RESOURCES);
    peer.end();
    const answer = await fetch(`http://127.0.0.1:${String(started['httpPort'])}/health/ready`);
    expect(answer.status).toBe(503);
    expect(JSON.stringify(await answer.json())).toContain('no room');
    full.signal('SIGTERM');
    expect(await full.exited).toBe(0);
    await site.configure({});
    expect(await (await site.start()).stop()).toBe(0);
  });
});

async function eventuallyStarted(node: ReturnType<NodeSite['launch']>) {
  for (;;) {
    const line = node.log().find(({ event }) => event === 'node-started');
    if (line !== undefined) return line;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function reached(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  });
}
