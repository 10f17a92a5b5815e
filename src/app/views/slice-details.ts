import type { SeriesDetail } from '../../api/series-detail.ts';
import { positionsAlongNormal } from '../../core/series/slice-position.ts';
import type { Reader } from '../../store/database.ts';
import type { DecisionRecord } from '../../store/decisions.ts';
import type { InstanceRecord } from '../../store/instances.ts';
import { type PredictionRecord, predictionsOfDecision } from '../../store/predictions.ts';
import { instanceNumbers } from '../../store/study-series.ts';
import { headerOf } from '../stored-instance.ts';

/**
 * What the recogniser said of each slice for the decision that stands; where a person decided, for the decision of the
 * node before. In order along the normal where geometry tells it, else of arrival.
 * @param decisions of the series, oldest first
 */
export async function sliceDetails(
  reader: Reader,
  decisions: readonly DecisionRecord[],
  instances: readonly InstanceRecord[],
): Promise<SeriesDetail['slices']> {
  const predictions = await lastPredictions(reader, decisions);
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  const seen = predictions.flatMap((prediction) => {
    const instance = byId.get(prediction.instanceId);
    return instance === undefined ? [] : [{ prediction, instance }];
  });
  const numbers = await instanceNumbers(
    reader,
    seen.map(({ instance }) => instance.id),
  );
  const positions = positionsOf(seen.map(({ instance }) => instance));
  const slices = seen.map(({ prediction, instance }) => ({
    instanceId: instance.id,
    sopInstanceUid: instance.sopInstanceUid,
    instanceNumber: numbers.get(instance.id) ?? null,
    positionMm: positions.get(instance.id) ?? null,
    probabilities: [...prediction.probabilities],
    sax: prediction.sax,
    angleDegrees: prediction.angleDegrees,
    quality: prediction.quality === null ? null : { ...prediction.quality },
    kinds: prediction.kind === null ? null : { ...prediction.kind },
  }));
  return slices.sort((one, other) => (one.positionMm ?? 0) - (other.positionMm ?? 0));
}

async function lastPredictions(
  reader: Reader,
  decisions: readonly DecisionRecord[],
): Promise<readonly PredictionRecord[]> {
  for (const { id } of [...decisions].reverse()) {
    const predictions = await predictionsOfDecision(reader, id);
    if (predictions.length > 0) return predictions;
  }
  return [];
}

/** Millimetres from the first slice along the normal, by instance. */
function positionsOf(instances: readonly InstanceRecord[]): ReadonlyMap<number, number> {
  const placed = instances.flatMap((instance) => {
    const { plane } = headerOf(instance);
    return plane === undefined ? [] : [{ id: instance.id, plane }];
  });
  const along = positionsAlongNormal(placed.map(({ plane }) => plane));
  const first = Math.min(...along);
  return new Map(placed.map(({ id }, i) => [id, (along[i] as number) - first]));
}
