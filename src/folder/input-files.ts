import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { messageOf } from '../core/errors.ts';

/** A file that is to be read. */
export interface InputFile {
  readonly path: string;
  /** Relative to the folder that is read. */
  readonly file: string;
}

export interface InputListing {
  readonly files: readonly InputFile[];
  /** What cannot be a file of pictures, and why. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Every file below `root` in the order of their names, or `root` itself where it is a file. Links are followed, each
 * folder is entered once, and `except` (where the results go) not at all.
 */
export async function listInputs(root: string, except: string | undefined): Promise<InputListing> {
  if (!(await stat(root)).isDirectory()) return { files: [{ path: root, file: basename(root) }], skipped: [] };
  const listing: { files: InputFile[]; skipped: { file: string; reason: string }[] } = { files: [], skipped: [] };
  const entered = new Set<string>();
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const real = await realpath(folder);
    if (entered.has(real) || real === except) continue;
    entered.add(real);
    const inner: string[] = [];
    for (const entry of await entriesOf(folder, root, listing.skipped)) {
      const path = join(folder, entry.name);
      const what = await whatIs(path, entry);
      if (what === 'folder') inner.push(path);
      else if (what === 'file') listing.files.push({ path, file: relative(root, path) });
      else listing.skipped.push({ file: relative(root, path), reason: what });
    }
    folders.push(...inner.reverse());
  }
  return listing;
}

async function entriesOf(
  folder: string,
  root: string,
  skipped: { file: string; reason: string }[],
): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    skipped.push({ file: relative(root, folder) || '.', reason: `the folder cannot be read: ${codeOf(error)}` });
    return [];
  }
}

/** Pipes, sockets and devices are never opened: reading one might wait for ever. */
async function whatIs(path: string, entry: Dirent): Promise<string> {
  try {
    const found = entry.isSymbolicLink() ? await stat(path) : entry;
    if (found.isDirectory()) return 'folder';
    return found.isFile() ? 'file' : 'not a file';
  } catch (error) {
    return `the link leads nowhere: ${codeOf(error)}`;
  }
}

/** `EACCES`, `ENOENT` …: the message would repeat the path, which may hold a name. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? messageOf(error);
}

/** Where `path` is or would be, with every link on the way resolved; the last name itself is left as it is. */
export async function placeOf(path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path) return path;
  try {
    return join(await realpath(parent), basename(path));
  } catch {
    return join(await placeOf(parent), basename(path));
  }
}
