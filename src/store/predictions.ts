import type { Reader, Transaction } from './database.ts';
import { insertRows, selectList, type TableShape, toRecord } from './table-shape.ts';

/** What the recogniser said of one instance for one decision. */
export interface PredictionRecord {
  readonly instanceId: number;
  readonly decisionId: number;
  /** In the order of ORIENTATION_CODES. */
  readonly probabilities: readonly number[];
  readonly sax: number;
  readonly angleDegrees: number | null;
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
    modelSha256: 'plain',
  },
};

export async function insertPredictions(tx: Transaction, predictions: readonly PredictionRecord[]): Promise<void> {
  await insertRows(tx, PREDICTIONS, predictions);
}

/** In order of arrival of the instances. */
export async function predictionsOfDecision(reader: Reader, decisionId: number): Promise<readonly PredictionRecord[]> {
  const sql = `select ${selectList(PREDICTIONS)} from predictions where decision_id = ? order by instance_id`;
  return (await reader.all(sql, [decisionId])).map((row) => toRecord(PREDICTIONS, row));
}
