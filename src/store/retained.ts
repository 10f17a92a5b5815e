import type { CatalogueProgress } from './catalogue.ts';
import type { Reader } from './database.ts';

/** What is retained of one SOP Instance UID: a received instance, or what one was turned to. */
export interface RetainedRecord {
  readonly instanceId: number;
  readonly resultId: number | null;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly file: string;
  readonly dataSetOffset: number;
  readonly dataSetLength: number;
}

/** With its place in the catalogue. */
export interface CataloguedRecord extends RetainedRecord {
  readonly entryId: number;
}

const RECEIVED = `instances.id as "instanceId", null as "resultId",
  instances.sop_instance_uid as "sopInstanceUid", instances.study_instance_uid as "studyInstanceUid",
  instances.series_instance_uid as "seriesInstanceUid", instances.sop_class_uid as "sopClassUid",
  instances.transfer_syntax_uid as "transferSyntaxUid", instances.file as file,
  instances.data_set_offset as "dataSetOffset", instances.data_set_length as "dataSetLength"`;
const DERIVED = `instances.id as "instanceId", results.id as "resultId",
  results.sop_instance_uid as "sopInstanceUid", instances.study_instance_uid as "studyInstanceUid",
  results.series_instance_uid as "seriesInstanceUid", instances.sop_class_uid as "sopClassUid",
  results.transfer_syntax_uid as "transferSyntaxUid", results.file as file,
  results.data_set_offset as "dataSetOffset", results.data_set_length as "dataSetLength"`;

/** What came on record after the catalogue was last looked to, oldest first: at most so many of each. */
export async function uncatalogued(
  reader: Reader,
  { instanceId, resultId }: CatalogueProgress,
  limit: number,
): Promise<{ readonly received: readonly RetainedRecord[]; readonly derived: readonly RetainedRecord[] }> {
  const received = await reader.all<RetainedRecord>(
    `select ${RECEIVED} from instances where id > ? order by id limit ?`,
    [instanceId, limit],
  );
  const derived = await reader.all<RetainedRecord>(
    `select ${DERIVED} from results join instances on instances.id = results.instance_id
      where results.id > ? order by results.id limit ?`,
    [resultId, limit],
  );
  return { received, derived };
}

const CATALOGUED = `select catalogue_instances.id as "entryId", instances.id as "instanceId", results.id as "resultId",
    catalogue_instances.sop_instance_uid as "sopInstanceUid",
    catalogue_studies.study_instance_uid as "studyInstanceUid",
    catalogue_series.series_instance_uid as "seriesInstanceUid",
    catalogue_instances.sop_class_uid as "sopClassUid",
    coalesce(results.transfer_syntax_uid, instances.transfer_syntax_uid) as "transferSyntaxUid",
    coalesce(results.file, instances.file) as file,
    coalesce(results.data_set_offset, instances.data_set_offset) as "dataSetOffset",
    coalesce(results.data_set_length, instances.data_set_length) as "dataSetLength"
  from catalogue_studies join catalogue_series on catalogue_series.study_id = catalogue_studies.id
    join catalogue_instances on catalogue_instances.series_id = catalogue_series.id
    join instances on instances.id = catalogue_instances.instance_id
    left join results on results.id = catalogue_instances.result_id`;

/** What a study, a series of it, or one instance of that holds. */
export interface RetainedSelector {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid?: string;
  readonly sopInstanceUid?: string;
}

/** Series by series, each in order of arrival. */
export function cataloguedRecords(
  reader: Reader,
  { studyInstanceUid, seriesInstanceUid, sopInstanceUid }: RetainedSelector,
): Promise<readonly CataloguedRecord[]> {
  const order = 'order by catalogue_series.id, catalogue_instances.id';
  const inStudy = `${CATALOGUED} where catalogue_studies.study_instance_uid = ?`;
  if (seriesInstanceUid === undefined) return reader.all(`${inStudy} ${order}`, [studyInstanceUid]);
  const inSeries = `${inStudy} and catalogue_series.series_instance_uid = ?`;
  if (sopInstanceUid === undefined) return reader.all(`${inSeries} ${order}`, [studyInstanceUid, seriesInstanceUid]);
  const uids = [studyInstanceUid, seriesInstanceUid, sopInstanceUid];
  return reader.all(`${inSeries} and catalogue_instances.sop_instance_uid = ?`, uids);
}

/** Page by page through the whole catalogue: entries after this one. */
export function cataloguedAfter(reader: Reader, entryId: number, limit: number): Promise<readonly CataloguedRecord[]> {
  const sql = `${CATALOGUED} where catalogue_instances.id > ? order by catalogue_instances.id limit ?`;
  return reader.all(sql, [entryId, limit]);
}

/** Received again after retention removed them: those, and what was derived of them, to be catalogued once more. */
export async function returnedRecords(
  reader: Reader,
  limit: number,
): Promise<{ readonly instanceIds: readonly number[]; readonly records: readonly RetainedRecord[] }> {
  const ids = await reader.all<{ id: number }>(
    'select instance_id as id from catalogue_again order by instance_id limit ?',
    [limit],
  );
  const instanceIds = ids.map(({ id }) => id);
  const among = 'in (select value from json_each(?))';
  const received = await reader.all<RetainedRecord>(`select ${RECEIVED} from instances where id ${among} order by id`, [
    JSON.stringify(instanceIds),
  ]);
  const derived = await reader.all<RetainedRecord>(
    `select ${DERIVED} from results join instances on instances.id = results.instance_id
      where results.instance_id ${among} order by results.id`,
    [JSON.stringify(instanceIds)],
  );
  return { instanceIds, records: [...received, ...derived] };
}
