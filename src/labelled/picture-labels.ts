import { planeFault } from '../core/geometry/image-plane.ts';
import { isOrientationCode, type OrientationCode } from '../core/orientation/d4.ts';
import { SEQUENCE_KINDS, type SequenceKind } from '../core/series/sequence-kind.ts';
import { SLICE_QUALITIES, type SliceQuality } from './labelled-picture.ts';
import type { LabelsRow } from './labels-table.ts';
import type { PictureGeometry } from './png-picture.ts';

/** What one row of a labels table says; undefined where it says nothing. */
export interface PictureLabels {
  /** As the row names it. */
  readonly file: string;
  readonly subject: string | undefined;
  readonly series: string | undefined;
  readonly position: string | undefined;
  readonly phase: string | undefined;
  readonly kind: SequenceKind | undefined;
  readonly code: OrientationCode | undefined;
  readonly shortAxis: boolean | undefined;
  readonly nearBorder: boolean | undefined;
  readonly quality: SliceQuality | undefined;
  readonly angleDegrees: number | undefined;
  /** Of a picture whose file tells none. */
  readonly geometry: PictureGeometry;
}

/**
 * Reads a row: column `file`, and optionally `subject`, `series`, `position` (`slice`, `slice_guess`), `phase`
 * (`frame`, `phase_guess`), `kind`, `code`, `short_axis`, `near_border`, `quality`, `angle_degrees`, `pixel_spacing`
 * (or `row_spacing` and `column_spacing`), `image_orientation_patient` and `image_position_patient`. Others are ignored.
 * @throws NodeError bad-request, naming the row and the column
 */
export function pictureLabels(row: LabelsRow): PictureLabels {
  const file = row.text('file');
  if (file === undefined) throw row.fault('is missing', 'file');
  return {
    file,
    subject: row.text('subject'),
    series: row.text('series'),
    position: row.text('position', 'slice', 'slice_guess'),
    phase: row.text('phase', 'frame', 'phase_guess'),
    kind: oneOf(row, 'kind', SEQUENCE_KINDS),
    code: codeOf(row),
    shortAxis: yesOrNo(row, 'short_axis'),
    nearBorder: yesOrNo(row, 'near_border'),
    quality: oneOf(row, 'quality', SLICE_QUALITIES),
    angleDegrees: numbers(row, 'angle_degrees', 1)?.[0],
    geometry: geometryOf(row),
  };
}

function codeOf(row: LabelsRow): OrientationCode | undefined {
  const text = row.text('code');
  if (text === undefined || isOrientationCode(text)) return text;
  throw row.fault('is not one of the eight codes 000 to 111', 'code');
}

function oneOf<Word extends string>(row: LabelsRow, column: string, words: readonly Word[]): Word | undefined {
  const text = row.text(column);
  const found = words.find((word) => word.toLowerCase() === text?.toLowerCase());
  if (text !== undefined && found === undefined) throw row.fault(`is none of ${words.join(', ')}`, column);
  return found;
}

function yesOrNo(row: LabelsRow, column: string): boolean | undefined {
  const word = oneOf(row, column, ['yes', 'no']);
  return word === undefined ? undefined : word === 'yes';
}

function numbers(row: LabelsRow, column: string, count: number): readonly number[] | undefined {
  const text = row.text(column);
  if (text === undefined) return undefined;
  const values = text.split(/[\s\\]+/).map(Number);
  if (values.length === count && values.every(Number.isFinite)) return values;
  throw row.fault(count === 1 ? 'is not a number' : `is not ${count} numbers`, column);
}

function geometryOf(row: LabelsRow): PictureGeometry {
  const spacing = spacingOf(row);
  const orientation = numbers(row, 'image_orientation_patient', 6);
  const position = numbers(row, 'image_position_patient', 3);
  if (orientation === undefined && position === undefined) return { spacing, pose: undefined };
  if (orientation === undefined) throw row.fault('stands alone', 'image_position_patient');
  if (position === undefined) throw row.fault('stands alone', 'image_orientation_patient');
  if (spacing === undefined) throw row.fault('stands without pixel_spacing', 'image_orientation_patient');
  const [rx, ry, rz, cx, cy, cz] = orientation as [number, number, number, number, number, number];
  const pose = {
    imagePositionPatient: position as [number, number, number],
    rowCosines: [rx, ry, rz],
    columnCosines: [cx, cy, cz],
  } as const;
  const fault = planeFault({ ...pose, ...spacing, rows: 1, columns: 1 });
  if (fault !== undefined) throw row.fault(fault.fault, 'image_orientation_patient');
  return { spacing, pose };
}

function spacingOf(row: LabelsRow): PictureGeometry['spacing'] {
  const both = numbers(row, 'pixel_spacing', 2);
  const across = numbers(row, 'column_spacing', 1)?.[0];
  const down = numbers(row, 'row_spacing', 1)?.[0];
  if ((across === undefined) !== (down === undefined)) throw row.fault('stands alone', 'row_spacing', 'column_spacing');
  const [rowSpacingMm, columnSpacingMm] = both ?? [down, across];
  if (rowSpacingMm === undefined || columnSpacingMm === undefined) return undefined;
  if (rowSpacingMm > 0 && columnSpacingMm > 0) return { rowSpacingMm, columnSpacingMm };
  throw row.fault('is not positive', 'pixel_spacing', 'row_spacing');
}
