import { REQUEST_ITEM_ATTRIBUTES, SEARCH_LEVELS, type SearchLevel } from '../core/search/search-attributes.ts';
import type { Match, SearchQuery } from '../core/search/search-query.ts';
import type { SqlValue } from './connection.ts';
import type { Reader } from './database.ts';

/** Ids of what was found, in order. */
export interface FoundEntries {
  readonly ids: readonly number[];
  /** There are more behind these. */
  readonly more: boolean;
}

const TABLES = { study: 'catalogue_studies', series: 'catalogue_series', instance: 'catalogue_instances' } as const;
const UIDS = {
  StudyInstanceUID: ['study', 'catalogue_studies.study_instance_uid'],
  SeriesInstanceUID: ['series', 'catalogue_series.series_instance_uid'],
  SOPInstanceUID: ['instance', 'catalogue_instances.sop_instance_uid'],
} as const satisfies Record<string, readonly [SearchLevel, string]>;

/** Compares a column with one or two parameters. */
type Comparison = (first: string, second: string) => string;

const glob =
  (column: string): Comparison =>
  (pattern) =>
    `${column} glob ${pattern}`;
/** Any value of a JSON array. */
const globAny =
  (column: string): Comparison =>
  (pattern) =>
    `exists (select 1 from json_each(${column}) where value glob ${pattern})`;
const between =
  (column: string): Comparison =>
  (from, to) =>
    `${column} between ${from} and ${to}`;
const equal =
  (column: string): Comparison =>
  (value) =>
    `${column} = ${value}`;
const oneOf =
  (column: string): Comparison =>
  (values) =>
    `${column} in (select value from json_each(${values}))`;

/** What each attribute is compared by, other than the UIDs that lead to a row directly. */
const COMPARISONS: Readonly<Record<SearchLevel, Readonly<Record<string, Comparison>>>> = {
  study: {
    StudyDate: between('study_date'),
    StudyTime: between('study_time'),
    AccessionNumber: glob('accession_number'),
    ReferringPhysicianName: globAny('referring_physician_name_json'),
    PatientName: globAny('patient_name_json'),
    PatientID: glob('patient_id'),
    PatientBirthDate: between('patient_birth_date'),
    PatientSex: glob('patient_sex'),
    StudyID: glob('catalogue_studies.study_id'),
    StudyDescription: glob('study_description'),
    ModalitiesInStudy: (pattern) => `exists (select 1 from catalogue_series as member
      where member.study_id = catalogue_studies.id and member.modality glob ${pattern})`,
  },
  series: {
    Modality: glob('modality'),
    SeriesDescription: glob('series_description'),
    SeriesNumber: equal('series_number'),
    PerformedProcedureStepStartDate: between('performed_procedure_step_start_date'),
    PerformedProcedureStepStartTime: between('performed_procedure_step_start_time'),
    // Both in one item (PS3.4 C.2.2.2.6).
    RequestAttributesSequence: (scheduledStep, procedure) => `exists (
      select 1 from json_each(request_attributes_json) where value ->> 0 glob ${scheduledStep}
        and value ->> 1 glob ${procedure})`,
  },
  instance: { SOPClassUID: oneOf('sop_class_uid'), InstanceNumber: equal('instance_number') },
};

/**
 * Finds the studies, series or instances that meet all conditions. Studies come newest first, what is in them in order
 * of arrival. What is not asked for has null for a parameter, so that few statements, which stay prepared, serve all.
 */
export async function searchCatalogue(reader: Reader, query: SearchQuery): Promise<FoundEntries> {
  const levels = SEARCH_LEVELS.slice(0, SEARCH_LEVELS.indexOf(query.level) + 1);
  const asked = parametersOf(query);
  const parameters: SqlValue[] = [];
  const next = (value: SqlValue): string => `?${parameters.push(value)}`;
  const uids = Object.entries(UIDS)
    .filter(([keyword, [level]]) => levels.includes(level) && asked.has(keyword))
    .map(([keyword, [, column]]) => oneOf(column)(next(asked.get(keyword)![0]), ''));
  const others = levels.flatMap((level) =>
    Object.entries(COMPARISONS[level]).map(([keyword, comparison]) => {
      const [first, second] = asked.get(keyword) ?? [null, null];
      const [one, two] = [next(first), next(second)];
      return `(${one} is null or ${comparison(one, two)})`;
    }),
  );
  // From the studies inwards, so that what a study is asked for is asked once; where UIDs are given, from these.
  const join = uids.length > 0 ? 'join' : 'cross join';
  const from = levels.map((level) => TABLES[level]).join(` ${join} `);
  const links = levels.slice(1).map((level) => LINKS[level as keyof typeof LINKS]);
  const order = levels.map((level) => `${TABLES[level]}.id${level === 'study' ? ' desc' : ''}`);
  const rows = await reader.all<{ id: number }>(
    `select ${TABLES[query.level]}.id as id from ${from}
      where ${[...links, ...uids, ...others].join(' and ')}
      order by ${order.join(', ')} limit ${next(query.limit + 1)} offset ${next(query.offset)}`,
    parameters,
  );
  return { ids: rows.slice(0, query.limit).map(({ id }) => id), more: rows.length > query.limit };
}

const LINKS = {
  series: 'catalogue_series.study_id = catalogue_studies.id',
  instance: 'catalogue_instances.series_id = catalogue_series.id',
} as const;

/** By keyword; two values where an attribute is compared with two. */
function parametersOf({ conditions }: SearchQuery): ReadonlyMap<string, readonly [SqlValue, SqlValue]> {
  const parameters = new Map<string, readonly [SqlValue, SqlValue]>();
  const inRequest = REQUEST_ITEM_ATTRIBUTES.map(({ keyword }) => {
    const condition = conditions.find(({ attribute }) => attribute.keyword === keyword);
    return condition === undefined ? undefined : valuesOf(condition.match)[0];
  });
  for (const { attribute, match } of conditions) {
    const before = conditions.find((one) => one.attribute === attribute)?.match ?? match;
    parameters.set(attribute.keyword, valuesOf(bothOf(before, match)));
  }
  if (inRequest.some((value) => value !== undefined)) {
    parameters.set('RequestAttributesSequence', [inRequest[0] ?? '*', inRequest[1] ?? '*']);
  }
  return parameters;
}

/** The address and a parameter may both name UIDs. */
function bothOf(one: Match, other: Match): Match {
  if (one.kind !== 'one-of' || other.kind !== 'one-of') return other;
  return { kind: 'one-of', uids: other.uids.filter((uid) => one.uids.includes(uid)) };
}

function valuesOf(match: Match): readonly [SqlValue, SqlValue] {
  switch (match.kind) {
    case 'one-of':
      return [JSON.stringify(match.uids), null];
    case 'pattern':
      // Brackets mean something to glob, and nothing to DICOM.
      return [match.pattern.replaceAll('[', '[[]'), null];
    case 'range':
      return [match.from, match.to];
    case 'number':
      return [match.value, null];
  }
}
