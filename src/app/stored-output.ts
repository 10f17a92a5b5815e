import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { NodeError } from '../core/errors.ts';
import { makeDurableDirectory, syncDirectory } from '../spool/directory-sync.ts';
import { writeResult } from '../spool/result-files.ts';
import type { DeliveryRecord } from '../store/outbox.ts';
import type { NodeContext } from './node-context.ts';
import { deriveAgain } from './retained-file.ts';

/** The file of a delivery: as it was, made anew of its source, or not to be had any more. */
export type StoredOutput =
  | { readonly state: 'there' }
  | { readonly state: 'derived-again'; readonly dataSetOffset: number }
  | { readonly state: 'gone' };

type Output = Pick<DeliveryRecord, 'instanceId' | 'resultId' | 'file' | 'dataSetOffset' | 'dataSetLength'>;

/**
 * Looks whether what a delivery sends is on the disk. A result that is not is derived again, the same bytes or none,
 * and written to its place where `write` says so.
 * @throws NodeError storage-full, storage-failed, database-failed
 */
export async function storedOutput(
  output: Output,
  context: Pick<NodeContext, 'db' | 'dataDir'>,
  { write }: { readonly write: boolean },
): Promise<StoredOutput> {
  const { instanceId, resultId, dataSetOffset, dataSetLength } = output;
  const path = join(context.dataDir, output.file);
  const size = await sizeOf(path);
  if (size === dataSetOffset + dataSetLength) return { state: 'there' };
  const again = resultId === null ? undefined : await deriveAgain({ instanceId, resultId }, context);
  if (again === undefined) return { state: 'gone' };
  if (!write) return { state: 'derived-again', dataSetOffset };
  const directory = dirname(path);
  const written = writeResult({ directory, name: basename(path), ...again });
  await syncDirectory(directory);
  await makeDurableDirectory(directory);
  return { state: 'derived-again', dataSetOffset: written.dataSetOffset };
}

/** Undefined where there is no such file. What the disk does not tell is no reason to call it gone. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new NodeError('storage-failed', 'a stored instance cannot be looked at', { cause });
  }
}
