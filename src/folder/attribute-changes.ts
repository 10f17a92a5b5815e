import type { AttributeReader } from '../core/attributes/attribute-reader.ts';
import { type Keyword, TAGS, tagOf } from '../core/attributes/tags.ts';

export interface AttributeChange {
  readonly attribute: string;
  readonly from: string;
  readonly to: string;
}

/** Geometry and identity: nothing here is an attribute of the patient. */
const TOLD: readonly Keyword[] = [
  'SOPInstanceUID',
  'SeriesInstanceUID',
  'ImageType',
  'Rows',
  'Columns',
  'PixelSpacing',
  'PixelAspectRatio',
  'ImageOrientationPatient',
  'ImagePositionPatient',
  'PatientOrientation',
  'InPlanePhaseEncodingDirection',
  'AcquisitionMatrix',
  'SeriesNumber',
  'SeriesDescription',
];

/** The attributes of geometry and identity that differ. */
export function attributeChanges(before: AttributeReader, after: AttributeReader): AttributeChange[] {
  return TOLD.map((attribute) => ({ attribute, from: textOf(before, attribute), to: textOf(after, attribute) })).filter(
    ({ from, to }) => from !== to,
  );
}

function textOf(reader: AttributeReader, keyword: Keyword): string {
  const tag = tagOf(keyword);
  const values = TAGS[keyword][1] === 'US' ? reader.unsignedShorts(tag) : reader.strings(tag);
  return values === undefined ? 'absent' : values.join('\\');
}
