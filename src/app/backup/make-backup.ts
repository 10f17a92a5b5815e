import { mkdir, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeError } from '../../core/errors.ts';
import { syncDirectory } from '../../spool/directory-sync.ts';
import { freeBytes } from '../../spool/disk-guard.ts';
import { appendAudit } from '../../store/audit.ts';
import { copyDatabase, integrityFaults, isKeptFile, type KeptFile, keptFiles } from '../../store/backup.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { verifyAudit } from '../../store/verify-audit.ts';
import { linkOrCopy, sha256Of } from './copy-file.ts';

export interface BackupOrder {
  /** A folder that is empty or not there yet. */
  readonly folder: string;
  /** Also what was received and derived, by a second name where the disk can do that, else as copies. */
  readonly withFiles: boolean;
  readonly softwareVersion: string;
  readonly by: string;
}

/** Kept beside the copy as manifest.json. */
export interface BackupManifest {
  readonly softwareVersion: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly database: { readonly file: string; readonly bytes: number; readonly sha256: string };
  readonly auditEntries: number;
  readonly withFiles: boolean;
  /** Each a line of files.jsonl: path, offset and length of the data set, its SHA-256. */
  readonly files: number;
  readonly bytes: number;
  /** Of them those that are not on the disk, or not as they are on record. */
  readonly faulty: readonly string[];
}

interface BackupContext {
  readonly db: Database;
  readonly dataDir: string;
  readonly now: () => number;
}

/**
 * Copies the database as it is at one moment while a node works with it, lists the files that it refers to, and looks
 * whether the copy is whole: opened, checked, its audit trail verified; of the files, each data set by its SHA-256 where
 * they are copied, by its size where not.
 * @throws NodeError bad-request (the folder is not empty), database-failed (also: the copy is not whole), storage-full,
 *   storage-failed
 */
export async function makeBackup(order: BackupOrder, { db, dataDir, now }: BackupContext): Promise<BackupManifest> {
  const { folder, withFiles, softwareVersion, by } = order;
  await makeEmptyFolder(folder);
  const createdAt = now();
  const file = join(folder, 'node.sqlite');
  await assertRoom(folder, db.file);
  await copyDatabase(db.file, file);
  const copy = await openDatabase({ file, access: 'reader' });
  try {
    const auditEntries = await verified(copy);
    const listed = await listFiles(copy, { db, dataDir, folder, withFiles });
    const manifest: BackupManifest = {
      softwareVersion,
      createdAt: new Date(createdAt).toISOString(),
      database: { file: 'node.sqlite', bytes: (await stat(file)).size, sha256: await sha256Of(file) },
      auditEntries,
      withFiles,
      ...listed,
    };
    await writeDurably(join(folder, 'manifest.json'), [`${JSON.stringify(manifest, null, 2)}\n`]);
    await syncDirectory(folder);
    const { files, bytes, faulty } = manifest;
    const detail = { withFiles, files, bytes, faulty: faulty.length };
    const entry = { at: createdAt, event: 'backup-made', actor: by, subject: {}, detail };
    await db.transaction((tx) => appendAudit(tx, [entry]));
    return manifest;
  } finally {
    await copy.close();
  }
}

async function makeEmptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length === 0) return;
  throw new NodeError('bad-request', 'a backup goes into a folder that is empty or not there yet', {
    subject: { file: folder },
  });
}

/** Before the disk is filled, which may be that of the node. */
async function assertRoom(folder: string, database: string): Promise<void> {
  if ((await freeBytes(folder)) > (await stat(database)).size) return;
  throw new NodeError('storage-full', 'there is no room for a copy of the database', { subject: { file: folder } });
}

/** How many entries the audit trail of the copy has. */
async function verified(copy: Database): Promise<number> {
  const subject = { file: copy.file };
  const [fault] = await integrityFaults(copy);
  if (fault !== undefined) throw new NodeError('database-failed', `The copy is not whole: ${fault}`, { subject });
  const verdict = await verifyAudit(copy);
  if (verdict.ok) return verdict.entries;
  const message = `The audit trail of the copy is broken at entry ${verdict.firstBadSeq}: ${verdict.why}`;
  throw new NodeError('database-failed', message, { subject });
}

type Listed = Pick<BackupManifest, 'files' | 'bytes' | 'faulty'>;

async function listFiles(
  copy: Database,
  parts: { readonly db: Database; readonly dataDir: string; readonly folder: string; readonly withFiles: boolean },
): Promise<Listed> {
  let files = 0;
  let bytes = 0;
  const faulty: string[] = [];
  async function* lines(): AsyncGenerator<string> {
    for await (const page of keptFiles(copy)) {
      for (const kept of page) {
        const isThere = await isAsOnRecord(kept, parts);
        // Retention goes on meanwhile; what it removed since the copy was made is no fault, and is not listed.
        if (!isThere && !(await isKeptFile(parts.db, kept.file))) continue;
        if (!isThere) faulty.push(kept.file);
        files += 1;
        bytes += kept.dataSetOffset + kept.dataSetLength;
        yield `${JSON.stringify(kept)}\n`;
      }
    }
  }
  await writeDurably(join(parts.folder, 'files.jsonl'), lines());
  return { files, bytes, faulty };
}

async function isAsOnRecord(
  { file, dataSetOffset, dataSetLength, sha256 }: KeptFile,
  { dataDir, folder, withFiles }: { readonly dataDir: string; readonly folder: string; readonly withFiles: boolean },
): Promise<boolean> {
  const source = join(dataDir, file);
  if (!withFiles) return (await sizeOf(source)) === dataSetOffset + dataSetLength;
  const copy = join(folder, file);
  return (await linkOrCopy(source, copy)) && (await sha256Of(copy, dataSetOffset, dataSetLength)) === sha256;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new NodeError('storage-failed', 'a stored instance cannot be looked at', { cause });
  }
}

async function writeDurably(file: string, lines: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    for await (const line of lines) await handle.writeFile(line);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
