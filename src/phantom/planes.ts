import { type ImagePlane, reorientPlane } from '../core/geometry/image-plane.ts';
import { addScaled, cross, type Lps, scale, unit } from '../core/geometry/vector.ts';
import { correctionFor, observed } from '../core/orientation/d4.ts';
import { pictureAxes, type Subject } from './variation.ts';

export const PLANE_KINDS = ['sax', '2ch', '3ch', '4ch', 'axial', 'coronal', 'sagittal'] as const;
export type PlaneKind = (typeof PLANE_KINDS)[number];

/** Size of the stored matrix in its natural orientation. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly rowSpacingMm: number;
  readonly columnSpacingMm: number;
}

/** 340 mm × 283 mm, as many scanners store a rectangular field of view. */
export const DEFAULT_MATRIX: Matrix = { rows: 160, columns: 192, rowSpacingMm: 1.7708, columnSpacingMm: 1.7708 };

export interface SlicePosition {
  readonly kind: PlaneKind;
  readonly index: number;
  readonly count: number;
  readonly matrix?: Matrix;
}

/** Distances between parallel slices other than short axes, millimetres. */
const LONG_AXIS_SPACING = 10;
const SCOUT_SPACING = 22;
/** How far the most basal and the most apical short axis lie inside the ends of the cavity. */
const BASAL_MARGIN = 3;
const APICAL_MARGIN = 6;

/** Where a picture lies, whatever its matrix. */
export interface View {
  readonly centre: Lps;
  readonly row: Lps;
  readonly column: Lps;
}

/**
 * The natural plane of a slice: for a short axis in a body with the heart on the left the standard picture. Short axes
 * run from base to apex.
 */
export function phantomPlane(
  subject: Subject,
  { kind, index, count, matrix = DEFAULT_MATRIX }: SlicePosition,
): ImagePlane {
  const plane = placed(viewOf(subject, kind, { index, count }), matrix);
  return subject.mirrored ? mirroredPlane(plane, kind) : plane;
}

/** Distance from one slice to the next, millimetres. */
export function sliceSpacing(subject: Subject, kind: PlaneKind, count: number): number {
  if (kind === 'sax')
    return (subject.cavityLength * subject.heartScale - BASAL_MARGIN - APICAL_MARGIN) / Math.max(1, count - 1);
  return kind === '2ch' || kind === '3ch' || kind === '4ch' ? LONG_AXIS_SPACING : SCOUT_SPACING;
}

function viewOf(subject: Subject, kind: PlaneKind, slice: { index: number; count: number }): View {
  const view = centralView(subject, kind);
  const spacing = sliceSpacing(subject, kind, slice.count);
  if (kind === 'sax') {
    const w = (subject.cavityLength * subject.heartScale) / 2 - BASAL_MARGIN - slice.index * spacing;
    return { ...view, centre: addScaled(view.centre, subject.longAxis, w) };
  }
  const offset = (slice.index - (slice.count - 1) / 2) * spacing;
  return { ...view, centre: addScaled(view.centre, cross(view.row, view.column), offset) };
}

/** The plane through the middle of the heart; the picture's sides as radiographers are used to them. */
export function centralView(subject: Subject, kind: PlaneKind): View {
  const { heartCentre, lateral, inferior, longAxis } = subject;
  const [row, column] = pictureAxes(longAxis, subject.inPlaneAngleDegrees);
  const midline: Lps = [heartCentre[0] * 0.3, heartCentre[1] * 0.3, heartCentre[2]];
  const towardsBase = addScaled(heartCentre, longAxis, 12);
  switch (kind) {
    case 'sax':
      return { centre: addScaled(heartCentre, lateral, -14), row, column };
    case '2ch':
      return { centre: towardsBase, row: longAxis, column: inferior };
    case '3ch':
      return { centre: towardsBase, row: longAxis, column: unit(addScaled(scale(inferior, 0.75), lateral, 0.66)) };
    case '4ch':
      // Apex up, the patient's left on the viewer's right.
      return {
        centre: towardsBase,
        row: unit(addScaled(lateral, longAxis, -0.7)),
        column: unit(addScaled(longAxis, lateral, 0.7)),
      };
    case 'axial':
      return { centre: midline, row: [1, 0, 0], column: [0, 1, 0] };
    case 'coronal':
      return { centre: midline, row: [1, 0, 0], column: [0, 0, -1] };
    case 'sagittal':
      return { centre: heartCentre, row: [0, 1, 0], column: [0, 0, -1] };
    default:
      return kind satisfies never;
  }
}

/** The plane of a matrix around the centre of a view. */
export function placed({ centre, row, column }: View, matrix: Matrix): ImagePlane {
  const alongRow = -((matrix.columns - 1) / 2) * matrix.columnSpacingMm;
  const alongColumn = -((matrix.rows - 1) / 2) * matrix.rowSpacingMm;
  return {
    ...matrix,
    imagePositionPatient: addScaled(addScaled(centre, row, alongRow), column, alongColumn),
    rowCosines: row,
    columnCosines: column,
  };
}

/**
 * The same cut through the mirrored body, seen from the same side as a scanner shows it: the picture is the mirror
 * image. Sagittal planes keep the anterior side where it is.
 */
function mirroredPlane(plane: ImagePlane, kind: PlaneKind): ImagePlane {
  const reflect = ([x, y, z]: Lps): Lps => [-x, y, z];
  const reflected = {
    ...plane,
    imagePositionPatient: reflect(plane.imagePositionPatient),
    rowCosines: reflect(plane.rowCosines),
    columnCosines: reflect(plane.columnCosines),
  };
  return kind === 'sagittal' ? reflected : reorientPlane(reflected, correctionFor(observed('001')));
}
