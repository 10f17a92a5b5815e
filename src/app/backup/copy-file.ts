import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { chmod, copyFile, link, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NodeError } from '../../core/errors.ts';

/** What a disk says that cannot make a second name of a file: another disk, or a file system without them. */
const NO_LINKS = ['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS', 'EOPNOTSUPP'];

/**
 * A second name of a file where that can be had, else a copy that is on the disk. What the node stores it never changes
 * afterwards, so that the name keeps what it named.
 * @returns false where there is no such file
 * @throws NodeError storage-full, storage-failed
 */
export async function linkOrCopy(from: string, to: string): Promise<boolean> {
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await link(from, to).catch(async (error: NodeJS.ErrnoException) => {
      if (!NO_LINKS.includes(error.code ?? '')) throw error;
      await copyFile(from, to, constants.COPYFILE_EXCL);
      await chmod(to, 0o600);
      await synced(to);
    });
    return true;
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code);
    throw new NodeError(isFull ? 'storage-full' : 'storage-failed', 'a file cannot be put into the backup', { cause });
  }
}

async function synced(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.sync().finally(() => handle.close());
}

/** SHA-256 of so many bytes of a file, hexadecimal; where it is shorter, of what there is. */
export async function sha256Of(file: string, start = 0, length = Number.POSITIVE_INFINITY): Promise<string> {
  const hash = createHash('sha256');
  const end = start + length - 1;
  for await (const chunk of createReadStream(file, { start, end })) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
