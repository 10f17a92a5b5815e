import { insertDecision } from '../../src/store/decisions.ts';
import { insertResults } from '../../src/store/results.ts';
import { newDecision, receivedSeries } from './sample-records.ts';
import { temporaryDatabase } from './temporary-database.ts';

/** A series of three instances with a decision and a result for each. */
export async function decidedSeries() {
  const database = await temporaryDatabase();
  const { series, instances } = await receivedSeries(database, 3);
  const decisionId = await database.transaction((tx) => insertDecision(tx, newDecision(series.id)));
  const results = instances.map(({ id }) => ({
    instanceId: id,
    decisionId,
    sopInstanceUid: `2.25.${id}`,
    seriesInstanceUid: '2.25.9',
    file: `derived/${id}.dcm`,
    dataSetOffset: 400,
    dataSetLength: 1000,
    sha256: 'd'.repeat(64),
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    stalePrivate: ['0029,1010'],
  }));
  const ids = await database.transaction((tx) => insertResults(tx, results));
  return { database, instances, decisionId, results: results.map((result, index) => ({ ...result, id: ids[index]! })) };
}
