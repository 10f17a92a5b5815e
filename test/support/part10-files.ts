import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';
import type { PhantomInstance } from '../../src/phantom/phantom-series.ts';

/** A Part 10 file taken apart by a parser that the product's own reading does not share. */
export interface ReadFile {
  readonly path: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** Without the file meta information. */
  readonly dataSet: Buffer;
  readonly sha256: string;
  readonly elements: dicomParser.DataSet;
}

/** What a sender has of an instance. */
export type Sendable = Pick<PhantomInstance, 'sopClassUid' | 'sopInstanceUid' | 'transferSyntaxUid' | 'dataSet'>;

export const part10Of = (instance: Sendable): Buffer => Buffer.concat([encodeFileMeta(instance), instance.dataSet]);

/** Writes instances as a scanner keeps them, and tells the paths in their order. */
export async function writePart10(instances: readonly Sendable[], folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  return Promise.all(
    instances.map(async (instance, i) => {
      const path = join(folder, `${String(i).padStart(4, '0')}.dcm`);
      await writeFile(path, part10Of(instance));
      return path;
    }),
  );
}

/** Every complete Part 10 file below a folder; none while there is no folder. */
export async function readPart10(folder: string): Promise<ReadFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.part'))
    .map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(paths.map(readIfComplete));
  return files.flatMap((file) => file ?? []);
}

/** Undefined while the file is still being written: an archive may be at it. */
async function readIfComplete(path: string): Promise<ReadFile | undefined> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  if (bytes.length < 144 || bytes.toString('latin1', 128, 132) !== 'DICM') return undefined;
  try {
    return parsePart10(bytes, path);
  } catch {
    return undefined;
  }
}

export function parsePart10(bytes: Buffer, path = ''): ReadFile {
  // File Meta Information Group Length (0002,0000) is the first element of the meta information (PS3.10 7.1).
  const dataSet = bytes.subarray(144 + bytes.readUInt32LE(140));
  const elements = dicomParser.parseDicom(bytes);
  return {
    path,
    sopInstanceUid: elements.string('x00080018') ?? '',
    seriesInstanceUid: elements.string('x0020000e') ?? '',
    dataSet,
    sha256: createHash('sha256').update(dataSet).digest('hex'),
    elements,
  };
}
