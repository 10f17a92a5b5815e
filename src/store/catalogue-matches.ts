import type { DicomJson, DicomJsonElement } from '../core/attributes/dicom-json.ts';
import { hexadecimal, SEARCH_ATTRIBUTES, type SearchLevel } from '../core/search/search-attributes.ts';
import type { SearchMatch } from '../core/search/search-query.ts';
import type { CatalogueValues } from './catalogue.ts';
import type { Reader } from './database.ts';

const VR = new Map(SEARCH_ATTRIBUTES.map((attribute) => [hexadecimal(attribute), attribute.vr]));
const TAG = Object.fromEntries(SEARCH_ATTRIBUTES.map((one) => [one.keyword, hexadecimal(one)]));

/** What is known of these entries, and of what they belong to, in their order; without those that went away since. */
export async function catalogueMatches(
  reader: Reader,
  level: SearchLevel,
  ids: readonly number[],
): Promise<readonly SearchMatch[]> {
  if (level === 'study') return present(ids, await studies(reader, ids));
  if (level === 'series') return present(ids, await series(reader, ids));
  return present(ids, await instances(reader, ids));
}

function present(ids: readonly number[], found: ReadonlyMap<number, SearchMatch>): readonly SearchMatch[] {
  return ids.flatMap((id) => found.get(id) ?? []);
}

async function studies(reader: Reader, ids: readonly number[]): Promise<ReadonlyMap<number, SearchMatch>> {
  const rows = await reader.all<{
    id: number;
    uid: string;
    modalities: string;
    series: number;
    instances: number;
    json: string;
  }>(
    `select id, study_instance_uid as uid, attributes_json as json,
        (select json_group_array(modality) from (select distinct modality from catalogue_series
          where study_id = catalogue_studies.id and modality is not null order by modality)) as modalities,
        (select count(*) from catalogue_series where study_id = catalogue_studies.id) as series,
        (select count(*) from catalogue_series join catalogue_instances
            on catalogue_instances.series_id = catalogue_series.id
          where catalogue_series.study_id = catalogue_studies.id) as instances
      from catalogue_studies where id in (select value from json_each(?))`,
    [JSON.stringify(ids)],
  );
  return new Map(
    rows.map(({ id, uid, ...row }) => {
      const attributes = elements(row.json, {
        StudyInstanceUID: [uid],
        ModalitiesInStudy: JSON.parse(row.modalities) as string[],
        NumberOfStudyRelatedSeries: [row.series],
        NumberOfStudyRelatedInstances: [row.instances],
      });
      return [id, { studyInstanceUid: uid, attributes }];
    }),
  );
}

async function series(reader: Reader, ids: readonly number[]): Promise<ReadonlyMap<number, SearchMatch>> {
  const rows = await reader.all<{ id: number; study: number; uid: string; instances: number; json: string }>(
    `select id, study_id as study, series_instance_uid as uid, attributes_json as json,
        (select count(*) from catalogue_instances where series_id = catalogue_series.id) as instances
      from catalogue_series where id in (select value from json_each(?))`,
    [JSON.stringify(ids)],
  );
  const parents = await studies(reader, distinct(rows.map(({ study }) => study)));
  return new Map(
    rows.flatMap(({ id, study, uid, ...row }) => {
      const own = elements(row.json, { SeriesInstanceUID: [uid], NumberOfSeriesRelatedInstances: [row.instances] });
      const parent = parents.get(study);
      if (parent === undefined) return [];
      return [[id, { ...parent, seriesInstanceUid: uid, attributes: { ...parent.attributes, ...own } }] as const];
    }),
  );
}

async function instances(reader: Reader, ids: readonly number[]): Promise<ReadonlyMap<number, SearchMatch>> {
  const rows = await reader.all<{ id: number; series: number; uid: string; sopClass: string; json: string }>(
    `select id, series_id as series, sop_instance_uid as uid, sop_class_uid as "sopClass", attributes_json as json
      from catalogue_instances where id in (select value from json_each(?))`,
    [JSON.stringify(ids)],
  );
  const parents = await series(reader, distinct(rows.map((row) => row.series)));
  return new Map(
    rows.flatMap(({ id, uid, ...row }) => {
      const own = elements(row.json, { SOPInstanceUID: [uid], SOPClassUID: [row.sopClass] });
      const parent = parents.get(row.series);
      if (parent === undefined) return [];
      return [[id, { ...parent, sopInstanceUid: uid, attributes: { ...parent.attributes, ...own } }] as const];
    }),
  );
}

function distinct(ids: readonly number[]): readonly number[] {
  return [...new Set(ids)];
}

/** What the header said and what is known besides, as elements; computed values by keyword. */
function elements(json: string, known: Readonly<Record<string, readonly unknown[]>>): DicomJson {
  const said = Object.entries(JSON.parse(json) as CatalogueValues);
  const all = [...said, ...Object.entries(known).map(([keyword, values]) => [TAG[keyword] as string, values] as const)];
  return Object.fromEntries(all.map(([tag, values]) => [tag, element(VR.get(tag) as string, values)]));
}

function element(vr: string, values: readonly unknown[]): DicomJsonElement {
  return values.length === 0 || (values.length === 1 && values[0] === '') ? { vr } : { vr, Value: values };
}
