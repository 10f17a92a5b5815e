import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { nameOfTag } from '../core/attributes/tags.ts';
import type { Decision } from '../core/decision/decision.ts';
import type { Flag } from '../core/decision/flags.ts';
import { type DerivationRecord, derivationDescription } from '../core/derivation/derivation-record.ts';
import { derivedSeriesInstanceUid, derivedSopInstanceUid } from '../core/derivation/derived-uid.ts';
import { privateGeometryTags } from '../core/derivation/private-geometry.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import type { Correction } from '../core/orientation/d4.ts';
import type { RouteChoices } from '../core/routing/route.ts';
import type { DataSet } from '../part10/data-set.ts';
import { syncDirectory } from '../spool/directory-sync.ts';
import { removeResults, type WrittenResult, writeResult } from '../spool/result-files.ts';
import type { InstanceRecord } from '../store/instances.ts';
import type { ResultRecord } from '../store/results.ts';
import { deriveInstance } from './derive-instance.ts';
import type { NodeContext } from './node-context.ts';
import { readStoredDataSet } from './stored-instance.ts';

/** How many instances are rewritten at once: the disk is busy with one while the next is computed. */
const REWRITES_AT_ONCE = 4;

/** A series that was turned and proved, or why it was not. */
export type CarriedOut =
  | {
      readonly turned: true;
      readonly results: readonly Omit<ResultRecord, 'id' | 'decisionId'>[];
      readonly flags: readonly Flag[];
    }
  | { readonly turned: false; readonly flag: Flag; readonly why: string };

export interface TurnOrder {
  readonly instances: readonly InstanceRecord[];
  readonly correction: Correction;
  readonly record: DerivationRecord;
  /** Name of a folder for the results of this decision. */
  readonly folder: string;
}

export function sha1(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha1').update(bytes).digest());
}

/** Rewrites and proves every instance of a series before the first one may leave; one failure stops them all. */
export async function turnSeries(order: TurnOrder, context: NodeContext): Promise<CarriedOut> {
  const results: Omit<ResultRecord, 'id' | 'decisionId'>[] = new Array(order.instances.length);
  let next = 0;
  const stop = (): void => {
    next = order.instances.length;
  };
  async function work(): Promise<void> {
    while (next < order.instances.length) {
      const i = next++;
      results[i] = await turnInstance(order.instances[i] as InstanceRecord, { order, number: i }, context);
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: REWRITES_AT_ONCE }, () => work().finally(stop)));
  const failed = workers.find((worker) => worker.status === 'rejected');
  const directory = join(context.dataDir, order.folder);
  if (failed !== undefined) {
    await removeResults(directory);
    const error: unknown = failed.reason;
    const flag = error instanceof NodeError && error.code === 'proof-failed' ? 'proof-failed' : 'cannot-reorient';
    return { turned: false, flag, why: messageOf(error) };
  }
  await syncDirectory(directory);
  const stale = results.some(({ stalePrivate }) => stalePrivate.length > 0);
  return { turned: true, results, flags: stale ? ['stale-private-geometry'] : [] };
}

async function turnInstance(
  instance: InstanceRecord,
  { order, number }: { readonly order: TurnOrder; readonly number: number },
  context: NodeContext,
): Promise<Omit<ResultRecord, 'id' | 'decisionId'>> {
  const source = await readStoredDataSet(instance, context.dataDir);
  const identity = derivedIdentity(instance, order);
  const { correction, record } = order;
  const bytes = deriveInstance(source, { correction, identity, record });
  const written: WrittenResult = await writeResult({
    directory: join(context.dataDir, order.folder),
    name: `${String(number).padStart(6, '0')}.dcm`,
    meta: {
      sopClassUid: instance.sopClassUid,
      sopInstanceUid: identity.sopInstanceUid,
      transferSyntaxUid: instance.transferSyntaxUid,
      sourceAeTitle: record.modifyingSystem,
    },
    dataSet: bytes,
  });
  return {
    instanceId: instance.id,
    ...identity,
    file: `${order.folder}/${written.name}`,
    dataSetOffset: written.dataSetOffset,
    dataSetLength: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    transferSyntaxUid: instance.transferSyntaxUid,
    stalePrivate: staleTags(source, record),
  };
}

function derivedIdentity(
  instance: InstanceRecord,
  { correction, record }: TurnOrder,
): { readonly sopInstanceUid: string; readonly seriesInstanceUid: string } {
  const { sopInstanceUid, seriesInstanceUid, pixelSha256 } = instance;
  if (record.uidPolicy === 'preserve') return { sopInstanceUid, seriesInstanceUid };
  if (pixelSha256 === null) {
    throw new NodeError('cannot-reorient', 'the instance has no pixels that were read', {
      subject: { sopInstanceUid },
    });
  }
  const source = { method: 'reorient', correction } as const;
  return {
    sopInstanceUid: derivedSopInstanceUid({ ...source, sopInstanceUid, pixelDataSha256: pixelSha256 }, sha1),
    seriesInstanceUid: derivedSeriesInstanceUid({ ...source, seriesInstanceUid, stack: 0 }, sha1),
  };
}

function staleTags(source: DataSet, record: DerivationRecord): string[] {
  return record.privateGeometry === 'keep' ? privateGeometryTags(source).map(nameOfTag) : [];
}

/** All that the derived instances of one decision will say; kept in its row. */
export function derivationRecord(
  decision: Decision & { readonly correction: Correction },
  { route, callingAeTitle, at }: { readonly route: RouteChoices; readonly callingAeTitle: string; readonly at: number },
  context: NodeContext,
): DerivationRecord {
  const { derivation } = context.settings;
  return {
    ...derivation,
    ...dicomDateTime(new Date(at)),
    description: derivationDescription({
      product: derivation.productName,
      softwareVersion: derivation.softwareVersion,
      model: context.classifier.model,
      observedCode: decision.observedCode ?? '',
      correction: decision.correction,
    }),
    sourceOfPreviousValues: callingAeTitle,
    uidPolicy: route.uidPolicy,
  };
}

/** DA, TM and DT (PS3.5 6.2) of a moment, in the local time of the node. */
function dicomDateTime(at: Date): Pick<DerivationRecord, 'date' | 'time' | 'dateTime'> {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  const time = `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
  const offset = -at.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  return { date, time, dateTime: `${date}${time}${zone}` };
}
