import { closeSync, fdatasyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeError } from '../core/errors.ts';
import { encodeFileMeta, type FileMeta } from '../part10/file-meta.ts';

export interface WrittenResult {
  readonly name: string;
  readonly dataSetOffset: number;
}

/**
 * Writes a derived instance as a Part 10 file, complete under its name or not there at all, and waits for the disk.
 * @throws NodeError storage-full, storage-failed
 */
export function writeResult(result: {
  readonly directory: string;
  readonly name: string;
  readonly meta: FileMeta;
  readonly dataSet: Uint8Array;
}): WrittenResult {
  const { directory, name, dataSet } = result;
  const meta = encodeFileMeta(result.meta);
  try {
    const unfinished = join(directory, `${name}.unfinished`);
    const file = openIn(directory, unfinished);
    try {
      // Not `writev`, which on a disk that is filling up writes less and says so in a number.
      for (const bytes of [meta, dataSet]) writeFileSync(file, bytes);
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, join(directory, name));
  } catch (cause) {
    const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes((cause as NodeJS.ErrnoException).code ?? '');
    throw new NodeError(full ? 'storage-full' : 'storage-failed', 'a result cannot be stored', { cause });
  }
  return { name, dataSetOffset: meta.length };
}

/** Only the first result of a series finds its folder missing. */
function openIn(directory: string, path: string): number {
  try {
    return openSync(path, 'w', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return openSync(path, 'w', 0o600);
  }
}

/** Takes away what was written for a decision that is not carried out. */
export async function removeResults(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}
