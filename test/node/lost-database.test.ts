import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { dcmtk, hasDcmtk, type Storescp, startStorescp } from '../dimse/dcmtk.ts';
import { eventually } from '../support/eventually.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { readPart10, writePart10 } from '../support/part10-files.ts';
import { finished, launchProgram, type NodeSite, nodeSite } from '../support/running-node.ts';

const SLICES = 4;

describe.skipIf(!hasDcmtk)('a node whose database is lost', () => {
  let site: NodeSite;
  let archive: Storescp;
  const received = () => readPart10(archive.folder);
  const receivedInAll = (count: number) =>
    eventually(received, (files) => files.length >= count, { what: `${count} instances at the archive` });

  beforeAll(async () => {
    site = await nodeSite();
    // A file for each reception, so that what comes twice is seen twice.
    archive = await startStorescp(join(site.folder, 'archive'));
    const pacs = { name: 'pacs', type: 'dimse', host: '127.0.0.1', port: archive.port, calledAeTitle: 'ARCHIVE' };
    await site.configure({ destinations: [{ ...pacs, default: true }] });
    const node = await site.start();
    await writePart10(shortAxis('lost database', { slices: SLICES }), join(site.folder, 'sent'));
    const peer = ['127.0.0.1', String(node.dimsePort)];
    const sent = await dcmtk('storescu', '-aec', 'CMR_NODE', '+sd', ...peer, join(site.folder, 'sent'));
    expect(sent).toMatchObject({ code: 0 });
    await receivedInAll(SLICES);
    // The log of the database stays behind.
    await node.kill();
    await rm(join(site.dataDir, 'node.sqlite'));
  });

  afterAll(async () => {
    await archive?.stop();
    await site?.remove();
  });

  async function expectRefusal(): Promise<void> {
    const { code, stderr } = await finished(site.launch());
    expect(code).toBe(78);
    expect(stderr).toContain(site.dataDir);
    expect(stderr).toMatch(/node\.sqlite.*not there.*Restore the backup.*serve --new-database/s);
    expect(stderr).not.toContain('    at ');
  }

  it('says so, ends with 78, and makes no empty one', async () => {
    await expectRefusal();
    expect(await readdir(site.dataDir)).not.toContain('node.sqlite');
    // Nor does the command that brings it up to date, so that the second try is refused as well.
    expect(await site.command('migrate')).toMatchObject({ code: 78 });
    await expectRefusal();
  });

  it('takes an empty file for none', async () => {
    await writeFile(join(site.dataDir, 'node.sqlite'), '');
    await expectRefusal();
    await rm(join(site.dataDir, 'node.sqlite'));
  });

  it('takes what is in the spool for new where it is told to, under the same UIDs, and says so on its trail', async () => {
    const node = await site.start({ flags: ['--new-database'] });
    const archived = await receivedInAll(2 * SLICES);
    expect(await node.stop()).toBe(0);
    expect(archived).toHaveLength(2 * SLICES);
    const uids = archived.map(({ sopInstanceUid }) => sopInstanceUid);
    expect(new Set(uids).size).toBe(SLICES);
    const newest = [...new Map(archived.map((file) => [file.sopInstanceUid, file])).values()];
    const verdict = judgeGeometry(await readPart10(join(site.folder, 'sent')), newest);
    expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [], turned: SLICES });
    const db = await openDatabase({ file: join(site.dataDir, 'node.sqlite'), access: 'reader' });
    const [first] = await db.all<{ event: string; detail: string }>(
      'select event, detail_json as detail from audit order by seq limit 1',
    );
    await db.close();
    expect(first?.event).toBe('node-started');
    expect(JSON.parse(first?.detail ?? '{}')).toMatchObject({ newDatabase: true });
  });

  it('does not begin anew where there is a database, so that the flag cannot be left in a unit file', async () => {
    const { code, stderr } = await finished(launchProgram(['serve', '--config', site.configFile, '--new-database']));
    expect(code).toBe(78);
    expect(stderr).toContain('There is a database');
    expect(await (await site.start()).stop()).toBe(0);
  });
});
