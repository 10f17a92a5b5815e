import type { Reader } from './database.ts';

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
