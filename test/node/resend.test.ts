import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dcmtk, hasDcmtk, type Storescp, startStorescp } from '../dimse/dcmtk.ts';
import { eventually } from '../support/eventually.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { type ReadFile, readPart10, writePart10 } from '../support/part10-files.ts';
import { type Finished, type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';

/** Four that are turned, and three that are not. */
const TURNED = shortAxis('resend');
const SENT = [...TURNED, ...shortAxis('resend', { plane: 'axial', sequence: 'scout', slices: 3, seriesNumber: 2 })];

describe.skipIf(!hasDcmtk)('cmr-node resend', () => {
  let site: NodeSite;
  let node: RunningNode;
  let storescp: Storescp;
  let held: string[];

  beforeAll(async () => {
    site = await nodeSite();
    // A file for each reception, so that what comes twice is seen twice.
    storescp = await startStorescp(join(site.folder, 'archive'));
    const archive = { type: 'dimse', host: '127.0.0.1', port: storescp.port, calledAeTitle: 'ARCHIVE' };
    await site.configure({ destinations: [{ ...archive, name: 'pacs', default: true }] });
    node = await site.start();
    const folder = join(site.folder, 'sent');
    await writePart10(SENT, folder);
    const done = await dcmtk('storescu', '-aec', 'CMR_NODE', '+sd', '127.0.0.1', String(node.dimsePort), folder);
    expect(done).toMatchObject({ code: 0 });
    held = summary(await archived(SENT.length));
  });

  afterAll(async () => {
    await storescp?.stop();
    await site?.remove();
  });

  /** UIDs and bytes of what the archive holds, each reception once. */
  const summary = (files: readonly ReadFile[]): string[] =>
    files.map(({ sopInstanceUid, sha256 }) => `${sopInstanceUid} ${sha256}`).sort();

  /** Waits until so many have come, and a little longer, so that none comes too many. */
  async function archived(count: number): Promise<ReadFile[]> {
    await eventually(
      () => readPart10(storescp.folder),
      (files) => files.length >= count,
      { what: `${count} instances` },
    );
    await delay(500);
    return readPart10(storescp.folder);
  }

  async function loseArchive(): Promise<void> {
    for (const name of await readdir(storescp.folder)) await rm(join(storescp.folder, name));
  }

  const resend = (...parameters: readonly string[]): Promise<Finished> =>
    site.command('resend', '--destination', 'pacs', ...parameters);

  it('refills a lost archive beside a running node, each instance once under its UID', async () => {
    await loseArchive();
    const told = await resend('--dry-run', '--json');
    expect(told.code).toBe(0);
    expect(JSON.parse(told.stdout)).toMatchObject({ dryRun: true, queued: { pacs: SENT.length }, gone: 0 });
    const done = await resend('--by', 'anna', '--reason', 'the disk of the archive was lost');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain(`To be sent: ${SENT.length} to pacs.`);
    expect(summary(await archived(SENT.length))).toEqual(held);
    expect(await site.command('audit', 'verify')).toMatchObject({ code: 0 });
  });

  it('queues while no node runs, twice said is once sent, and what is gone is derived again', async () => {
    await node.stop();
    await loseArchive();
    await rm(join(site.dataDir, 'results'), { recursive: true });
    const why = ['--by', 'anna', '--reason', 'again'];
    expect((await resend(...why)).stdout).toContain(`${TURNED.length} derived again`);
    expect((await resend(...why)).stdout).toContain(`${SENT.length} waited already`);
    node = await site.start();
    expect(summary(await archived(SENT.length))).toEqual(held);
  });

  it('names what cannot be had any more and ends with 65', async () => {
    await rm(join(site.dataDir, 'results'), { recursive: true });
    await rm(join(site.dataDir, 'spool'), { recursive: true });
    const told = await resend('--dry-run', '--json');
    expect(told.code).toBe(65);
    const uids = held.map((one) => one.split(' ')[0]).sort();
    const { series } = JSON.parse(told.stdout) as { series: { gone: string[] }[] };
    expect(series.flatMap(({ gone }) => gone).sort()).toEqual(uids);
  });

  it('refuses to send without a choice, a reason, or to a destination that is not there', async () => {
    expect(await site.command('resend', '--reason', 'why not')).toMatchObject({ code: 2 });
    expect(await resend()).toMatchObject({ code: 2 });
    expect(await resend('--to', 'nowhere', '--dry-run')).toMatchObject({ code: 2 });
    expect(await resend('--since', '2026-02-30', '--dry-run')).toMatchObject({ code: 2 });
  });
});
