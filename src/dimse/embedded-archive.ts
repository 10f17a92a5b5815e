import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { AnnouncedInstance, EventLog, Intake, Reception } from '../app/ports.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { encodeFileMeta } from '../part10/file-meta.ts';
import { type StorageScp, startStorageScp } from './storage-scp.ts';

export interface EmbeddedArchiveOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly aeTitle: string;
  /** Made where it does not exist. */
  readonly directory: string;
  readonly log: EventLog;
}

/** A C-STORE sink for a demo, a trial, or a site without an archive: one durable Part 10 file for each instance. */
export async function startEmbeddedArchive(options: EmbeddedArchiveOptions): Promise<StorageScp> {
  const { host, port, aeTitle, directory, log } = options;
  await mkdir(directory, { recursive: true });
  return startStorageScp({ host, port, aeTitle, allowedCallers: ['*'], intake: archiveIntake(directory), log });
}

/** `<directory>/<2 digits>/<SHA-256 of the SOP Instance UID>.dcm`: a UID never becomes a path. */
export function archivedFile(directory: string, sopInstanceUid: string): string {
  const hash = createHash('sha256').update(sopInstanceUid).digest('hex');
  return join(directory, hash.slice(0, 2), `${hash}.dcm`);
}

/** Below the archive's folder: what it was given and did not archive, each with the reason beside it. */
const REFUSED_FOLDER = 'refused';

function archiveIntake(directory: string): Intake {
  return {
    open: async (announced) => {
      const path = archivedFile(directory, announced.sopInstanceUid);
      const folder = join(path, '..');
      const temporary = `${path}.${randomUUID()}.part`;
      return storageErrorsNamed(announced, async () => {
        await makeDurableFolder(folder, directory);
        const place = { file: await open(temporary, 'wx'), temporary, path, folder };
        await place.file.writeFile(fileMetaOf(announced)).catch(async (error: unknown) => {
          await drop(place);
          throw error;
        });
        return archiveReception(announced, { ...place, refused: join(directory, REFUSED_FOLDER) });
      });
    },
  };
}

interface Place {
  readonly file: FileHandle;
  readonly temporary: string;
  readonly path: string;
  readonly folder: string;
}

/** The newest version of an instance replaces the one before it, whole (rename is atomic). */
function archiveReception(announced: AnnouncedInstance, place: Place & { readonly refused: string }): Reception {
  const { file, temporary, path, folder, refused } = place;
  let length = 0;
  return {
    write: (chunk) =>
      storageErrorsNamed(announced, async () => {
        length += chunk.length;
        await file.writeFile(chunk);
      }),
    finish: async () => {
      if (length === 0) {
        await drop(place);
        const subject = { sopInstanceUid: announced.sopInstanceUid };
        throw new NodeError('not-an-instance', 'the data set is empty', { subject });
      }
      await storageErrorsNamed(announced, async () => {
        await file.sync();
        await file.close();
        await rename(temporary, path);
        await syncFolder(folder);
      }).catch(async (error: unknown) => {
        await drop(place);
        throw error;
      });
    },
    refuse: (error) =>
      storageErrorsNamed(announced, async () => {
        await file.close();
        await mkdir(refused, { recursive: true });
        const kept = join(refused, basename(temporary, '.part'));
        const reason = { code: error.code, message: error.message, subject: error.subject, announced };
        await writeFile(`${kept}.json`, `${JSON.stringify(reason, null, 2)}\n`);
        await rename(temporary, kept);
      }),
    abort: () => drop(place),
  };
}

/** Nothing of it stays; a second time does nothing. */
async function drop({ file, temporary }: Place): Promise<void> {
  await file.close();
  await rm(temporary, { force: true });
}

function fileMetaOf(announced: AnnouncedInstance): Uint8Array {
  const { sopClassUid, sopInstanceUid, transferSyntaxUid, callingAeTitle, calledAeTitle } = announced;
  return encodeFileMeta({
    sopClassUid,
    sopInstanceUid,
    transferSyntaxUid,
    sendingAeTitle: callingAeTitle,
    receivingAeTitle: calledAeTitle,
  });
}

/** The name of a new folder is durable once the folder above it is synced. */
async function makeDurableFolder(folder: string, above: string): Promise<void> {
  if ((await mkdir(folder, { recursive: true })) !== undefined) {
    await syncFolder(above);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function storageErrorsNamed<T>(announced: AnnouncedInstance, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const isFull = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
    const message = `the archive cannot store an instance: ${messageOf(cause)}`;
    const subject = { sopInstanceUid: announced.sopInstanceUid };
    throw new NodeError(isFull ? 'storage-full' : 'storage-failed', message, { subject, cause });
  }
}
