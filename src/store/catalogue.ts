import { comparableDate, comparableInteger, comparableTime, foldedName } from '../core/search/match-values.ts';
import { hexadecimal, keptAttributes, type SearchLevel } from '../core/search/search-attributes.ts';
import { withoutTrailing } from '../core/trailing-characters.ts';
import type { SqlValue } from './connection.ts';
import type { Reader, Transaction } from './database.ts';

/** Values by tag, each a list as the DICOM JSON Model has it. */
export type CatalogueValues = Readonly<Record<string, readonly unknown[]>>;

/** One retained instance, received or derived, and what its header says. */
export interface CatalogueEntry {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  /** The received instance that it is, or was derived of. */
  readonly instanceId: number;
  readonly resultId: number | null;
  readonly values: CatalogueValues;
}

/** Ids up to which instances and results are in the catalogue. */
export interface CatalogueProgress {
  readonly instanceId: number;
  readonly resultId: number;
}

const STUDY_COLUMNS = `study_date, study_time, accession_number, referring_physician_name_json, patient_name_json,
  patient_id, patient_birth_date, patient_sex, study_id, study_description, attributes_json, search_text`;
const SERIES_COLUMNS = `modality, series_description, series_number, performed_procedure_step_start_date,
  performed_procedure_step_start_time, request_attributes_json, attributes_json, search_text`;

/** `a = excluded.a, b = excluded.b …` */
function taken(columns: string): string {
  return columns.replaceAll(/\w+/g, (column) => `${column} = excluded.${column}`);
}

function placeholders(columns: string, first: number): string {
  return columns
    .split(',')
    .map((_, index) => `value ->> ${first + index}`)
    .join(', ');
}

const UPSERT_STUDIES = `insert into catalogue_studies (study_instance_uid, ${STUDY_COLUMNS})
  select value ->> 0, ${placeholders(STUDY_COLUMNS, 1)} from json_each(?) where true order by key
  on conflict (study_instance_uid) do update set ${taken(STUDY_COLUMNS)}
    where attributes_json <> excluded.attributes_json`;
const UPSERT_SERIES = `insert into catalogue_series (study_id, series_instance_uid, ${SERIES_COLUMNS})
  select catalogue_studies.id, value ->> 1, ${placeholders(SERIES_COLUMNS, 2)}
    from json_each(?) join catalogue_studies on study_instance_uid = value ->> 0 where true order by key
  on conflict (series_instance_uid, study_id) do update set ${taken(SERIES_COLUMNS)}
    where attributes_json <> excluded.attributes_json`;
/** What came last stands; of one source, the result that stands in for it. */
const UPSERT_INSTANCES = `insert into catalogue_instances
    (series_id, sop_instance_uid, sop_class_uid, instance_number, instance_id, result_id, attributes_json)
  select catalogue_series.id, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
    from json_each(?) join catalogue_studies on study_instance_uid = value ->> 0
      join catalogue_series on series_instance_uid = value ->> 1 and catalogue_series.study_id = catalogue_studies.id
    where true order by key
  on conflict (sop_instance_uid) do update set series_id = excluded.series_id, sop_class_uid = excluded.sop_class_uid,
      instance_number = excluded.instance_number, instance_id = excluded.instance_id, result_id = excluded.result_id,
      attributes_json = excluded.attributes_json
    where (excluded.instance_id, coalesce(excluded.result_id, 0)) >= (instance_id, coalesce(result_id, 0))`;
const REMOVE_EMPTY_SERIES = `delete from catalogue_series where series_instance_uid in (select value from json_each(?))
  and not exists (select 1 from catalogue_instances where series_id = catalogue_series.id)`;

/** Puts entries, in order of arrival, into the catalogue; a study and a series say what their newest instance says. */
export async function putInCatalogue(tx: Transaction, entries: readonly CatalogueEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const studies = new Map(entries.map((entry) => [entry.studyInstanceUid, studyRow(entry)]));
  const series = new Map(
    entries.map((entry) => [`${entry.studyInstanceUid} ${entry.seriesInstanceUid}`, seriesRow(entry)]),
  );
  await tx.run(UPSERT_STUDIES, [JSON.stringify([...studies.values()])]);
  await tx.run(UPSERT_SERIES, [JSON.stringify([...series.values()])]);
  await tx.run(UPSERT_INSTANCES, [JSON.stringify(entries.map(instanceRow))]);
  const uids = new Set(entries.map(({ seriesInstanceUid }) => seriesInstanceUid));
  await tx.run(REMOVE_EMPTY_SERIES, [JSON.stringify([...uids])]);
}

/** These are not retained any more; an entry that stands for another instance by now stays. */
export async function takeFromCatalogue(
  tx: Transaction,
  entries: readonly { readonly entryId: number; readonly instanceId: number }[],
): Promise<void> {
  const sql = `delete from catalogue_instances
    where (id, instance_id) in (select value ->> 0, value ->> 1 from json_each(?))`;
  await tx.run(sql, [JSON.stringify(entries.map(({ entryId, instanceId }) => [entryId, instanceId]))]);
}

export async function catalogueProgress(reader: Reader): Promise<CatalogueProgress> {
  const sql = 'select instance_id as "instanceId", result_id as "resultId" from catalogue_progress';
  const [progress] = await reader.all<CatalogueProgress>(sql);
  return progress!;
}

export async function setCatalogueProgress(tx: Transaction, progress: CatalogueProgress): Promise<void> {
  const { instanceId, resultId } = progress;
  await tx.run('update catalogue_progress set instance_id = ?, result_id = ?', [instanceId, resultId]);
}

function studyRow({ studyInstanceUid, values }: CatalogueEntry): readonly SqlValue[] {
  return [
    studyInstanceUid,
    date(values, '00080020'),
    time(values, '00080030'),
    text(values, '00080050'),
    names(values, '00080090'),
    names(values, '00100010'),
    text(values, '00100020'),
    date(values, '00100030'),
    text(values, '00100040'),
    text(values, '00200010'),
    text(values, '00081030'),
    kept(values, 'study'),
    searchText(values, ['00100010', '00100020', '00080050', '00081030', '00200010']),
  ];
}

function seriesRow({ studyInstanceUid, seriesInstanceUid, values }: CatalogueEntry): readonly SqlValue[] {
  return [
    studyInstanceUid,
    seriesInstanceUid,
    text(values, '00080060'),
    text(values, '0008103E'),
    integer(values, '00200011'),
    date(values, '00400244'),
    time(values, '00400245'),
    requests(values),
    kept(values, 'series'),
    searchText(values, ['0008103E', '00200011', '00181030', '00081010']),
  ];
}

function instanceRow(entry: CatalogueEntry): readonly SqlValue[] {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, instanceId, resultId, values } = entry;
  const number = integer(values, '00200013');
  const json = kept(values, 'instance');
  return [studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, number, instanceId, resultId, json];
}

function kept(values: CatalogueValues, level: SearchLevel): string {
  const present = keptAttributes(level).flatMap((attribute) => {
    const tag = hexadecimal(attribute);
    return values[tag] === undefined ? [] : [[tag, values[tag]] as const];
  });
  return JSON.stringify(Object.fromEntries(present));
}

function text(values: CatalogueValues, tag: string): string | null {
  const value = values[tag]?.[0];
  return typeof value === 'string' ? value : null;
}

function date(values: CatalogueValues, tag: string): string | null {
  return comparableDate(text(values, tag) ?? '') ?? null;
}

function time(values: CatalogueValues, tag: string): string | null {
  return comparableTime(text(values, tag) ?? '')?.from ?? null;
}

function integer(values: CatalogueValues, tag: string): number | null {
  return comparableInteger(String(values[tag]?.[0] ?? '')) ?? null;
}

/** The groups of a name, each and together: whichever a search knows. */
function names(values: CatalogueValues, tag: string): string {
  const name = (values[tag]?.[0] ?? {}) as Readonly<Record<string, string>>;
  const groups = ['Alphabetic', 'Ideographic', 'Phonetic'].map((group) => name[group] ?? '');
  const all = [...groups, withoutTrailing(groups.join('='), '=')].map(foldedName);
  return JSON.stringify([...new Set(all.filter((one) => one !== ''))]);
}

/** Folded, a line for each value and for each group of a name. */
function searchText(values: CatalogueValues, tags: readonly string[]): string {
  const first = tags.map((tag) => values[tag]?.[0] ?? '');
  const texts = first.flatMap((value) => (typeof value === 'object' ? Object.values(value ?? {}) : [value]));
  return texts.map((text) => foldedName(String(text))).join('\n');
}

function requests(values: CatalogueValues): string {
  const items = (values['00400275'] ?? []) as readonly Readonly<
    Record<string, { readonly Value?: readonly unknown[] }>
  >[];
  return JSON.stringify(items.map((item) => ['00400009', '00401001'].map((tag) => item[tag]?.Value?.[0] ?? null)));
}

/** What was received again is in the catalogue again. */
export async function returnedAreCatalogued(tx: Transaction, instanceIds: readonly number[]): Promise<void> {
  const sql = 'delete from catalogue_again where instance_id in (select value from json_each(?))';
  await tx.run(sql, [JSON.stringify(instanceIds)]);
}
