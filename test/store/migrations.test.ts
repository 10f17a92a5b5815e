import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Connection } from '../../src/store/connection.ts';
import { temporaryDatabase, temporaryFile } from './temporary-database.ts';

const RELEASED = fileURLToPath(new URL('../../src/store/migrations/', import.meta.url));

/** The migrations of this version and those given, as a version of the software that has them too. */
async function versionWith(extra: Readonly<Record<string, string>>): Promise<URL> {
  const folder = join(dirname(await temporaryFile()), 'migrations');
  await mkdir(folder);
  await cp(RELEASED, folder, { recursive: true });
  for (const [name, sql] of Object.entries(extra)) await writeFile(join(folder, name), sql);
  return pathToFileURL(`${folder}/`);
}

describe('migrations', () => {
  test('an empty database gets all of them once, in order, with their SHA-256', async () => {
    const database = await temporaryDatabase();
    const names = (await readdir(RELEASED)).sort();
    expect(database.appliedMigrations).toEqual(names);
    await database.close();
    const again = await temporaryDatabase({ file: database.file });
    expect(again.appliedMigrations).toEqual([]);
    const rows = await again.all<{ name: string; sha256: string }>(
      'select name, sha256 from schema_migrations order by name',
    );
    expect(rows.map(({ name }) => name)).toEqual(names);
    for (const { sha256 } of rows) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a newer version adds only what is missing, and the older one then refuses the database by name', async () => {
    const { file, close } = await temporaryDatabase();
    await close();
    const migrations = await versionWith({ '9001-notes.sql': 'create table notes (text text) strict;' });
    const newer = await temporaryDatabase({ file, migrations });
    expect(newer.appliedMigrations).toEqual(['9001-notes.sql']);
    await newer.close();
    for (const access of ['owner', 'guest', 'reader'] as const) {
      await expect(temporaryDatabase({ file, access })).rejects.toMatchObject({
        code: 'database-newer',
        message: /9001-notes\.sql/,
        subject: { file },
      });
    }
  });

  test('a migration that fails leaves the database as it was, with none of those before it', async () => {
    const { file, close } = await temporaryDatabase();
    await close();
    const migrations = await versionWith({
      '9001-notes.sql': 'create table notes (text text) strict;',
      '9002-broken.sql': 'create table more (text text) strict; insert into nowhere values (1);',
    });
    await expect(temporaryDatabase({ file, migrations })).rejects.toMatchObject({ code: 'database-failed' });
    const database = await temporaryDatabase({ file });
    expect(await database.all("select name from sqlite_master where name in ('notes', 'more')")).toEqual([]);
  });

  test('a database that is not up to date is refused to commands beside the node, with what to do', async () => {
    const { file, close } = await temporaryDatabase();
    await close();
    const migrations = await versionWith({ '9001-notes.sql': 'create table notes (text text) strict;' });
    for (const access of ['guest', 'reader'] as const) {
      await expect(temporaryDatabase({ file, access, migrations })).rejects.toMatchObject({
        code: 'database-failed',
        message: /cmr-node migrate/,
      });
    }
  });

  test('a migration that was edited after it was applied is refused', async () => {
    const { file, close } = await temporaryDatabase();
    await close();
    const [first] = await readdir(RELEASED);
    const migrations = await versionWith({ [first!]: '-- something else' });
    await expect(temporaryDatabase({ file, migrations })).rejects.toMatchObject({
      code: 'database-failed',
      message: /not the one that was applied/,
    });
  });

  test('the database of another program is refused and left as it is', async () => {
    const file = await temporaryFile();
    const other = await Connection.open({ file, access: 'create', busyTimeoutMs: 0 });
    await other.script('create table patients (name text)');
    await other.close();
    await expect(temporaryDatabase({ file })).rejects.toMatchObject({
      code: 'database-failed',
      message: /another program/,
    });
    const looked = await Connection.open({ file, access: 'read', busyTimeoutMs: 0 });
    expect(await looked.all('select name from sqlite_master')).toEqual([{ name: 'patients' }]);
    await looked.close();
  });
});
