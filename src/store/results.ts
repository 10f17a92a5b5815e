import type { Reader, Transaction } from './database.ts';
import { insertRecords, selectList, type TableShape, toRecord } from './table-shape.ts';

/** A derived file: what one instance became by one decision. */
export interface ResultRecord {
  readonly id: number;
  readonly instanceId: number;
  readonly decisionId: number;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** Path in the spool. */
  readonly file: string;
  readonly dataSetOffset: number;
  readonly dataSetLength: number;
  /** Of the data set, hexadecimal. */
  readonly sha256: string;
  readonly transferSyntaxUid: string;
  /** Private vendor geometry that was kept and no longer holds, as attribute tags. */
  readonly stalePrivate: readonly string[];
}

export const RESULTS: TableShape<ResultRecord> = {
  table: 'results',
  fields: {
    id: 'plain',
    instanceId: 'plain',
    decisionId: 'plain',
    sopInstanceUid: 'plain',
    seriesInstanceUid: 'plain',
    file: 'plain',
    dataSetOffset: 'plain',
    dataSetLength: 'plain',
    sha256: 'plain',
    transferSyntaxUid: 'plain',
    stalePrivate: 'json',
  },
};

const SELECT = `select ${selectList(RESULTS)} from results`;

/** Returns the ids in the order given. */
export function insertResults(
  tx: Transaction,
  results: readonly Omit<ResultRecord, 'id'>[],
): Promise<readonly number[]> {
  return insertRecords(tx, RESULTS, results);
}

export async function resultsOfDecision(reader: Reader, decisionId: number): Promise<readonly ResultRecord[]> {
  const rows = await reader.all(`${SELECT} where decision_id = ? order by id`, [decisionId]);
  return rows.map((row) => toRecord(RESULTS, row));
}

/** The results that stand of a series: archives have them, or they wait, and no later decision took their place. */
export async function standingResults(reader: Reader, seriesId: number): Promise<readonly ResultRecord[]> {
  const rows = await reader.all(
    `select ${selectList(RESULTS)} from instances join results on results.instance_id = instances.id
      where instances.series_id = ? and exists (select 1 from deliveries
        where deliveries.result_id = results.id and deliveries.superseded_at is null)
      order by instances.id, results.id`,
    [seriesId],
  );
  return rows.map((row) => toRecord(RESULTS, row));
}

/** Every result of these instances, oldest first. */
export async function resultsOfInstances(
  reader: Reader,
  instanceIds: readonly number[],
): Promise<readonly ResultRecord[]> {
  const sql = `${SELECT} where instance_id in (select value from json_each(?)) order by id`;
  return (await reader.all(sql, [JSON.stringify(instanceIds)])).map((row) => toRecord(RESULTS, row));
}

/** The file of a result was written anew, and its data set begins elsewhere: so say the result and its deliveries. */
export async function moveDataSet(tx: Transaction, resultId: number, dataSetOffset: number): Promise<void> {
  await tx.run('update results set data_set_offset = ? where id = ?', [dataSetOffset, resultId]);
  await tx.run('update deliveries set data_set_offset = ? where result_id = ?', [dataSetOffset, resultId]);
}
