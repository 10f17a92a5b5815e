import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { readPart10 } from '../support/part10-files.ts';
import { launchProgram, type NodeProcess } from '../support/running-node.ts';

const DEMO_INSTANCES = 73;
const DEMO_TURNED = 40;
/** The next instance of the same process would take far longer to be sent. */
const KILLED_AFTER_MILLISECONDS = 700;

describe('the demo', () => {
  let dataDir: string;
  const started: NodeProcess[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'demo-'));
  });

  afterEach(async () => {
    for (const one of started) one.signal('SIGKILL');
    await Promise.all(started.splice(0).map(({ exited }) => exited));
    await rm(dataDir, { recursive: true, force: true });
  });

  function demo(...parameters: readonly string[]): NodeProcess {
    const env = {
      CMR_NODE_DATA_DIR: dataDir,
      CMR_NODE_DIMSE_PORT: '0',
      CMR_NODE_HTTP_PORT: '0',
      CMR_NODE_EMBEDDED_ARCHIVE_PORT: '0',
      CMR_NODE_SERIES_QUIET_SECONDS: '1',
      CMR_NODE_STORAGE_RESERVE_MEGABYTES: '1',
    };
    const one = launchProgram(['serve', ...parameters], { env });
    started.push(one);
    return one;
  }

  const said = (node: NodeProcess, words: string) =>
    eventually(
      () => node.stdout(),
      (text) => text.includes(words),
      { what: words, milliseconds: 60_000 },
    );

  const archived = () => readPart10(join(dataDir, 'archive'));
  const sent = () => readPart10(join(dataDir, 'demo'));

  it('tells what it received, recognised, turned and archived, stays up, and ends at Ctrl-C', async () => {
    const node = demo('--demo');
    const account = await said(node, 'Ctrl-C stops the node.');
    expect(account).toContain(`7 series, ${DEMO_INSTANCES} instances`);
    expect(account).toMatch(/40 instances, cine: .*turned 90° counter-clockwise \(code 110\)/);
    expect(account).toContain('40 turned by 101 and proved sample by sample, 40 in the archive');
    expect(account).toMatch(/10 instances, LGE: .*upside down/);
    expect(account).toContain('[contradiction]');
    const [, url] = /Page +(http:\S+)/.exec(account) ?? [];
    expect((await fetch(url as string)).status).toBe(200);
    const verdict = judgeGeometry(await sent(), await archived());
    expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [], turned: DEMO_TURNED });
    const asked = Date.now();
    node.signal('SIGINT');
    expect(await node.exited).toBe(0);
    expect(Date.now() - asked).toBeLessThan(8000);
  });

  it('tells of a series that a person put back what stands of it, not what was sent before', async () => {
    const node = demo('--demo');
    await said(node, 'Ctrl-C stops the node.');
    const review = [
      'review',
      'put-back',
      '--decision',
      'standardize',
      '--reason',
      'as the scanner had it',
      '--by',
      'anna',
    ];
    const env = { CMR_NODE_DATA_DIR: dataDir };
    expect(await launchProgram(review, { env }).exited).toBe(0);
    node.signal('SIGINT');
    await node.exited;
    const again = demo('--demo');
    const account = await said(again, 'Ctrl-C stops the node.');
    expect(account).toContain('it is put back as received.\n    forwarded as received, 40 in the archive [reviewed]');
  });

  it('that is killed while it runs leaves nothing behind that the next start does not deliver', async () => {
    const killed = demo('--demo');
    await said(killed, 'Sending it to this node');
    await delay(KILLED_AFTER_MILLISECONDS);
    killed.signal('SIGKILL');
    await killed.exited;
    const next = demo();
    await said(next, 'Ctrl-C stops the node.');
    const accepted = (await readPart10(join(dataDir, 'spool'))).map(({ sopInstanceUid }) => sopInstanceUid);
    expect(accepted.length).toBeGreaterThan(0);
    const all = await sent();
    const wanted = all.filter(({ sopInstanceUid }) => accepted.includes(sopInstanceUid));
    const verdict = await eventually(
      async () => judgeGeometry(wanted, await archived()),
      ({ lost }) => lost.length === 0,
      { what: 'what was accepted' },
    );
    expect(verdict).toMatchObject({ doubled: [], problems: [] });
    next.signal('SIGINT');
    expect(await next.exited).toBe(0);
    const again = demo('--demo');
    await said(again, 'Ctrl-C stops the node.');
    expect(judgeGeometry(all, await archived())).toMatchObject({ lost: [], doubled: [], problems: [], turned: 40 });
    expect(await archived()).toHaveLength(DEMO_INSTANCES);
  });
});
