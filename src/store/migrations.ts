import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { NodeError } from '../core/errors.ts';
import type { Connection } from './connection.ts';

const FOLDER = new URL('./migrations/', import.meta.url);
const MIGRATION_NAME = /^\d{4}-[a-z0-9-]+\.sql$/;

const RECORD_TABLE = `create table schema_migrations (
  name text primary key,
  sha256 text not null,
  applied_at integer not null
) strict`;

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text with line ends as in the repository. */
  readonly sha256: string;
}

async function migrationsOf(folder: URL): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => MIGRATION_NAME.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = (await readFile(new URL(name, folder), 'utf8')).replaceAll('\r\n', '\n');
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** Name → SHA-256 of what was applied to this database, or undefined where there is no record. */
async function recorded(connection: Connection): Promise<ReadonlyMap<string, string> | undefined> {
  const tables = await connection.all<{ name: string }>("select name from sqlite_master where type = 'table'");
  if (!tables.some(({ name }) => name === 'schema_migrations')) {
    if (tables.length === 0) return undefined;
    const subject = { file: connection.file };
    throw new NodeError('database-failed', 'The file is a database of another program', { subject });
  }
  const rows = await connection.all<{ name: string; sha256: string }>('select name, sha256 from schema_migrations');
  return new Map(rows.map(({ name, sha256 }) => [name, sha256]));
}

/** Why the record of applied migrations does not fit this version, if it does not. */
function misfit(
  applied: ReadonlyMap<string, string>,
  known: readonly Migration[],
  file: string,
): NodeError | undefined {
  const hashes = new Map(known.map(({ name, sha256 }) => [name, sha256]));
  const options = { subject: { file } };
  for (const [name, sha256] of applied) {
    if (!hashes.has(name)) {
      return new NodeError('database-newer', `A later version of this software wrote the database: ${name}`, options);
    }
    if (hashes.get(name) !== sha256) {
      return new NodeError('database-failed', `Migration ${name} is not the one that was applied`, options);
    }
  }
  return undefined;
}

/**
 * Names of the migrations that the database still needs.
 * @throws NodeError database-newer, database-failed
 */
export async function pendingMigrations(connection: Connection, folder: URL = FOLDER): Promise<readonly string[]> {
  const known = await migrationsOf(folder);
  const applied = (await recorded(connection)) ?? new Map<string, string>();
  const fault = misfit(applied, known, connection.file);
  if (fault !== undefined) throw fault;
  return known.filter(({ name }) => !applied.has(name)).map(({ name }) => name);
}

/** Applies what is pending, all of it or nothing, and returns the names. The caller holds the write transaction. */
export async function applyMigrations(connection: Connection, folder: URL = FOLDER): Promise<readonly string[]> {
  const pending = new Set(await pendingMigrations(connection, folder));
  if (pending.size === 0) return [];
  if ((await recorded(connection)) === undefined) await connection.script(RECORD_TABLE);
  for (const { name, sql, sha256 } of await migrationsOf(folder)) {
    if (!pending.has(name)) continue;
    await connection.script(sql);
    const row = [name, sha256, Date.now()];
    await connection.run('insert into schema_migrations (name, sha256, applied_at) values (?, ?, ?)', row);
  }
  return [...pending];
}
