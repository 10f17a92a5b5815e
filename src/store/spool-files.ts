import type { Reader } from './database.ts';

const PAGE = 5000;

/** Which of these spool files no instance and no result points to: after a crash, what was kept and not yet recorded. */
export async function unknownFiles(reader: Reader, files: readonly string[]): Promise<readonly string[]> {
  const rows = await reader.all<{ file: string }>(
    `select value as file from json_each(?) as candidate
      where not exists (select 1 from instances where file = candidate.value)
        and not exists (select 1 from results where file = candidate.value) order by key`,
    [JSON.stringify(files)],
  );
  return rows.map(({ file }) => file);
}

async function* filesOf(reader: Reader, table: 'instances' | 'results'): AsyncGenerator<string> {
  let after = 0;
  while (true) {
    const sql = `select id, file from ${table} where id > ? order by id limit ${PAGE}`;
    const rows = await reader.all<{ id: number; file: string }>(sql, [after]);
    for (const { file } of rows) yield file;
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.id;
  }
}

/** Every file that the database points to: those received, in order of arrival, then those derived. */
export async function* knownFiles(reader: Reader): AsyncGenerator<string> {
  yield* filesOf(reader, 'instances');
  yield* filesOf(reader, 'results');
}
