import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { AnnouncedInstance } from '../app/ports.ts';
import type { NodeError } from '../core/errors.ts';

/** Why bytes were refused, as it is written beside them. */
export interface QuarantineReason {
  /** ISO 8601. */
  readonly at: string;
  readonly code: string;
  readonly message: string;
  readonly announced: AnnouncedInstance;
}

/** Bytes in quarantine: a Part 10 file of what came, behind meta information of what was announced. */
export interface QuarantinedBytes {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Undefined where there is none that can be read, as with what was set aside at a start. */
  readonly reason: QuarantineReason | undefined;
}

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

/** What is in quarantine, in order of arrival; nothing where there is no such folder yet. */
export async function listQuarantine(directory: string): Promise<readonly QuarantinedBytes[]> {
  const files = (await readdir(directory).catch(() => [])).filter((file) => file.endsWith('.dcm')).sort();
  return Promise.all(
    files.map(async (file) => {
      const name = file.slice(0, -'.dcm'.length);
      const path = join(directory, file);
      return { name, path, bytes: (await stat(path)).size, reason: await reasonOf(join(directory, `${name}.json`)) };
    }),
  );
}

/** Takes bytes out of quarantine that are kept elsewhere now. */
export async function leaveQuarantine({ path }: QuarantinedBytes): Promise<void> {
  await rm(path);
  await rm(path.replace(/dcm$/, 'json'), { force: true });
}

async function reasonOf(path: string): Promise<QuarantineReason | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as QuarantineReason;
  } catch {
    // The bytes matter more than that the node ended while it wrote why.
    return undefined;
  }
}
