import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { NodeError } from '../core/errors.ts';
import { type NiftiHeader, readNiftiHeader } from '../nifti/nifti-header.ts';
import { codeOf, type InputFile } from './input-files.ts';

/** A volume that grows beyond this is not read. */
const GREATEST_BYTES = 2 * 1024 ** 3;

/** A NIfTI file in memory. */
export interface VolumeFile {
  /** Inflated. */
  readonly bytes: Uint8Array;
  readonly header: NiftiHeader;
  /** The file is a gzip stream, whatever its name says. */
  readonly gzipped: boolean;
}

export function isVolumeName(file: string): boolean {
  return /\.nii(\.gz)?$/i.test(file);
}

/**
 * Reads a whole NIfTI file.
 * @throws NodeError not-an-instance, truncated, storage-failed
 */
export async function readVolume({ path }: InputFile): Promise<VolumeFile> {
  const stored = await readFile(path).catch((cause: unknown) => {
    throw new NodeError('storage-failed', `the file cannot be read: ${codeOf(cause)}`, { cause });
  });
  const gzipped = stored[0] === 0x1f && stored[1] === 0x8b;
  const bytes = gzipped ? await inflated(stored) : stored;
  return { bytes, header: readNiftiHeader(bytes), gzipped };
}

/** The bytes of the file, in the form in which it was read. */
export async function storedForm(bytes: Uint8Array, { gzipped }: VolumeFile): Promise<Uint8Array> {
  return gzipped ? promisify(gzip)(bytes) : bytes;
}

async function inflated(stored: Uint8Array): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(stored, { maxOutputLength: GREATEST_BYTES });
  } catch (cause) {
    throw new NodeError('not-an-instance', `the gzip stream cannot be read: ${codeOf(cause)}`, { cause });
  }
}
