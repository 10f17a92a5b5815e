import type { Reader, Transaction } from './database.ts';

/** Files after this one that were removed on record, and may be on the disk still, in order. */
export async function filesToRemove(
  reader: Reader,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly string[]> {
  const sql = 'select file from files_to_remove where file > ? order by file limit ?';
  const rows = await reader.all<{ file: string }>(sql, [after, limit]);
  return rows.map(({ file }) => file);
}

/** They are off the disk. */
export async function filesAreRemoved(tx: Transaction, files: readonly string[]): Promise<void> {
  await tx.run('delete from files_to_remove where file in (select value from json_each(?))', [JSON.stringify(files)]);
}

/** A received instance whose file came back: sent again, byte for byte the same data set. */
export interface ReturnedFile {
  readonly instanceId: number;
  readonly file: string;
  readonly dataSetOffset: number;
}

/**
 * Takes the file that just came in place of the one that was removed: so say the instance and its deliveries.
 * @returns false where the file was not removed: then nothing is changed
 */
export async function returnFile(tx: Transaction, { instanceId, file, dataSetOffset }: ReturnedFile): Promise<boolean> {
  const { changes } = await tx.run(
    `update instances set removed_at = null, file = ?, data_set_offset = ? where id = ? and removed_at is not null`,
    [file, dataSetOffset, instanceId],
  );
  if (changes === 0) return false;
  await tx.run('update deliveries set file = ?, data_set_offset = ? where instance_id = ? and result_id is null', [
    file,
    dataSetOffset,
    instanceId,
  ]);
  return true;
}

/** A result that was removed and is to be sent again. */
export interface WantedResult {
  readonly resultId: number;
  readonly instanceId: number;
  readonly sopInstanceUid: string;
  readonly file: string;
  readonly dataSetOffset: number;
  readonly dataSetLength: number;
}

export function wantedResults(reader: Reader, limit: number): Promise<readonly WantedResult[]> {
  return reader.all(
    `select results.id as "resultId", instance_id as "instanceId", sop_instance_uid as "sopInstanceUid", file,
        data_set_offset as "dataSetOffset", data_set_length as "dataSetLength"
      from results_wanted cross join results on results.id = results_wanted.result_id order by result_id limit ?`,
    [limit],
  );
}

/** The file of the result is there again, or still. */
export async function resultIsBack(tx: Transaction, resultId: number): Promise<void> {
  await tx.run('delete from files_to_remove where file = (select file from results where id = ?)', [resultId]);
  await tx.run('update results set removed_at = null where id = ?', [resultId]);
  await tx.run('delete from results_wanted where result_id = ?', [resultId]);
}

/** It cannot be had again: what waits of it is given up, and a person is told why. */
export async function resultIsLost(tx: Transaction, resultId: number, reason: string): Promise<void> {
  await tx.run("update deliveries set state = 'dead', reason = ? where state = 'pending' and result_id = ?", [
    reason,
    resultId,
  ]);
  await tx.run('delete from results_wanted where result_id = ?', [resultId]);
}
