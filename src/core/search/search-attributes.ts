import { hexadecimalTag } from '../attributes/dicom-json.ts';

export type SearchLevel = 'study' | 'series' | 'instance';
/** From the whole to its parts. */
export const SEARCH_LEVELS: readonly SearchLevel[] = ['study', 'series', 'instance'];

/** How the values of an attribute are compared (PS3.4 C.2.2.2). */
export type Matching = 'uid' | 'text' | 'name' | 'date' | 'time' | 'integer' | 'none';

/** An attribute that searches return, and most of them may ask about. */
export interface SearchAttribute {
  readonly tag: number;
  readonly keyword: string;
  readonly vr: string;
  readonly level: SearchLevel;
  readonly matching: Matching;
  /** Returned without being asked for (PS3.18 tables 10.6.3-3 to -5). */
  readonly always: boolean;
  /** Known from what is retained, and not from a header. */
  readonly computed: boolean;
}

type Row = readonly [tag: number, keyword: string, vr: string, matching: Matching];

const ALWAYS: Readonly<Record<SearchLevel, readonly Row[]>> = {
  study: [
    [0x00080020, 'StudyDate', 'DA', 'date'],
    [0x00080030, 'StudyTime', 'TM', 'time'],
    [0x00080050, 'AccessionNumber', 'SH', 'text'],
    [0x00080090, 'ReferringPhysicianName', 'PN', 'name'],
    [0x00080201, 'TimezoneOffsetFromUTC', 'SH', 'none'],
    [0x00100010, 'PatientName', 'PN', 'name'],
    [0x00100020, 'PatientID', 'LO', 'text'],
    [0x00100030, 'PatientBirthDate', 'DA', 'date'],
    [0x00100040, 'PatientSex', 'CS', 'text'],
    [0x0020000d, 'StudyInstanceUID', 'UI', 'uid'],
    [0x00200010, 'StudyID', 'SH', 'text'],
  ],
  series: [
    [0x00080060, 'Modality', 'CS', 'text'],
    [0x0008103e, 'SeriesDescription', 'LO', 'text'],
    [0x0020000e, 'SeriesInstanceUID', 'UI', 'uid'],
    [0x00200011, 'SeriesNumber', 'IS', 'integer'],
    [0x00400244, 'PerformedProcedureStepStartDate', 'DA', 'date'],
    [0x00400245, 'PerformedProcedureStepStartTime', 'TM', 'time'],
    [0x00400275, 'RequestAttributesSequence', 'SQ', 'none'],
  ],
  instance: [
    [0x00080016, 'SOPClassUID', 'UI', 'uid'],
    [0x00080018, 'SOPInstanceUID', 'UI', 'uid'],
    [0x00200013, 'InstanceNumber', 'IS', 'integer'],
    [0x00280008, 'NumberOfFrames', 'IS', 'none'],
    [0x00280010, 'Rows', 'US', 'none'],
    [0x00280011, 'Columns', 'US', 'none'],
    [0x00280100, 'BitsAllocated', 'US', 'none'],
  ],
};

const COMPUTED: Readonly<Record<SearchLevel, readonly Row[]>> = {
  study: [
    [0x00080061, 'ModalitiesInStudy', 'CS', 'text'],
    [0x00201206, 'NumberOfStudyRelatedSeries', 'IS', 'none'],
    [0x00201208, 'NumberOfStudyRelatedInstances', 'IS', 'none'],
  ],
  series: [[0x00201209, 'NumberOfSeriesRelatedInstances', 'IS', 'none']],
  instance: [],
};

/** Returned where `includefield` asks for it. */
const ON_REQUEST: Readonly<Record<SearchLevel, readonly Row[]>> = {
  study: [
    [0x00081030, 'StudyDescription', 'LO', 'text'],
    [0x00081060, 'NameOfPhysiciansReadingStudy', 'PN', 'none'],
    [0x00081080, 'AdmittingDiagnosesDescription', 'LO', 'none'],
    [0x00100021, 'IssuerOfPatientID', 'LO', 'none'],
    [0x00101010, 'PatientAge', 'AS', 'none'],
    [0x00101020, 'PatientSize', 'DS', 'none'],
    [0x00101030, 'PatientWeight', 'DS', 'none'],
  ],
  series: [
    [0x00080021, 'SeriesDate', 'DA', 'none'],
    [0x00080031, 'SeriesTime', 'TM', 'none'],
    [0x00080070, 'Manufacturer', 'LO', 'none'],
    [0x00080080, 'InstitutionName', 'LO', 'none'],
    [0x00081010, 'StationName', 'SH', 'none'],
    [0x00081090, 'ManufacturerModelName', 'LO', 'none'],
    [0x00180015, 'BodyPartExamined', 'CS', 'none'],
    [0x00181030, 'ProtocolName', 'LO', 'none'],
    [0x00185100, 'PatientPosition', 'CS', 'none'],
    [0x00200052, 'FrameOfReferenceUID', 'UI', 'none'],
    [0x00200060, 'Laterality', 'CS', 'none'],
  ],
  instance: [
    [0x00080008, 'ImageType', 'CS', 'none'],
    [0x00080023, 'ContentDate', 'DA', 'none'],
    [0x00080033, 'ContentTime', 'TM', 'none'],
    [0x00200012, 'AcquisitionNumber', 'IS', 'none'],
  ],
};

/** In the Request Attributes Sequence; a match asks for one item that has both. */
export const REQUEST_ATTRIBUTES = 0x00400275;
const IN_REQUEST: readonly Row[] = [
  [0x00400009, 'ScheduledProcedureStepID', 'SH', 'text'],
  [0x00401001, 'RequestedProcedureID', 'SH', 'text'],
];

function attributes(rows: typeof ALWAYS, of: { always: boolean; computed: boolean }): SearchAttribute[] {
  return SEARCH_LEVELS.flatMap((level) =>
    rows[level].map(([tag, keyword, vr, matching]) => ({ tag, keyword, vr, matching, level, ...of })),
  );
}

/** All that can be returned. */
export const SEARCH_ATTRIBUTES: readonly SearchAttribute[] = [
  ...attributes(ALWAYS, { always: true, computed: false }),
  ...attributes(COMPUTED, { always: true, computed: true }),
  ...attributes(ON_REQUEST, { always: false, computed: false }),
];

/** What of an item of the Request Attributes Sequence can be asked about; returned with the sequence. */
export const REQUEST_ITEM_ATTRIBUTES: readonly SearchAttribute[] = IN_REQUEST.map(([tag, keyword, vr, matching]) => ({
  tag,
  keyword,
  vr,
  matching,
  level: 'series',
  always: false,
  computed: false,
}));

const BY_TAG = new Map(SEARCH_ATTRIBUTES.map((attribute) => [attribute.tag, attribute]));

export function searchAttribute(tag: number): SearchAttribute | undefined {
  return BY_TAG.get(tag);
}

/** Whether `level` is `of`, or something that holds it. */
export function isAtOrAbove(level: SearchLevel, of: SearchLevel): boolean {
  return SEARCH_LEVELS.indexOf(level) <= SEARCH_LEVELS.indexOf(of);
}

/** Kept for each study, series or instance: what its headers say and is not a UID, by tag as the DICOM JSON Model has it. */
export function keptAttributes(level: SearchLevel): readonly SearchAttribute[] {
  return SEARCH_ATTRIBUTES.filter((one) => one.level === level && !one.computed && one.matching !== 'uid');
}

export const hexadecimal = (attribute: SearchAttribute): string => hexadecimalTag(attribute.tag);
