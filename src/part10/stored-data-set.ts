import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { NodeError } from '../core/errors.ts';
import { INFLATED_LIMIT_BYTES } from './inspect-data-set.ts';
import { type ByteReader, readStoredHeader, type StoredHeader } from './stored-header.ts';
import { type Encoding, encodingOf } from './transfer-syntax.ts';

/** A Part 10 file that lies somewhere. */
export interface StoredFile extends ByteReader {
  /** Where the data set begins. */
  readonly dataSetOffset: number;
}

/** A stored data set: its header, and its bytes, inflated where they are deflated. */
export interface StoredDataSet extends StoredHeader {
  readonly encoding: Encoding;
  readonly bytes: ByteReader;
}

/**
 * Reads the header of a stored instance and makes the rest readable.
 * @throws NodeError not-an-instance, truncated, contradicts-context
 */
export async function readStoredDataSet(file: StoredFile, transferSyntaxUid: string): Promise<StoredDataSet> {
  const encoding = encodingOf(transferSyntaxUid);
  if (encoding === undefined) throw new NodeError('not-an-instance', 'the transfer syntax is not known');
  const { dataSetOffset } = file;
  const stored: ByteReader = {
    length: file.length - dataSetOffset,
    read: (start, length) => file.read(dataSetOffset + start, length),
  };
  const bytes = encoding.deflated ? await inflated(stored) : stored;
  return { ...(await readStoredHeader(bytes, encoding)), encoding, bytes };
}

async function inflated(stored: ByteReader): Promise<ByteReader> {
  try {
    const deflated = await stored.read(0, Math.min(stored.length, INFLATED_LIMIT_BYTES));
    const bytes = await promisify(inflateRaw)(deflated, { maxOutputLength: INFLATED_LIMIT_BYTES });
    return { length: bytes.length, read: async (start, length) => bytes.subarray(start, start + length) };
  } catch (cause) {
    throw new NodeError('not-an-instance', 'the data set cannot be inflated', { cause });
  }
}
