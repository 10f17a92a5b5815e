import { decidedDerivation } from '../app/decided-derivation.ts';
import { deriveInstance } from '../app/derive-instance.ts';
import { derivedIdentity } from '../app/derived-identity.ts';
import type { Decision } from '../core/decision/decision.ts';
import type { Flag } from '../core/decision/flags.ts';
import type { DerivationRecord } from '../core/derivation/derivation-record.ts';
import { privateGeometryTags } from '../core/derivation/private-geometry.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import type { Correction } from '../core/orientation/d4.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import { encodeFileMeta } from '../part10/file-meta.ts';
import { fewAtOnce } from './few-at-once.ts';
import type { FolderContext } from './folder-context.ts';
import { type FolderInstance, pixelSha256Of, readDataSet } from './folder-instance.ts';
import type { FolderSeries } from './folder-series.ts';
import { StagedFiles } from './staged-files.ts';

/** A group that was turned and proved, with the flags of each of its series, or why it was not. */
export type Turned =
  | { readonly turned: true; readonly flags: readonly (readonly Flag[])[] }
  | { readonly turned: false; readonly flag: Flag; readonly why: string };

export type Turning = Decision & { readonly correction: Correction };

type TurnContext = FolderContext & { readonly targetOf: (file: string) => string };

/**
 * Rewrites and proves every instance of a group's series before the first one gets its name; one failure stops them
 * all, because series of one stack are turned together or not at all.
 * @throws NodeError storage-full, storage-failed where the results cannot be written
 */
export async function turnGroup(
  members: readonly FolderSeries[],
  decision: Turning,
  context: TurnContext,
): Promise<Turned> {
  const staged = new StagedFiles();
  const flags: (readonly Flag[])[] = [];
  try {
    for (const series of members) flags.push(await stageTurned(series, { decision, staged }, context));
  } catch (error) {
    await staged.discard();
    if (context.signal?.aborted === true || isOfTheDisk(error)) throw error;
    const flag = error instanceof NodeError && error.code === 'proof-failed' ? 'proof-failed' : 'cannot-reorient';
    return { turned: false, flag, why: messageOf(error) };
  }
  await staged.publish();
  return { turned: true, flags };
}

/** Writes the turned instances of one series beside their places. Tells the flags that they bring. */
async function stageTurned(
  { instances, kind }: FolderSeries,
  { decision, staged }: { readonly decision: Turning; readonly staged: StagedFiles },
  context: TurnContext,
): Promise<readonly Flag[]> {
  const { settings, now, targetOf, signal } = context;
  const { model } = await context.classifier();
  const { derivation, uidPolicy } = settings;
  const sourceOfPreviousValues = instances[0]?.sourceAeTitle ?? '';
  const about = { settings: derivation, model, uidPolicy, sourceOfPreviousValues, at: now() };
  const record = decidedDerivation(decision, about);
  let stale = false;
  await fewAtOnce(instances, async (instance) => {
    signal?.throwIfAborted();
    const turned = await turnInstance(instance, { kind, correction: decision.correction, record });
    stale ||= turned.stale;
    await staged.write(targetOf(instance.file), [turned.meta, turned.dataSet]);
  });
  return stale ? ['stale-private-geometry'] : [];
}

interface TurnedInstance {
  readonly meta: Uint8Array;
  readonly dataSet: Uint8Array;
  /** It keeps private vendor geometry that is no longer true. */
  readonly stale: boolean;
}

/**
 * The turned and proved instance as the two parts of a file.
 * @throws NodeError cannot-reorient, proof-failed, storage-failed
 */
export async function turnInstance(
  instance: FolderInstance,
  {
    kind,
    correction,
    record,
  }: {
    readonly kind: SequenceKind;
    readonly correction: Correction;
    readonly record: DerivationRecord;
  },
): Promise<TurnedInstance> {
  const source = await readDataSet(instance);
  const { sopClassUid, sopInstanceUid, seriesInstanceUid } = instance.header;
  const pixelSha256 = pixelSha256Of(source);
  const identity = derivedIdentity(
    { sopInstanceUid, seriesInstanceUid, stack: kind, pixelSha256 },
    { correction, record },
  );
  return {
    meta: encodeFileMeta({
      sopClassUid,
      sopInstanceUid: identity.sopInstanceUid,
      transferSyntaxUid: instance.transferSyntaxUid,
      sourceAeTitle: record.modifyingSystem,
    }),
    dataSet: deriveInstance(source, { correction, identity, record }),
    stale: record.privateGeometry === 'keep' && privateGeometryTags(source).length > 0,
  };
}

function isOfTheDisk(error: unknown): boolean {
  return error instanceof NodeError && (error.code === 'storage-full' || error.subject.file !== undefined);
}
