import { describe, expect, test } from 'vitest';
import {
  insertPredictions,
  predictionOf,
  predictionRecord,
  predictionsOfDecision,
} from '../../src/store/predictions.ts';
import { decidedSeries } from './decided-series.ts';

describe('predictions', () => {
  test('the predictions of a decision come back slice by slice', async () => {
    const { database, instances, decisionId } = await decidedSeries();
    const probabilities = [0.3, 0.7, 0, 0, 0, 0, 0, 0];
    const kind = { cine: 0.25, LGE: 0.75 };
    const said = instances.map((_, index) => ({
      probabilities,
      ...(index === 0 ? { sax: 0.9, angleDegrees: -12.25, kind, quality: { heart: 0.5, blank: 0.5 } } : {}),
    }));
    const records = instances.map(({ id }, index) =>
      predictionRecord(said[index]!, { instanceId: id, decisionId, modelSha256: 'c'.repeat(64) }),
    );
    await database.transaction((tx) => insertPredictions(tx, records));
    const read = await predictionsOfDecision(database, decisionId);
    expect(read).toEqual(records);
    expect(read.map(predictionOf)).toEqual(said);
  });
});
