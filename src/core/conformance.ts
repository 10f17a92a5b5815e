import { type Keyword, tagOf } from './attributes/tags.ts';

/** What happens to an attribute of an instance that is turned, in the words of PS3.2 table N.5-11. */
export type Change = 'MODIFIED' | 'ADDED' | 'REMOVED';

/** One line of the conformance statement that the README prints. A test derives instances and compares. */
export interface AttributeModification {
  readonly attribute: string;
  /** `(0008,0018)`; with x where the group repeats. */
  readonly tag: string;
  readonly changes: readonly Change[];
  /** When, and what the new value is. */
  readonly condition: string;
}

type Line = readonly [name: string, keyword: Keyword, changes: readonly Change[], condition: string];

const MODIFIED = ['MODIFIED'] as const;
const REMOVED = ['REMOVED'] as const;
const SET = ['MODIFIED', 'ADDED'] as const;
const ROWS_BECOME_COLUMNS = 'correction 100, 101, 110 or 111';
const UIDS_DERIVED = 'unless `uidPolicy: preserve`; `2.25.` and a UUIDv5, see below';
const ONE_ITEM_MORE = 'always; one item is appended, earlier items stay byte for byte';

/** What moves with the pixels. */
export const GEOMETRY_MODIFICATIONS: readonly AttributeModification[] = [
  ...lines([
    ['Pixel Data', 'PixelData', MODIFIED, 'always; samples are moved, none is changed'],
    ['Float Pixel Data', 'FloatPixelData', MODIFIED, 'where it is what holds the samples'],
    ['Double Float Pixel Data', 'DoubleFloatPixelData', MODIFIED, 'where it is what holds the samples'],
    [
      'Image Orientation (Patient)',
      'ImageOrientationPatient',
      MODIFIED,
      'where it has six values; triplets swapped and negated digit by digit',
    ],
    [
      'Image Position (Patient)',
      'ImagePositionPatient',
      ['MODIFIED', 'REMOVED'],
      'every correction but 100; removed where the command line turned a picture whose geometry cannot be computed',
    ],
    ['Rows', 'Rows', MODIFIED, `${ROWS_BECOME_COLUMNS}; swapped with Columns`],
    ['Columns', 'Columns', MODIFIED, `${ROWS_BECOME_COLUMNS}; swapped with Rows`],
    ['Pixel Spacing', 'PixelSpacing', MODIFIED, `${ROWS_BECOME_COLUMNS}; its two values swapped`],
    ['Pixel Aspect Ratio', 'PixelAspectRatio', MODIFIED, `${ROWS_BECOME_COLUMNS}; its two values swapped`],
    [
      'Patient Orientation',
      'PatientOrientation',
      ['MODIFIED', 'REMOVED'],
      'where it has values; removed where these are not two made of the letters L R A P H F',
    ],
    [
      'In-plane Phase Encoding Direction',
      'InPlanePhaseEncodingDirection',
      MODIFIED,
      `${ROWS_BECOME_COLUMNS}; ROW and COL swapped`,
    ],
    ['Acquisition Matrix', 'AcquisitionMatrix', MODIFIED, `${ROWS_BECOME_COLUMNS}; swapped within each pair`],
    ['Shutter Left Vertical Edge', 'ShutterLeftVerticalEdge', MODIFIED, 'where it is there'],
    ['Shutter Right Vertical Edge', 'ShutterRightVerticalEdge', MODIFIED, 'where it is there'],
    ['Shutter Upper Horizontal Edge', 'ShutterUpperHorizontalEdge', MODIFIED, 'where it is there'],
    ['Shutter Lower Horizontal Edge', 'ShutterLowerHorizontalEdge', MODIFIED, 'where it is there'],
    ['Center of Circular Shutter', 'CenterOfCircularShutter', MODIFIED, 'where it is there'],
    [
      'Radius of Circular Shutter',
      'RadiusOfCircularShutter',
      MODIFIED,
      `${ROWS_BECOME_COLUMNS}; where pixels are not square`,
    ],
    ['Vertices of the Polygonal Shutter', 'VerticesOfThePolygonalShutter', MODIFIED, 'where it is there'],
  ]),
  repeating('Overlay Rows', '(60xx,0010)', `${ROWS_BECOME_COLUMNS}; swapped with Overlay Columns`),
  repeating('Overlay Columns', '(60xx,0011)', `${ROWS_BECOME_COLUMNS}; swapped with Overlay Rows`),
  repeating('Overlay Origin', '(60xx,0050)', 'where it is there'),
  repeating('Overlay Data', '(60xx,3000)', 'where it is there; frame by frame, bit by bit'),
  ...lines([
    [
      'Icon Image Sequence',
      'IconImageSequence',
      MODIFIED,
      'where it is there; its Rows, Columns and Pixel Data turn too, the rest is copied',
    ],
    ['Image Position', 'ImagePosition', REMOVED, 'where it is there (retired)'],
    ['Image Orientation', 'ImageOrientation', REMOVED, 'where it is there (retired)'],
  ]),
];

/** What says that the instance is derived, from what, by whom and why. */
export const DERIVATION_MODIFICATIONS: readonly AttributeModification[] = lines([
  ['SOP Instance UID', 'SOPInstanceUID', MODIFIED, UIDS_DERIVED],
  ['Series Instance UID', 'SeriesInstanceUID', MODIFIED, UIDS_DERIVED],
  [
    'Image Type',
    'ImageType',
    SET,
    'where value 1 is not DERIVED, unless `imageTypeValue1: keep`; value 1 becomes DERIVED',
  ],
  ['Instance Creation Date', 'InstanceCreationDate', SET, 'always; date of the decision'],
  ['Instance Creation Time', 'InstanceCreationTime', SET, 'always; time of the decision'],
  [
    'Series Description',
    'SeriesDescription',
    SET,
    'unless `seriesDescriptionSuffix` is empty; suffix appended, at most 64 characters; unchanged where a multi-byte text leaves no room',
  ],
  ['Series Number', 'SeriesNumber', MODIFIED, 'where it is an integer, unless `seriesNumberOffset` is 0; offset added'],
  [
    'Derivation Description',
    'DerivationDescription',
    SET,
    'always; product, version, observed code, correction, model and its SHA-256',
  ],
  [
    'Source Image Sequence',
    'SourceImageSequence',
    SET,
    `${ONE_ITEM_MORE}; purpose (121322, DCM), Spatial Locations Preserved YES`,
  ],
  [
    'Contributing Equipment Sequence',
    'ContributingEquipmentSequence',
    SET,
    `${ONE_ITEM_MORE}; purpose (109103, DCM, "Modifying Equipment")`,
  ],
  [
    'Original Attributes Sequence',
    'OriginalAttributesSequence',
    SET,
    `${ONE_ITEM_MORE}; reason CORRECT; every prior value of these three tables but pixels`,
  ],
]);

/** What would no longer be true. */
export const REMOVALS: readonly AttributeModification[] = [
  ...lines([
    [
      'Digital Signatures Sequence',
      'DigitalSignaturesSequence',
      REMOVED,
      'where it is there; the signature no longer fits',
    ],
    ['MAC Parameters Sequence', 'MACParametersSequence', REMOVED, 'where it is there'],
    ['Length to End', 'LengthToEnd', REMOVED, 'where it is there (retired)'],
  ]),
  {
    attribute: 'Group Length',
    tag: '(gggg,0000)',
    changes: MODIFIED,
    condition: 'where a touched group has one (retired); computed anew',
  },
  {
    attribute: 'Private vendor geometry',
    tag: '(gggg,xxee)',
    changes: REMOVED,
    condition: 'only with `privateGeometry: remove`; otherwise kept and recorded as stale',
  },
];

/** Whatever is not in these stays byte for byte as it was received. */
export const MODIFICATIONS: readonly AttributeModification[] = [
  ...GEOMETRY_MODIFICATIONS,
  ...DERIVATION_MODIFICATIONS,
  ...REMOVALS,
];

function lines(all: readonly Line[]): AttributeModification[] {
  return all.map(([attribute, keyword, changes, condition]) => ({
    attribute,
    tag: tagInWords(tagOf(keyword)),
    changes,
    condition,
  }));
}

function repeating(attribute: string, tag: string, condition: string): AttributeModification {
  return { attribute, tag, changes: MODIFIED, condition };
}

function tagInWords(tag: number): string {
  const hex = tag.toString(16).padStart(8, '0').toUpperCase();
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}

/** As the README prints it. */
export function modificationTable(modifications: readonly AttributeModification[]): string {
  const rows = modifications.map(
    ({ attribute, tag, changes, condition }) => `| ${attribute} | ${tag} | ${changes.join(' or ')} | ${condition} |`,
  );
  return ['| Attribute | Tag | Change | When, and what it becomes |', '|---|---|---|---|', ...rows].join('\n');
}
