import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import type { AnnouncedInstance, Intake, Reception } from '../../src/app/ports.ts';
import { NodeError } from '../../src/core/errors.ts';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';

export interface FileIntake extends Intake {
  /** What was stored, in the order in which it became durable. */
  readonly stored: readonly { readonly announced: AnnouncedInstance; readonly file: string }[];
  /** Files of bytes that were no instance. */
  readonly quarantined: readonly string[];
  /** How many receptions were dropped. */
  readonly aborted: () => number;
}

/** A small but real intake: Part 10 files in a folder, each written, fsynced and renamed before it counts. */
export async function fileIntake(folder: string): Promise<FileIntake> {
  const stored: { announced: AnnouncedInstance; file: string }[] = [];
  const quarantined: string[] = [];
  let aborted = 0;
  await mkdir(folder, { recursive: true });
  return {
    stored,
    quarantined,
    aborted: () => aborted,
    open: async (announced) => {
      const temporary = join(folder, `${randomUUID()}.part`);
      const file = await open(temporary, 'wx');
      await file.write(encodeFileMeta(announced));
      return {
        write: async (chunk) => {
          await file.write(chunk);
        },
        finish: async () => {
          await file.sync();
          await file.close();
          const kept = temporary.replace(/part$/, 'dcm');
          await rename(temporary, kept);
          await syncFolder(folder);
          await judge(kept, announced).catch((error: unknown) => {
            quarantined.push(kept);
            throw error;
          });
          stored.push({ announced, file: kept });
        },
        refuse: async () => {
          await file.close();
          const kept = temporary.replace(/part$/, 'dcm');
          await rename(temporary, kept);
          quarantined.push(kept);
        },
        abort: async () => {
          aborted += 1;
          await file.close();
          await rm(temporary);
        },
      } satisfies Reception;
    },
  };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync();
  await handle.close();
}

/** Not an instance, or not the one that was announced. */
async function judge(path: string, announced: AnnouncedInstance): Promise<void> {
  const file = await open(path);
  const head = Buffer.alloc(Math.min(64 * 1024, (await file.stat()).size));
  await file.read(head);
  await file.close();
  const subject = { sopInstanceUid: announced.sopInstanceUid };
  let found: string | undefined;
  try {
    found = dicomParser.parseDicom(head, { untilTag: 'x00080018' }).string('x00080018');
  } catch (cause) {
    throw new NodeError('not-an-instance', 'the data set cannot be read', { subject, cause });
  }
  if (found !== announced.sopInstanceUid) {
    throw new NodeError('contradicts-context', 'the data set is another instance than announced', { subject });
  }
}
