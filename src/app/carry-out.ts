import { join } from 'node:path';
import type { Decision } from '../core/decision/decision.ts';
import type { Flag } from '../core/decision/flags.ts';
import type { DerivationRecord } from '../core/derivation/derivation-record.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import type { Correction } from '../core/orientation/d4.ts';
import type { RouteChoices } from '../core/routing/route.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import { makeDurableDirectory, syncDirectory } from '../spool/directory-sync.ts';
import { removeResults } from '../spool/result-files.ts';
import type { InstanceRecord } from '../store/instances.ts';
import type { ResultRecord } from '../store/results.ts';
import { decidedDerivation } from './decided-derivation.ts';
import type { NodeContext } from './node-context.ts';

/** How many instances are handed out at once: no thread waits for its next. */
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
  readonly kind: SequenceKind;
  readonly correction: Correction;
  readonly record: DerivationRecord;
  /** Name of a folder for the results of this decision. */
  readonly folder: string;
}

/** Rewrites and proves every instance of a series before the first one may leave; one failure stops them all. */
export async function turnSeries(
  order: TurnOrder,
  context: Pick<NodeContext, 'dataDir' | 'turn' | 'log'>,
): Promise<CarriedOut> {
  const results: TurnResult[] = new Array(order.instances.length);
  let next = 0;
  const stop = (): void => {
    next = order.instances.length;
  };
  async function work(): Promise<void> {
    while (next < order.instances.length) {
      const i = next++;
      results[i] = await turnOne(order.instances[i] as InstanceRecord, { order, number: i }, context);
    }
  }
  const directory = join(context.dataDir, order.folder);
  try {
    const workers = await Promise.allSettled(Array.from({ length: REWRITES_AT_ONCE }, () => work().finally(stop)));
    for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
    await syncDirectory(directory);
    await makeDurableDirectory(directory);
  } catch (error) {
    await removeTurned(directory, context);
    const flag = error instanceof NodeError && error.code === 'proof-failed' ? 'proof-failed' : 'cannot-reorient';
    return { turned: false, flag, why: messageOf(error) };
  }
  const stale = results.some(({ stalePrivate }) => stalePrivate.length > 0);
  return { turned: true, results, flags: stale ? ['stale-private-geometry'] : [] };
}

/** Takes away what was written for nothing. A disk that does not even do that must not keep the series back. */
export async function removeTurned(directory: string, { log }: Pick<NodeContext, 'log'>): Promise<void> {
  try {
    await removeResults(directory);
  } catch (error) {
    log.error('results-not-removed', { cause: messageOf(error) });
  }
}

type TurnResult = Omit<ResultRecord, 'id' | 'decisionId'>;

async function turnOne(
  instance: InstanceRecord,
  { order, number }: { readonly order: TurnOrder; readonly number: number },
  { dataDir, turn }: Pick<NodeContext, 'dataDir' | 'turn'>,
): Promise<TurnResult> {
  const { kind, correction, record, folder } = order;
  const { id, sopClassUid, sopInstanceUid, seriesInstanceUid, transferSyntaxUid, pixelSha256 } = instance;
  const { dataSetOffset, dataSetLength } = instance;
  const name = `${String(number).padStart(6, '0')}.dcm`;
  const turned = await turn({
    instance: {
      id,
      sopClassUid,
      sopInstanceUid,
      seriesInstanceUid,
      transferSyntaxUid,
      pixelSha256,
      dataSetOffset,
      dataSetLength,
    },
    file: join(dataDir, instance.file),
    kind,
    correction,
    record,
    directory: join(dataDir, folder),
    name,
  });
  return { ...turned, file: `${folder}/${name}` };
}

/** All that the derived instances of one decision will say; kept in its row. */
export function derivationRecord(
  decision: Decision & { readonly correction: Correction },
  { route, callingAeTitle, at }: { readonly route: RouteChoices; readonly callingAeTitle: string; readonly at: number },
  context: NodeContext,
): DerivationRecord {
  return decidedDerivation(decision, {
    settings: context.settings.derivation,
    model: context.classifier.model,
    uidPolicy: route.uidPolicy,
    sourceOfPreviousValues: callingAeTitle,
    at,
  });
}
