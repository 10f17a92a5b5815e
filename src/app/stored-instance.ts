import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstanceHeader } from '../core/attributes/instance-header.ts';
import { NodeError } from '../core/errors.ts';
import { DataSet } from '../part10/data-set.ts';
import { encodingOf } from '../part10/transfer-syntax.ts';
import type { InstanceRecord } from '../store/instances.ts';

/** The header as it was read on arrival. */
export function headerOf(record: InstanceRecord): InstanceHeader {
  return record.header as InstanceHeader;
}

/**
 * Reads the data set of an instance back from its file.
 * @throws NodeError storage-failed, cannot-reorient
 */
export async function readStoredDataSet(record: InstanceRecord, dataDir: string): Promise<DataSet> {
  const encoding = encodingOf(record.transferSyntaxUid);
  const subject = { sopInstanceUid: record.sopInstanceUid };
  if (encoding === undefined) throw new NodeError('cannot-reorient', 'the transfer syntax is not known', { subject });
  const bytes = Buffer.allocUnsafeSlow(record.dataSetLength);
  try {
    const file = await open(join(dataDir, record.file), 'r');
    try {
      const { bytesRead } = await file.read(bytes, 0, bytes.length, record.dataSetOffset);
      if (bytesRead !== bytes.length) throw new Error(`${bytesRead} of ${bytes.length} bytes`);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new NodeError('storage-failed', 'a stored instance cannot be read back', { subject, cause });
  }
  return DataSet.read(bytes, encoding);
}
