import { open } from 'node:fs/promises';
import { Connection } from './connection.ts';
import type { Reader } from './database.ts';

const PAGE = 5000;

/**
 * Writes a copy of a database as it is at one moment, whoever works with it meanwhile; compact, durable, and without the
 * log (-wal) beside it. The file must not be there yet.
 * @throws NodeError database-failed, storage-full
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const reader = await Connection.open({ file: from, access: 'read', busyTimeoutMs: 5000 });
  try {
    await reader.all('vacuum into ?', [to]);
  } finally {
    await reader.close();
  }
  const copy = await open(to, 'r+');
  try {
    await copy.chmod(0o600);
    await copy.sync();
  } finally {
    await copy.close();
  }
}

/** What SQLite finds wrong with a whole database, indexes against tables included; none where all is well. */
export async function integrityFaults(reader: Reader): Promise<readonly string[]> {
  const rows = await reader.all<{ integrity_check: string }>('pragma integrity_check(20)');
  return rows.map(({ integrity_check }) => integrity_check).filter((line) => line !== 'ok');
}

/** A file that the database says is there. */
export interface KeptFile {
  /** Path in the data folder. */
  readonly file: string;
  readonly dataSetOffset: number;
  readonly dataSetLength: number;
  /** Of the data set, hexadecimal. */
  readonly sha256: string;
}

/** Page by page: those received, in order of arrival, then those derived. */
export async function* keptFiles(reader: Reader): AsyncGenerator<readonly KeptFile[]> {
  for (const [table, hash] of [
    ['instances', 'data_set_sha256'],
    ['results', 'sha256'],
  ]) {
    for (let after = 0; ; ) {
      const rows = await reader.all<KeptFile & { id: number }>(
        `select id, file, data_set_offset as "dataSetOffset", data_set_length as "dataSetLength", ${hash} as sha256
          from ${table} where id > ? and removed_at is null order by id limit ${PAGE}`,
        [after],
      );
      if (rows.length > 0) yield rows.map(({ id: _, ...file }) => file);
      if (rows.length < PAGE) break;
      after = rows.at(-1)!.id;
    }
  }
}

/** Whether a file is to be there still: retention may have removed it since the copy was made. */
export async function isKeptFile(reader: Reader, file: string): Promise<boolean> {
  const rows = await reader.all(
    `select 1 from instances where file = ?1 and removed_at is null
      union all select 1 from results where file = ?1 and removed_at is null`,
    [file],
  );
  return rows.length > 0;
}
