import { describe, expect, test } from 'vitest';
import { insertPredictions, predictionsOfDecision } from '../../src/store/predictions.ts';
import { decidedSeries } from './decided-series.ts';

describe('predictions', () => {
  test('the predictions of a decision come back slice by slice', async () => {
    const { database, instances, decisionId } = await decidedSeries();
    const predictions = instances.map(({ id }, index) => ({
      instanceId: id,
      decisionId,
      probabilities: [0.3, 0.7, 0, 0, 0, 0, 0, 0],
      sax: 0.9,
      angleDegrees: index === 0 ? -12.25 : null,
      modelSha256: 'c'.repeat(64),
    }));
    await database.transaction((tx) => insertPredictions(tx, predictions));
    expect(await predictionsOfDecision(database, decisionId)).toEqual(predictions);
  });
});
