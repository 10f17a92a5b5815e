import { type ImagePlane, type PlaneFault, planeFault } from '../geometry/image-plane.ts';
import { type AttributeReader, decimals, firstShort } from './attribute-reader.ts';
import { type Keyword, tagOf } from './tags.ts';

/** The plane of a single-frame instance (PS3.3 C.7.6.2), or what is missing or wrong. Nothing is ever filled in. */
export function readImagePlane(header: AttributeReader): ImagePlane | PlaneFault {
  const orientation = exactly(header, 'ImageOrientationPatient', 6);
  if ('fault' in orientation) return orientation;
  const position = exactly(header, 'ImagePositionPatient', 3);
  if ('fault' in position) return position;
  const spacing = exactly(header, 'PixelSpacing', 2);
  if ('fault' in spacing) return spacing;
  const rows = firstShort(header, tagOf('Rows'));
  const columns = firstShort(header, tagOf('Columns'));
  if (!rows) return { attribute: 'Rows', fault: 'is missing or zero' };
  if (!columns) return { attribute: 'Columns', fault: 'is missing or zero' };
  const [rx, ry, rz, cx, cy, cz] = orientation.values as [number, number, number, number, number, number];
  const plane: ImagePlane = {
    imagePositionPatient: position.values as [number, number, number],
    rowCosines: [rx, ry, rz],
    columnCosines: [cx, cy, cz],
    rowSpacingMm: spacing.values[0] as number,
    columnSpacingMm: spacing.values[1] as number,
    rows,
    columns,
  };
  return planeFault(plane) ?? plane;
}

export function isPlaneFault(plane: ImagePlane | PlaneFault): plane is PlaneFault {
  return 'fault' in plane;
}

function exactly(header: AttributeReader, keyword: Keyword, count: number): { values: readonly number[] } | PlaneFault {
  const values = decimals(header, tagOf(keyword));
  if (values === undefined || values.length === 0) return { attribute: keyword, fault: 'is missing' };
  if (values.length !== count) return { attribute: keyword, fault: `has ${values.length} values instead of ${count}` };
  if (!values.every(Number.isFinite)) return { attribute: keyword, fault: 'has a value that is not a number' };
  return { values };
}
