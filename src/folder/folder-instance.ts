import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import type { InstanceHeader } from '../core/attributes/instance-header.ts';
import { isPixelDataTag } from '../core/attributes/tags.ts';
import { NodeError } from '../core/errors.ts';
import { DataSet } from '../part10/data-set.ts';
import { inspectDataSet } from '../part10/inspect-data-set.ts';
import { type FileHead, readFileMeta } from '../part10/read-file-meta.ts';
import { encodingOf } from '../part10/transfer-syntax.ts';
import { codeOf, type InputFile } from './input-files.ts';

/** One DICOM file of a folder, as far as it is kept in memory. */
export interface FolderInstance extends InputFile {
  readonly header: InstanceHeader;
  readonly transferSyntaxUid: string;
  /** Source Application Entity Title of the file, where there is one. */
  readonly sourceAeTitle: string;
  readonly dataSetOffset: number;
}

/** Of a larger file only the head is read; it is not turned. */
const GREATEST_BYTES = 256 * 1024 * 1024;
const HEAD_BYTES = 4 * 1024 * 1024;

/**
 * Reads what deciding needs of a DICOM file.
 * @throws NodeError not-an-instance, truncated
 */
export async function readFolderInstance(input: InputFile): Promise<FolderInstance> {
  const { bytes, totalLength } = await readStart(input.path);
  const { meta, dataSetOffset } = headOf(bytes);
  // A file is what its data set says; its file meta information speaks only for what cannot be read.
  const named =
    encodingOf(meta.transferSyntaxUid) === undefined ? meta : { ...meta, sopClassUid: '', sopInstanceUid: '' };
  const { header } = inspectDataSet(bytes.subarray(dataSetOffset), named, totalLength - dataSetOffset);
  return {
    path: input.path,
    file: input.file,
    header,
    transferSyntaxUid: meta.transferSyntaxUid,
    sourceAeTitle: meta.sourceAeTitle ?? '',
    dataSetOffset,
  };
}

/**
 * The data set with its pixels, read anew.
 * @throws NodeError storage-failed, cannot-reorient, truncated
 */
export async function readDataSet(instance: FolderInstance): Promise<DataSet> {
  const encoding = encodingOf(instance.transferSyntaxUid);
  const subject = { sopInstanceUid: instance.header.sopInstanceUid };
  if (encoding === undefined) throw new NodeError('cannot-reorient', 'the transfer syntax is not known', { subject });
  const bytes = await readFile(instance.path).catch((cause: unknown) => {
    throw new NodeError('storage-failed', `a file cannot be read again: ${codeOf(cause)}`, { subject, cause });
  });
  return DataSet.read(bytes.subarray(instance.dataSetOffset), encoding);
}

/** Of the Pixel Data as it is encoded; null where there is none. */
export function pixelSha256Of(dataSet: DataSet): string | null {
  const pixels = dataSet.elements.find(({ tag }) => isPixelDataTag(tag));
  if (pixels === undefined) return null;
  return createHash('sha256')
    .update(dataSet.bytes(pixels.tag) as Uint8Array)
    .digest('hex');
}

function headOf(bytes: Uint8Array): FileHead {
  const head = readFileMeta(bytes);
  if (head === undefined) throw new NodeError('truncated', 'the file ends before its data set begins');
  return head;
}

async function readStart(path: string): Promise<{ readonly bytes: Uint8Array; readonly totalLength: number }> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size <= GREATEST_BYTES) {
        const bytes = await file.readFile();
        return { bytes, totalLength: bytes.length };
      }
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return { bytes: buffer.subarray(0, bytesRead), totalLength: size };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new NodeError('storage-failed', `the file cannot be read: ${codeOf(cause)}`, { cause });
  }
}
