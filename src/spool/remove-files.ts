import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NodeError } from '../core/errors.ts';
import { syncDirectory } from './directory-sync.ts';

/** What the node writes itself, two levels deep; a record that says otherwise was not written by it. */
const REMOVABLE = /^(?:spool\/\d{10}|results\/[\w-]+)\/[\w-]+\.dcm$/;
const HOUR_MS = 3_600_000;

/** A file that stays though it was to go. */
export interface NotRemoved {
  readonly file: string;
  /** For the log: what the disk said. */
  readonly cause: unknown;
}

/**
 * Takes files off the disk for good, and folders that hold nothing more. What is not there is no fault.
 * @param now folders of the hours around it stay: something may be on its way into them
 * @returns those that are off the disk, and those that are not
 */
export async function removeFiles(
  files: readonly string[],
  { dataDir, now }: { readonly dataDir: string; readonly now: number },
): Promise<{ readonly removed: readonly string[]; readonly notRemoved: readonly NotRemoved[] }> {
  const notRemoved: NotRemoved[] = [];
  const removed: string[] = [];
  for (const [folder, inFolder] of byFolder(files)) {
    const gone: string[] = [];
    for (const file of inFolder) {
      try {
        await removeOne(file, dataDir);
        gone.push(file);
      } catch (cause) {
        notRemoved.push({ file, cause });
      }
    }
    try {
      await tidy(join(dataDir, folder), isInUse(folder, now));
      removed.push(...gone);
    } catch (cause) {
      // They are gone, but a power failure may bring them back.
      notRemoved.push(...gone.map((file) => ({ file, cause })));
    }
  }
  return { removed, notRemoved };
}

function byFolder(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const file of files) {
    const others = folders.get(dirname(file));
    if (others === undefined) folders.set(dirname(file), [file]);
    else others.push(file);
  }
  return folders;
}

async function removeOne(file: string, dataDir: string): Promise<void> {
  if (!REMOVABLE.test(file)) throw new NodeError('storage-failed', 'it is no file that the node wrote');
  await rm(join(dataDir, file), { force: true });
}

async function tidy(folder: string, isUsed: boolean): Promise<void> {
  const changed = !isUsed && (await removedAsEmpty(folder)) ? dirname(folder) : folder;
  await syncDirectory(changed).catch((error: NodeJS.ErrnoException) => {
    // Somebody took the whole folder away.
    if (error.code !== 'ENOENT') throw error;
  });
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
