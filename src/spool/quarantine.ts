import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { AnnouncedInstance } from '../app/ports.ts';
import type { NodeError } from '../core/errors.ts';

/** Keeps bytes that were refused, and beside them why: `<name>.dcm` and `<name>.json`. */
export async function quarantine(
  path: string,
  about: {
    readonly error: NodeError;
    readonly announced: AnnouncedInstance;
    readonly directory: string;
    readonly at: number;
  },
): Promise<void> {
  const { error, announced, directory, at } = about;
  const name = join(directory, `${String(at).padStart(14, '0')}-${basename(path)}`);
  await mkdir(directory, { recursive: true });
  const reason = {
    at: new Date(at).toISOString(),
    code: error.code,
    message: error.message,
    subject: error.subject,
    announced,
  };
  await writeFile(`${name}.json`, `${JSON.stringify(reason, null, 2)}\n`, { mode: 0o600 });
  await rename(path, `${name}.dcm`);
}
