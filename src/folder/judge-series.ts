import { classifyInstances, instancesToClassify, withPositions } from '../app/classify-stack.ts';
import type { InstanceEvidence, SeriesEvidence } from '../app/series-evidence.ts';
import { meanPrediction } from '../core/decision/mean-prediction.ts';
import type { PositionedPrediction } from '../core/decision/pooling.ts';
import { messageOf } from '../core/errors.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { FolderContext } from './folder-context.ts';
import { type FolderInstance, readDataSet } from './folder-instance.ts';
import type { FolderSeries } from './folder-series.ts';

/** A series with all that is known when it is decided. */
export interface JudgedSeries extends SeriesEvidence {
  readonly series: FolderSeries;
  readonly predictions: readonly PositionedPrediction[] | undefined;
  /** What is reported of each instance: its own prediction, or the mean of its slice position. */
  readonly slices: ReadonlyMap<FolderInstance, SlicePrediction>;
  /** Why the recogniser gave no answer. */
  readonly failure: string | undefined;
}

/** Recognises a series; where that fails the series has no predictions and passes as received. */
export async function judgeSeries(series: FolderSeries, context: FolderContext): Promise<JudgedSeries> {
  const known = {
    series,
    kind: series.kind,
    instances: series.instances.map((one) => evidenceOfInstance(one, series)),
  };
  context.signal?.throwIfAborted();
  if (series.kind === 'other') return { ...known, predictions: [], slices: new Map(), failure: undefined };
  try {
    return { ...known, ...(await recognise(series, context)), failure: undefined };
  } catch (error) {
    return { ...known, predictions: undefined, slices: new Map(), failure: messageOf(error) };
  }
}

function evidenceOfInstance(instance: FolderInstance, { duplicates }: FolderSeries): InstanceEvidence {
  const { plane, planeFault, turnFault } = instance.header;
  return { plane, planeFault, turnFault, duplicateUid: duplicates.has(instance) };
}

async function recognise(
  { instances }: FolderSeries,
  { classifier, settings }: FolderContext,
): Promise<Pick<JudgedSeries, 'slices'> & { readonly predictions: readonly PositionedPrediction[] }> {
  const readable = instances
    .filter(({ header }) => header.turnFault === undefined)
    .map((instance) => ({ instance, plane: instance.header.plane }));
  if (readable.length === 0) return { predictions: [], slices: new Map() };
  const chosen = instancesToClassify(readable, settings.phasesPerPosition);
  const predicted = await classifyInstances(
    chosen,
    ({ instance }) => readDataSet(instance.instance),
    await classifier(),
  );
  const own = new Map(predicted.map(({ instance, prediction }) => [instance.instance.instance, prediction]));
  const byPosition = new Map<number, SlicePrediction[]>();
  for (const { instance, prediction } of predicted) {
    byPosition.set(instance.position, [...(byPosition.get(instance.position) ?? []), prediction]);
  }
  const slices = withPositions(readable).flatMap(({ instance: { instance }, position }) => {
    const prediction = own.get(instance) ?? meanPrediction(byPosition.get(position) ?? []);
    return prediction === undefined ? [] : [[instance, prediction] as const];
  });
  return {
    predictions: predicted.map(({ instance, prediction }) => ({ positionKey: instance.position, prediction })),
    slices: new Map(slices),
  };
}
