import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { INSTANCES_A_SERIES, seedDatabase } from './seeded-database.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cmr-seeded-'));
  folders.push(folder);
  return folder;
}

it('a seeded database holds what it says, all of it decided, and its counts agree with its rows', async () => {
  const dataDir = await emptyFolder();
  const made = await seedDatabase({ dataDir, instances: 2_000 }, () => undefined);
  expect(made).toMatchObject({ instances: 2_000, series: 2_000 / INSTANCES_A_SERIES });
  const database = await openDatabase({ file: join(dataDir, 'node.sqlite'), access: 'reader' });
  const [counts] = await database.all(`select (select count(*) from instances where state = 'decided') as decided,
    (select count(distinct sop_instance_uid) from instances) as uids, (select count(*) from deliveries) as deliveries,
    (select sum(deliveries) from delivery_counts) as counted, (select sum(instances) from worklist) as listed`);
  await database.close();
  expect(counts).toEqual({ decided: 2_000, uids: 2_000, deliveries: 2_000, counted: 2_000, listed: 2_000 });
});

it('a folder that holds series already is left as it is', async () => {
  const dataDir = await emptyFolder();
  await seedDatabase({ dataDir, instances: 20 }, () => undefined);
  await expect(seedDatabase({ dataDir, instances: 20 }, () => undefined)).rejects.toThrow('holds series already');
});
