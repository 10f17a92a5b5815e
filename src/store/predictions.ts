import type { KindProbabilities, QualityProbabilities, SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { Reader, Transaction } from './database.ts';
import { insertRows, selectList, type TableShape, toRecord } from './table-shape.ts';

/** What the recogniser said of one instance for one decision; null where the model does not tell. */
export interface PredictionRecord {
  readonly instanceId: number;
  readonly decisionId: number;
  /** In the order of ORIENTATION_CODES. */
  readonly probabilities: readonly number[];
  readonly sax: number | null;
  readonly angleDegrees: number | null;
  readonly kind: KindProbabilities | null;
  readonly quality: QualityProbabilities | null;
  readonly modelSha256: string;
}

export const PREDICTIONS: TableShape<PredictionRecord> = {
  table: 'predictions',
  fields: {
    instanceId: 'plain',
    decisionId: 'plain',
    probabilities: 'json',
    sax: 'plain',
    angleDegrees: 'plain',
    kind: 'json',
    quality: 'json',
    modelSha256: 'plain',
  },
};

export function predictionRecord(
  prediction: SlicePrediction,
  about: Pick<PredictionRecord, 'instanceId' | 'decisionId' | 'modelSha256'>,
): PredictionRecord {
  const { probabilities, sax = null, angleDegrees = null, kind = null, quality = null } = prediction;
  return { ...about, probabilities, sax, angleDegrees, kind, quality };
}

/** What was said, as the recogniser said it. */
export function predictionOf({ probabilities, sax, angleDegrees, kind, quality }: PredictionRecord): SlicePrediction {
  return {
    probabilities,
    ...(sax === null ? {} : { sax }),
    ...(angleDegrees === null ? {} : { angleDegrees }),
    ...(kind === null ? {} : { kind }),
    ...(quality === null ? {} : { quality }),
  };
}

export async function insertPredictions(tx: Transaction, predictions: readonly PredictionRecord[]): Promise<void> {
  await insertRows(tx, PREDICTIONS, predictions);
}

/** In order of arrival of the instances. */
export async function predictionsOfDecision(reader: Reader, decisionId: number): Promise<readonly PredictionRecord[]> {
  const sql = `select ${selectList(PREDICTIONS)} from predictions where decision_id = ? order by instance_id`;
  return (await reader.all(sql, [decisionId])).map((row) => toRecord(PREDICTIONS, row));
}
