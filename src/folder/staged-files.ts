import { constants } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { NodeError } from '../core/errors.ts';
import { codeOf } from './input-files.ts';

/**
 * Files that are written beside their places and moved there together: a file is complete under its name or not there
 * at all.
 */
export class StagedFiles {
  readonly #staged: { readonly unfinished: string; readonly target: string }[] = [];

  /** @throws NodeError storage-full, storage-failed */
  async write(target: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    await this.#stage(target, (unfinished) =>
      writeFile(unfinished, bytes instanceof Uint8Array ? bytes : Buffer.concat(bytes)),
    );
  }

  /** @throws NodeError storage-full, storage-failed */
  async copy(target: string, source: string): Promise<void> {
    await this.#stage(target, (unfinished) => copyFile(source, unfinished, constants.COPYFILE_FICLONE));
  }

  /** @throws NodeError storage-full, storage-failed */
  async publish(): Promise<void> {
    for (const { unfinished, target } of this.#staged) {
      await storing(target, () => rename(unfinished, target));
    }
    this.#staged.length = 0;
  }

  async discard(): Promise<void> {
    for (const { unfinished } of this.#staged.splice(0)) await rm(unfinished, { force: true });
  }

  async #stage(target: string, write: (unfinished: string) => Promise<void>): Promise<void> {
    const unfinished = join(dirname(target), `.${basename(target).slice(0, 200)}.${process.pid}.unfinished`);
    this.#staged.push({ unfinished, target });
    await storing(target, async () => {
      await mkdir(dirname(target), { recursive: true });
      await write(unfinished);
    });
  }
}

async function storing(target: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(codeOf(cause));
    throw new NodeError(full ? 'storage-full' : 'storage-failed', `a result cannot be written: ${codeOf(cause)}`, {
      subject: { file: target },
      cause,
    });
  }
}
