import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeFiles } from '../../src/spool/remove-files.ts';

const NOW = Date.UTC(2026, 2, 1, 12, 30);
let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'remove-files-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function made(...files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(join(dataDir, file, '..'), { recursive: true });
    await writeFile(join(dataDir, file), 'bytes');
  }
}

test('files go, and folders that hold nothing more, but not one into which something may be on its way', async () => {
  const old = ['spool/2026020108/a-1.dcm', 'spool/2026020108/a-2.dcm'];
  const half = ['spool/2026020109/b-1.dcm'];
  const present = ['spool/2026030112/c-1.dcm', 'spool/2026030110/d-1.dcm'];
  const results = ['results/7-1700000000000/000000.dcm'];
  await made(...old, ...half, 'spool/2026020109/b-2.dcm', ...present, ...results);
  const all = [...old, ...half, ...present, ...results];
  expect(await removeFiles(all, { dataDir, now: NOW })).toMatchObject({ removed: expect.any(Array), notRemoved: [] });
  expect((await readdir(join(dataDir, 'spool'))).sort()).toEqual(['2026020109', '2026030110', '2026030112']);
  expect(await readdir(join(dataDir, 'spool', '2026020109'))).toEqual(['b-2.dcm']);
  expect(await readdir(join(dataDir, 'results'))).toEqual([]);
  // Once more, as after a crash.
  expect((await removeFiles(all, { dataDir, now: NOW })).removed.toSorted()).toEqual(all.toSorted());
});

test('nothing goes that the node did not write as an instance, whatever a record says', async () => {
  await made('node.sqlite', 'archive/ab/one.dcm', 'spool/2026020108/a-1.dcm');
  const strangers = [
    'node.sqlite',
    'archive/ab/one.dcm',
    'spool/../node.sqlite',
    'results/../../x/y.dcm',
    '/etc/passwd',
  ];
  const { removed, notRemoved } = await removeFiles([...strangers, 'spool/2026020108/a-1.dcm'], { dataDir, now: NOW });
  expect(removed).toEqual(['spool/2026020108/a-1.dcm']);
  expect(notRemoved.map(({ file }) => file).toSorted()).toEqual(strangers.toSorted());
  expect((await readdir(dataDir)).sort()).toEqual(['archive', 'node.sqlite', 'spool']);
});
