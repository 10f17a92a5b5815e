import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/store/database.ts';

const folders: string[] = [];
const databases: Database[] = [];

/** A path for a database in a folder of its own that is gone after the test. */
export async function temporaryFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cmr-store-'));
  folders.push(folder);
  return join(folder, 'node.sqlite');
}

/** Opens a database that is closed after the test; an empty one where no file is named. */
export async function temporaryDatabase(options: Partial<DatabaseOptions> = {}): Promise<Database> {
  const database = await openDatabase({
    busyTimeoutMs: 100,
    ...options,
    file: options.file ?? (await temporaryFile()),
  });
  databases.push(database);
  return database;
}

afterEach(async () => {
  await Promise.all(databases.splice(0).map((database) => database.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});
