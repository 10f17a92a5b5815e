import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DatabaseCare } from '../../src/app/database-care.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { temporaryFolder } from '../support/running-app.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let db: Database;
beforeEach(async () => {
  folder = await temporaryFolder();
  db = await openDatabase({ file: join(folder.path, 'node.sqlite') });
});
afterEach(async () => {
  await db.close().catch(() => undefined);
  await folder.remove();
});

async function audited(): Promise<readonly Record<string, unknown>[]> {
  const rows = await db.all<{ detail: string }>(
    "select detail_json as detail from audit where event = 'database-checked' order by seq",
  );
  return rows.map(({ detail }) => JSON.parse(detail) as Record<string, unknown>);
}

async function fill(rows: number): Promise<void> {
  await db.transaction((tx) =>
    tx.run(
      `insert into hourly_counts (hour, instances, delivered)
        with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ?)
        select n, n, n from numbers`,
      [rows],
    ),
  );
}

test('a whole database is found whole while somebody writes, and its log is folded into it', async () => {
  await fill(20_000);
  const care = new DatabaseCare({ db, log: recordedLog(), now: Date.now });
  await Promise.all([
    care.run(),
    care.run(),
    db.transaction((tx) => tx.run('delete from hourly_counts where hour = 1')),
  ]);
  expect(care.damage).toBeUndefined();
  expect(await audited()).toMatchObject([{ isWhole: true, findings: 0 }]);
  await care.run();
  expect((await stat(`${db.file}-wal`)).size).toBeLessThan(100_000);
});

test('a look that takes long keeps no node from ending', async () => {
  await fill(1_000_000);
  const log = recordedLog();
  const care = new DatabaseCare({ db, log, now: Date.now });
  const looking = care.run();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const started = performance.now();
  await care.close();
  expect(performance.now() - started).toBeLessThan(1000);
  await looking;
  expect(care.damage).toBeUndefined();
  await care.run();
  expect(await audited()).toEqual([]);
});

test('a damaged one is told in the log, in the audit trail where it can be, and for health', async () => {
  await fill(20_000);
  await db.close();
  const file = await open(db.file, 'r+');
  const { size } = await file.stat();
  // A page of what was written last.
  const page = Math.floor(size / 4096) - 5;
  await file.write(Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
  await file.close();
  db = await openDatabase({ file: db.file });
  const log = recordedLog();
  const care = new DatabaseCare({ db, log, now: () => Date.UTC(2026, 2, 1) });
  await care.run();
  expect(care.damage).toBe('the check of 2026-03-01T00:00:00.000Z found it damaged: restore it from a backup');
  expect(log.events.find(({ level }) => level === 'error')).toBeDefined();
  expect(JSON.stringify(log.events)).toContain('database-');
});
