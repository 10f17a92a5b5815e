import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Folders of instances: year, month, day and hour. A disk may hold others, such as lost+found. */
const HOUR = /^\d{10}$/;

/** Every finished file of a spool, below its folder, in order of arrival, folder by folder; none where there is none. */
export async function* spoolFiles(directory: string): AsyncGenerator<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const folders = entries.filter((entry) => entry.isDirectory() && HOUR.test(entry.name)).map(({ name }) => name);
  for (const folder of folders.sort()) {
    const names = (await readdir(join(directory, folder))).filter((name) => name.endsWith('.dcm'));
    yield names.sort().map((name) => join(folder, name));
  }
}
