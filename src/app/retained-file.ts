import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { DerivationRecord } from '../core/derivation/derivation-record.ts';
import { NodeError } from '../core/errors.ts';
import { encodeFileMeta, type FileMeta } from '../part10/file-meta.ts';
import { decisionById } from '../store/decisions.ts';
import { instancesByIds } from '../store/instances.ts';
import { resultsOfInstances } from '../store/results.ts';
import type { RetainedRecord } from '../store/retained.ts';
import { deriveInstance } from './derive-instance.ts';
import { derivedIdentity } from './derived-identity.ts';
import type { NodeContext } from './node-context.ts';
import type { RetainedFile } from './ports.ts';
import { readStoredDataSet } from './stored-instance.ts';

/**
 * The file of a retained instance; undefined where it is not there any more. A result whose file is gone is derived
 * again from its source: the same bytes, or none.
 * @throws NodeError storage-failed
 */
export async function openRetained(
  record: RetainedRecord,
  context: Pick<NodeContext, 'db' | 'dataDir'>,
): Promise<RetainedFile | undefined> {
  const file = await openFile(join(context.dataDir, record.file), record.dataSetOffset);
  if (file !== undefined || record.resultId === null) return file;
  const again = await deriveAgain({ ...record, resultId: record.resultId }, context);
  if (again === undefined) return undefined;
  const meta = encodeFileMeta(again.meta);
  return inMemory(Buffer.concat([meta, again.dataSet]), meta.length);
}

async function openFile(path: string, dataSetOffset: number): Promise<RetainedFile | undefined> {
  const handle = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw unreadable(cause);
  });
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    return {
      length: size,
      dataSetOffset,
      read: async (start, length) => {
        const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - start)));
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, start).catch((cause) => {
          throw unreadable(cause);
        });
        return bytes.subarray(0, bytesRead);
      },
      close: () => handle.close(),
    };
  } catch (cause) {
    await handle.close();
    throw unreadable(cause);
  }
}

function unreadable(cause: unknown): NodeError {
  return new NodeError('storage-failed', 'a stored instance cannot be read back', { cause });
}

/** A result, made of its source anew. Undefined where the source is gone too, or does not give the bytes on record. */
export async function deriveAgain(
  { instanceId, resultId }: { readonly instanceId: number; readonly resultId: number },
  { db, dataDir }: Pick<NodeContext, 'db' | 'dataDir'>,
): Promise<{ readonly meta: FileMeta; readonly dataSet: Uint8Array } | undefined> {
  const [source] = await instancesByIds(db, [instanceId]);
  const result = (await resultsOfInstances(db, [instanceId])).find(({ id }) => id === resultId);
  if (source === undefined || result === undefined) return undefined;
  const decision = await decisionById(db, result.decisionId);
  if (!decision?.correction || decision.derivation === null) return undefined;
  const { correction, kind } = decision;
  const record = decision.derivation as DerivationRecord;
  try {
    const identity = derivedIdentity({ ...source, stack: kind }, { correction, record });
    const dataSet = deriveInstance(await readStoredDataSet(source, dataDir), { correction, identity, record });
    if (createHash('sha256').update(dataSet).digest('hex') !== result.sha256) return undefined;
    const { sopClassUid, transferSyntaxUid } = source;
    const { sopInstanceUid } = identity;
    const meta = { sopClassUid, sopInstanceUid, transferSyntaxUid, sourceAeTitle: record.modifyingSystem };
    return { meta, dataSet };
  } catch (error) {
    if (error instanceof NodeError) return undefined;
    throw error;
  }
}

function inMemory(bytes: Buffer, dataSetOffset: number): RetainedFile {
  return {
    length: bytes.length,
    dataSetOffset,
    read: async (start, length) => bytes.subarray(start, start + length),
    close: async () => {},
  };
}
