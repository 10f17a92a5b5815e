import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NodeError } from '../core/errors.ts';
import { syncDirectory } from './directory-sync.ts';

/** What the node writes itself, two levels deep; a record that says otherwise was not written by it. */
const REMOVABLE = /^(?:spool\/\d{10}|results\/[\w-]+)\/[\w-]+\.dcm$/;
const HOUR_MS = 3_600_000;

/**
 * Takes files off the disk for good, and folders that hold nothing more. What is not there is no fault.
 * @param now folders of the hours around it stay: something may be on its way into them
 * @throws NodeError storage-failed
 */
export async function removeFiles(
  files: readonly string[],
  { dataDir, now }: { readonly dataDir: string; readonly now: number },
): Promise<void> {
  const stranger = files.find((file) => !REMOVABLE.test(file));
  if (stranger !== undefined) throw failed(stranger, 'a file that is no instance of the spool is not removed');
  for (const file of files) {
    await rm(join(dataDir, file), { force: true }).catch((cause) => {
      throw failed(file, 'a file cannot be removed', cause);
    });
  }
  for (const folder of new Set(files.map((file) => dirname(file)))) {
    await tidy(join(dataDir, folder), isInUse(folder, now)).catch((cause) => {
      throw failed(folder, 'a folder cannot be tidied', cause);
    });
  }
}

async function tidy(folder: string, isUsed: boolean): Promise<void> {
  if (!isUsed && (await removedAsEmpty(folder))) return syncDirectory(dirname(folder));
  await syncDirectory(folder);
}

async function removedAsEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether a folder of the spool is that of the present hour or of one that a corrected clock may come back to. */
function isInUse(folder: string, now: number): boolean {
  const [, year, month, day, hour] = /^spool\/(\d{4})(\d{2})(\d{2})(\d{2})$/.exec(folder) ?? [];
  if (year === undefined) return false;
  const began = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour));
  return Math.abs(now - began) < 3 * HOUR_MS;
}

function failed(file: string, message: string, cause?: unknown): NodeError {
  return new NodeError('storage-failed', message, { subject: { file }, cause });
}
