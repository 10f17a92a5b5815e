import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Connection } from '../../src/store/connection.ts';
import type { Transaction } from '../../src/store/database.ts';
import { insertInstances, instancesOfSeries } from '../../src/store/instances.ts';
import { enqueue, nextBatch } from '../../src/store/outbox.ts';
import { NOON, newDelivery, newInstance, receivedSeries } from './sample-records.ts';
import { temporaryDatabase, temporaryFile } from './temporary-database.ts';

const WRITER = fileURLToPath(new URL('./unfinished-writer.ts', import.meta.url));

async function countInstances(reader: Pick<Transaction, 'all'>): Promise<number> {
  return (await reader.all<{ n: number }>('select count(*) as n from instances'))[0]!.n;
}

describe('database', () => {
  test('everything is there after closing and opening again', async () => {
    const database = await temporaryDatabase();
    const { series, instances } = await receivedSeries(database, 20);
    await database.transaction((tx) =>
      enqueue(
        tx,
        instances.map((instance) => newDelivery(instance)),
      ),
    );
    await database.close();
    const reopened = await temporaryDatabase({ file: database.file });
    expect(reopened.appliedMigrations).toEqual([]);
    expect(await instancesOfSeries(reopened, series.id)).toEqual(instances);
    const batch = await nextBatch(reopened, { destination: 'archive', now: NOON, limit: 100 });
    expect(batch.map(({ instanceId }) => instanceId)).toEqual(instances.map(({ id }) => id));
  });

  test('a commit is on the disk when it returns: WAL, synchronous FULL, foreign keys', async () => {
    const database = await temporaryDatabase();
    const settings = await database.transaction(async (tx) =>
      Promise.all(['journal_mode', 'synchronous', 'foreign_keys'].map((name) => tx.all(`pragma ${name}`))),
    );
    expect(settings.flat()).toEqual([{ journal_mode: 'wal' }, { synchronous: 2 }, { foreign_keys: 1 }]);
  });

  test('a transaction that fails leaves nothing behind and does not stop the next one', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 1);
    const failing = database.transaction(async (tx) => {
      await insertInstances(tx, [newInstance(series, 2)]);
      throw new Error('the use case changed its mind');
    });
    const next = database.transaction((tx) => insertInstances(tx, [newInstance(series, 3)]));
    await expect(failing).rejects.toThrow('changed its mind');
    await next;
    expect((await instancesOfSeries(database, series.id)).map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([
      `${series.seriesInstanceUid}.1`,
      `${series.seriesInstanceUid}.3`,
    ]);
  });

  test('a statement that breaks a rule names the rule and undoes the whole transaction', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 1);
    const orphan = { ...newInstance(series, 3), seriesId: 4711 };
    const failing = database.transaction((tx) => insertInstances(tx, [newInstance(series, 2), orphan]));
    await expect(failing).rejects.toMatchObject({ code: 'database-failed', message: /FOREIGN KEY/ });
    expect(await countInstances(database)).toBe(1);
  });

  test('transactions never interleave, however many are started at once', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 0);
    const writers = Array.from({ length: 30 }, (_, n) =>
      database.transaction(async (tx) => {
        const before = await countInstances(tx);
        await insertInstances(tx, [newInstance(series, 2 * n)]);
        await new Promise((resolve) => setTimeout(resolve, n % 3));
        await insertInstances(tx, [newInstance(series, 2 * n + 1)]);
        return (await countInstances(tx)) - before;
      }),
    );
    expect(new Set(await Promise.all(writers))).toEqual(new Set([2]));
  });

  test('a read beside a transaction neither waits for it nor sees what is not committed', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 1);
    await database.transaction(async (tx) => {
      await insertInstances(tx, [newInstance(series, 2)]);
      expect(await countInstances(tx)).toBe(2);
      expect(await countInstances(database)).toBe(1);
    });
    expect(await countInstances(database)).toBe(2);
  });

  test('a transaction that is kept beyond its end writes nothing', async () => {
    const database = await temporaryDatabase();
    const kept = await database.transaction(async (tx) => tx);
    await expect(kept.run('delete from series')).rejects.toThrow('after its end');
  });

  test('a process that is killed in a transaction leaves nothing of it, and the next owner takes over', async () => {
    const file = await temporaryFile();
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const database = await temporaryDatabase({ file });
    expect(await countInstances(database)).toBe(1);
  });

  test('closing waits for the transactions that were begun and refuses others', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 0);
    const begun = database.transaction((tx) => insertInstances(tx, [newInstance(series, 1)]));
    await Promise.all([begun, database.close()]);
    await expect(database.transaction(async () => undefined)).rejects.toMatchObject({ code: 'database-failed' });
    expect(await countInstances(await temporaryDatabase({ file: database.file }))).toBe(1);
  });
});

describe('a database in trouble', () => {
  test('a full disk is told as such, nothing of the transaction is kept, and writing goes on when there is room', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 1);
    const [size] = await database.all<{ page_count: number }>('pragma page_count');
    const limit = (pages: number) => database.transaction((tx) => tx.all(`pragma max_page_count = ${pages}`));
    const rows = Array.from({ length: 5000 }, (_, n) => newInstance(series, n + 2));
    await limit(size!.page_count + 20);
    const full = database.transaction((tx) => insertInstances(tx, rows));
    await expect(full).rejects.toMatchObject({ code: 'storage-full', message: /disk is full/ });
    expect(await countInstances(database)).toBe(1);
    await limit(1_000_000);
    await database.transaction((tx) => insertInstances(tx, rows));
    expect(await countInstances(database)).toBe(5001);
  });

  test('reads begun before closing are answered, those after it are refused in plain words', async () => {
    const database = await temporaryDatabase();
    await receivedSeries(database, 1);
    const [first, second] = [countInstances(database), database.all('select 1 as one')];
    await database.close();
    expect(await first).toBe(1);
    expect(await second).toEqual([{ one: 1 }]);
    await expect(database.all('select 1')).rejects.toMatchObject({ code: 'database-failed', message: /closed/ });
  });

  test('what a transaction forgot to await is still part of it', async () => {
    const database = await temporaryDatabase();
    const { series } = await receivedSeries(database, 0);
    let forgotten: Promise<unknown> | undefined;
    await database.transaction(async (tx) => {
      await insertInstances(tx, [newInstance(series, 1)]);
      forgotten = tx.run("update instances set state = 'decided'");
    });
    await forgotten;
    expect(await database.all('select state from instances')).toEqual([{ state: 'decided' }]);
  });
});

describe('opening the database', () => {
  test('a second node on one data folder is refused in plain words; a command beside it may read and write', async () => {
    const owner = await temporaryDatabase();
    const { file } = owner;
    for (const _ of [1, 2]) {
      await expect(temporaryDatabase({ file })).rejects.toMatchObject({ code: 'database-failed', message: /in use/ });
    }
    const { series } = await receivedSeries(owner, 1);
    const guest = await temporaryDatabase({ file, access: 'guest' });
    await guest.transaction((tx) => insertInstances(tx, [newInstance(series, 2)]));
    expect(await countInstances(owner)).toBe(2);
    const reader = await temporaryDatabase({ file, access: 'reader' });
    expect(await countInstances(reader)).toBe(2);
    await expect(reader.transaction(async () => undefined)).rejects.toThrow('for reading only');
    await owner.close();
    await temporaryDatabase({ file });
  });

  test('a reader can read a database that no process has open', async () => {
    const database = await temporaryDatabase();
    await receivedSeries(database, 1);
    await database.close();
    expect(await countInstances(await temporaryDatabase({ file: database.file, access: 'reader' }))).toBe(1);
  });

  test.each(['guest', 'reader'] as const)('a %s makes no database where there is none', async (access) => {
    const file = await temporaryFile();
    await expect(temporaryDatabase({ file, access })).rejects.toMatchObject({
      code: 'database-failed',
      message: /cannot be opened/,
      subject: { file },
    });
  });

  test('a database that another process has locked is told as locked, and works when it is free again', async () => {
    const database = await temporaryDatabase();
    const { file } = database;
    const other = await Connection.open({ file, access: 'write', busyTimeoutMs: 0 });
    await other.script('begin immediate');
    const locked = { code: 'database-failed', message: /locked by another process/, subject: { file } };
    await expect(database.transaction(async () => undefined)).rejects.toMatchObject(locked);
    await other.script('rollback');
    await database.transaction(async () => undefined);
    await database.close();
    await other.script('begin immediate');
    await expect(temporaryDatabase({ file })).rejects.toMatchObject(locked);
    await other.close();
    await temporaryDatabase({ file });
  });

  test('a file that is no database is named and left as it is', async () => {
    const file = await temporaryFile();
    await writeFile(file, 'a letter of referral '.repeat(100));
    await expect(temporaryDatabase({ file })).rejects.toMatchObject({
      code: 'database-failed',
      message: /not a database/,
      subject: { file },
    });
  });
});
