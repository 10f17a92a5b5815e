import type { Keyword } from '../core/attributes/tags.ts';
import { attributeDifferences } from '../part10/attribute-differences.ts';
import type { DataSet } from '../part10/data-set.ts';

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
export function attributeChanges(before: DataSet, after: DataSet): AttributeChange[] {
  const differences = new Map(attributeDifferences(before, after).map((one) => [one.keyword, one]));
  return TOLD.flatMap((attribute) => {
    const difference = differences.get(attribute);
    if (difference === undefined) return [];
    return [{ attribute, from: difference.before ?? 'absent', to: difference.after ?? 'absent' }];
  });
}
