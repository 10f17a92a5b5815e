import { describe, expect, test } from 'vitest';
import { resultsOfDecision, resultsOfInstances } from '../../src/store/results.ts';
import { decidedSeries } from './decided-series.ts';

describe('results', () => {
  test('results are found by decision and by instance', async () => {
    const { database, instances, decisionId, results } = await decidedSeries();
    expect(await resultsOfDecision(database, decisionId)).toEqual(results);
    expect(await resultsOfInstances(database, [instances[1]!.id])).toEqual([results[1]]);
  });
});
