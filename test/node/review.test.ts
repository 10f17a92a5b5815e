import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dcmtk, hasDcmtk, type Storescp, startStorescp } from '../dimse/dcmtk.ts';
import { eventually } from '../support/eventually.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { type ReadFile, readPart10, writePart10 } from '../support/part10-files.ts';
import { type Finished, type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';

const SENT = shortAxis('review', { code: '101' });
const SERIES = SENT[0]?.seriesInstanceUid as string;

describe.skipIf(!hasDcmtk)('cmr-node review', () => {
  let site: NodeSite;
  let node: RunningNode;
  let storescp: Storescp;
  let sent: readonly ReadFile[];

  beforeAll(async () => {
    site = await nodeSite();
    storescp = await startStorescp(join(site.folder, 'archive'));
    const archive = { type: 'dimse', host: '127.0.0.1', port: storescp.port, calledAeTitle: 'ARCHIVE' };
    await site.configure({ destinations: [{ ...archive, name: 'pacs', default: true }] });
    node = await site.start();
    const folder = join(site.folder, 'sent');
    await writePart10(SENT, folder);
    sent = await readPart10(folder);
    const done = await dcmtk('storescu', '-aec', 'CMR_NODE', '+sd', '127.0.0.1', String(node.dimsePort), folder);
    expect(done).toMatchObject({ code: 0 });
    await archived(SENT.length);
  });

  afterAll(async () => {
    await storescp?.stop();
    await site?.remove();
  });

  const archived = (count: number): Promise<ReadFile[]> =>
    eventually(
      () => readPart10(storescp.folder),
      (files) => files.length >= count,
      { what: `${count} instances` },
    );
  const review = (...parameters: readonly string[]): Promise<Finished> =>
    site.command('review', ...parameters, '--series', SERIES, '--by', 'anna', '--reason', 'seen on the screen');

  it('turns a series otherwise beside a running node: every sample stays at its patient coordinate', async () => {
    const first = new Set((await archived(SENT.length)).map(({ sopInstanceUid }) => sopInstanceUid));
    expect(await review('overrule', '--code', '011')).toMatchObject({ code: 0 });
    const all = await archived(2 * SENT.length);
    const second = all.filter(({ sopInstanceUid }) => !first.has(sopInstanceUid));
    const verdict = judgeGeometry(sent, second);
    expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [], turned: SENT.length });
    expect([...(verdict.operations.get(SERIES) ?? [])]).toEqual(['011']);
  });

  it('puts it back: the archive gets the very bytes that were received', async () => {
    expect(await review('put-back')).toMatchObject({ code: 0 });
    const all = await archived(3 * SENT.length);
    const uids = new Set(sent.map(({ sopInstanceUid }) => sopInstanceUid));
    const originals = all.filter(({ sopInstanceUid }) => uids.has(sopInstanceUid));
    expect(judgeGeometry(sent, originals)).toMatchObject({ lost: [], doubled: [], problems: [], turned: 0 });
  });

  it('has all of it on the audit trail, and ends with 1 where nothing is left to put back', async () => {
    expect(await review('put-back')).toMatchObject({ code: 1 });
    expect(await site.command('audit', 'verify')).toMatchObject({ code: 0 });
    const told = await site.command('status', '--series', SERIES, '--json');
    expect(JSON.parse(told.stdout)).toMatchObject([
      { decision: 'pass-through', review: { act: 'put-back', by: `anna (as ${userInfo().username})` } },
    ]);
  });
});
