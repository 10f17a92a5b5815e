import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { nameOfTag } from '../core/attributes/tags.ts';
import type { DerivationRecord } from '../core/derivation/derivation-record.ts';
import { privateGeometryTags } from '../core/derivation/private-geometry.ts';
import { NodeError } from '../core/errors.ts';
import type { Correction } from '../core/orientation/d4.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import { DataSet } from '../part10/data-set.ts';
import { encodingOf } from '../part10/transfer-syntax.ts';
import { BufferPool } from '../spool/buffer-pool.ts';
import { writeResult } from '../spool/result-files.ts';
import type { InstanceRecord } from '../store/instances.ts';
import type { ResultRecord } from '../store/results.ts';
import { deriveInstance } from './derive-instance.ts';
import { derivedIdentity } from './derived-identity.ts';

/** One instance that is to be turned, all of it plain values, so that another thread can be told. */
export interface TurnJob {
  readonly instance: Pick<
    InstanceRecord,
    | 'id'
    | 'sopClassUid'
    | 'sopInstanceUid'
    | 'seriesInstanceUid'
    | 'transferSyntaxUid'
    | 'pixelSha256'
    | 'dataSetOffset'
    | 'dataSetLength'
  >;
  /** Absolute path of the source. */
  readonly file: string;
  readonly kind: SequenceKind;
  readonly correction: Correction;
  readonly record: DerivationRecord;
  /** Absolute path of the folder for the result, and the result's name in it. */
  readonly directory: string;
  readonly name: string;
}

export type TurnedInstance = Omit<ResultRecord, 'id' | 'decisionId' | 'file'>;

/** Turns one instance: here, or in another thread. */
export type TurnInstance = (job: TurnJob) => Promise<TurnedInstance>;

/** For sources and results, kept between instances: one at a time is under way. */
const buffers = new BufferPool(16 * 1024 * 1024);

/**
 * Reads, rewrites, proves and writes one instance, and waits for the disk. Meant for a thread of its own.
 * @throws NodeError cannot-reorient, proof-failed, storage-full, storage-failed
 */
export function turnInstance(job: TurnJob): TurnedInstance {
  const taken: Buffer[] = [];
  const allocate = (length: number): Buffer => {
    const buffer = buffers.take(length);
    taken.push(buffer);
    return buffer;
  };
  try {
    const source = readSource(job, allocate);
    const { instance, correction, record, directory, name } = job;
    const identity = derivedIdentity({ ...instance, stack: job.kind }, job);
    const dataSet = deriveInstance(source, { correction, identity, record }, allocate);
    const { sopClassUid, transferSyntaxUid } = instance;
    const meta = {
      sopClassUid,
      sopInstanceUid: identity.sopInstanceUid,
      transferSyntaxUid,
      sourceAeTitle: record.modifyingSystem,
    };
    const { dataSetOffset } = writeResult({ directory, name, meta, dataSet });
    return {
      instanceId: instance.id,
      ...identity,
      dataSetOffset,
      dataSetLength: dataSet.length,
      sha256: createHash('sha256').update(dataSet).digest('hex'),
      transferSyntaxUid,
      stalePrivate: record.privateGeometry === 'keep' ? privateGeometryTags(source).map(nameOfTag) : [],
    };
  } finally {
    for (const buffer of taken) buffers.giveBack(buffer);
  }
}

function readSource({ instance, file }: TurnJob, allocate: (length: number) => Buffer): DataSet {
  const subject = { sopInstanceUid: instance.sopInstanceUid };
  const encoding = encodingOf(instance.transferSyntaxUid);
  if (encoding === undefined) throw new NodeError('cannot-reorient', 'the transfer syntax is not known', { subject });
  const bytes = allocate(instance.dataSetLength).subarray(0, instance.dataSetLength);
  try {
    const descriptor = openSync(file, 'r');
    try {
      const count = readSync(descriptor, bytes, 0, bytes.length, instance.dataSetOffset);
      if (count !== bytes.length) throw new Error(`${count} of ${bytes.length} bytes`);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new NodeError('storage-failed', 'a stored instance cannot be read back', { subject, cause });
  }
  return DataSet.read(bytes, encoding);
}
