import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { eventually } from '../support/eventually.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { part10Of, type ReadFile, readPart10 } from '../support/part10-files.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';
import { multipart, post } from '../support/stow-request.ts';

const DAY_MS = 86_400_000;
/** Four that are turned, and three that are not. */
const TURNED = shortAxis('upkeep');
const SCOUTS = shortAxis('upkeep', { plane: 'axial', sequence: 'scout', slices: 3, seriesNumber: 2 });
const EACH_SECOND = { retention: '* * * * * *', databaseCare: '* * * * * *' };

describe('a node that is looked after', () => {
  let site: NodeSite;
  let node: RunningNode;
  let held: string[];

  beforeAll(async () => {
    site = await nodeSite();
    await site.configure({ schedule: EACH_SECOND });
    node = await site.start();
    await send();
    held = summary(await archived());
  });
  afterAll(() => site?.remove());

  const send = async (): Promise<void> => {
    const headers = { Authorization: `Bearer ${node.token}` };
    const body = multipart([...TURNED, ...SCOUTS].map(part10Of));
    expect((await post(`${node.httpUrl}/dicomweb/studies`, body, headers)).status).toBe(200);
  };
  const summary = (files: readonly ReadFile[]): string[] =>
    files.map(({ sopInstanceUid, sha256 }) => `${sopInstanceUid} ${sha256}`).sort();
  const archived = (): Promise<ReadFile[]> =>
    eventually(
      () => readPart10(join(site.dataDir, 'archive')),
      (files) => files.length === TURNED.length + SCOUTS.length,
      { what: 'the archive to hold all' },
    );
  const stored = async (name: 'spool' | 'results'): Promise<number> => {
    const entries = await readdir(join(site.dataDir, name), { recursive: true }).catch(() => []);
    return entries.filter((entry) => entry.endsWith('.dcm')).length;
  };
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${node.httpUrl}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]?.replace('+Inf', 'Infinity'));
  };

  it('tells how much room there is, and in how many hours there is none', async () => {
    const health = await (await fetch(`${node.httpUrl}/health/ready`)).json();
    expect(health).toMatchObject({ status: 'ok', checks: { disk: { status: 'ok' }, database: { status: 'ok' } } });
    expect(await metric('cmr_node_disk_free_bytes')).toBeGreaterThan(0);
    // It was not watched for an hour.
    expect(await metric('cmr_node_disk_full_hours')).toBe(Number.POSITIVE_INFINITY);
    const headers = { Authorization: `Bearer ${node.token}` };
    const status = await (await fetch(`${node.httpUrl}/api/v1/status`, { headers })).json();
    expect(status).toMatchObject({ disk: { freeBytes: expect.any(Number), fullInHours: null } });
  });

  it('looks by the clock whether its database is whole', async () => {
    await eventually(
      () => node.log().filter(({ event }) => event === 'database-checked').length,
      (times) => times > 0,
      { what: 'the check of the database' },
    );
    expect(node.log().filter(({ event }) => event.startsWith('database-') && event !== 'database-checked')).toEqual([]);
  });

  it('is backed up while it runs, and restored where its data folder was lost', async () => {
    const out = join(site.folder, 'backup');
    const done = await site.command('backup', out, '--with-files');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(
      /^Database .* whole; \d+ entries of the audit trail, whole\nFiles +11, .*in the backup\n$/,
    );
    expect((await site.command('backup', out)).stderr).toContain('empty or not there yet');
    await node.stop();
    for (const name of ['node.sqlite', 'node.sqlite-wal', 'node.sqlite-shm', 'spool', 'results']) {
      await rm(join(site.dataDir, name), { recursive: true, force: true });
    }
    for (const name of ['node.sqlite', 'spool', 'results']) {
      await cp(join(out, name), join(site.dataDir, name), { recursive: true });
    }
    node = await site.start();
    expect(await site.command('audit', 'verify')).toMatchObject({ code: 0 });
    await rm(join(site.dataDir, 'archive'), { recursive: true });
    const again = await site.command(
      'resend',
      '--study',
      TURNED[0]!.studyInstanceUid,
      '--by',
      'anna',
      '--reason',
      'it was lost',
    );
    expect(again).toMatchObject({ code: 0 });
    expect(summary(await archived())).toEqual(held);
  });

  it('removes by the clock what its days are over for, and has it all again for whoever wants it', async () => {
    await node.stop();
    await grownOlder(join(site.dataDir, 'node.sqlite'), 40 * DAY_MS);
    node = await site.start();
    await eventually(
      async () => [await stored('spool'), await stored('results')],
      ([spool, results]) => spool === TURNED.length && results === 0,
      { what: 'results and copies to be removed' },
    );
    await eventually(
      () => metric('cmr_node_retention_files_total'),
      (files) => files === TURNED.length + SCOUTS.length,
      { what: 'the sweep to end' },
    );
    await rm(join(site.dataDir, 'archive'), { recursive: true });
    await send();
    expect(summary(await archived())).toEqual(held);
    expect(await stored('spool')).toBe(TURNED.length + SCOUTS.length);
    expect(await site.command('audit', 'verify')).toMatchObject({ code: 0 });
  });
});

/** As if nothing had happened for so long. */
async function grownOlder(file: string, milliseconds: number): Promise<void> {
  const db = await openDatabase({ file });
  await db.transaction(async (tx) => {
    const [trigger] = await tx.all<{ sql: string }>("select sql from sqlite_schema where name = 'decisions_keep'");
    await tx.run('drop trigger decisions_keep');
    await tx.run('update decisions set decided_at = decided_at - ?', [milliseconds]);
    await tx.run(trigger!.sql);
    await tx.run('update series set last_received_at = last_received_at - ?', [milliseconds]);
    await tx.run('update deliveries set delivered_at = delivered_at - ?', [milliseconds]);
  });
  await db.close();
}
