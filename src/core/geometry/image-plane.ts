import { type Correction, stepsOf } from '../orientation/d4.ts';
import { addScaled, cross, dot, type Lps, length, scale } from './vector.ts';

/**
 * Where a matrix of pixels lies in the patient (PS3.3 C.7.6.2.1.1). The first triplet of Image Orientation (Patient) is
 * `rowCosines`, the direction along a row (growing column index); the **second** value of Pixel Spacing,
 * `columnSpacingMm`, goes with it.
 */
export interface ImagePlane {
  /** LPS millimetres of the **centre** of the first pixel. */
  readonly imagePositionPatient: Lps;
  readonly rowCosines: Lps;
  readonly columnCosines: Lps;
  /** Distance between rows: first value of Pixel Spacing, millimetres. */
  readonly rowSpacingMm: number;
  /** Distance between columns: second value of Pixel Spacing, millimetres. */
  readonly columnSpacingMm: number;
  readonly rows: number;
  readonly columns: number;
}

/** Greatest departure of a direction cosine vector from length one that real headers show. */
export const COSINE_LENGTH_TOLERANCE = 1e-2;
/** Greatest dot product of row and column cosines that still counts as perpendicular. */
export const PERPENDICULAR_TOLERANCE = 1e-2;
/** Greatest distance, in millimetres, by which a sample may move when a rewritten header is rounded to DS values. */
export const SAMPLE_TOLERANCE_MM = 1e-3;

export type PlaneFault = { readonly attribute: string; readonly fault: string };

/** What is wrong with a plane, or undefined where nothing is. */
export function planeFault(plane: ImagePlane): PlaneFault | undefined {
  const { rowCosines, columnCosines, imagePositionPatient } = plane;
  if (![...rowCosines, ...columnCosines].every(Number.isFinite)) {
    return { attribute: 'ImageOrientationPatient', fault: 'is not six finite numbers' };
  }
  if (!imagePositionPatient.every(Number.isFinite)) {
    return { attribute: 'ImagePositionPatient', fault: 'is not three finite numbers' };
  }
  if (
    Math.abs(length(rowCosines) - 1) > COSINE_LENGTH_TOLERANCE ||
    Math.abs(length(columnCosines) - 1) > COSINE_LENGTH_TOLERANCE
  ) {
    return { attribute: 'ImageOrientationPatient', fault: 'has direction cosines that are not of length one' };
  }
  if (Math.abs(dot(rowCosines, columnCosines)) > PERPENDICULAR_TOLERANCE) {
    return { attribute: 'ImageOrientationPatient', fault: 'has rows and columns that are not perpendicular' };
  }
  if (!(plane.rowSpacingMm > 0 && plane.columnSpacingMm > 0 && plane.rowSpacingMm + plane.columnSpacingMm < 1e4)) {
    return { attribute: 'PixelSpacing', fault: 'is not two positive numbers' };
  }
  return undefined;
}

/** Centre of pixel (columnIndex, rowIndex), zero-based, in LPS millimetres. PS3.3 Equation C.7.6.2.1-1. */
export function pixelCentreLps(plane: ImagePlane, columnIndex: number, rowIndex: number): Lps {
  const alongRow = addScaled(plane.imagePositionPatient, plane.rowCosines, columnIndex * plane.columnSpacingMm);
  return addScaled(alongRow, plane.columnCosines, rowIndex * plane.rowSpacingMm);
}

/** row × column, towards growing slice positions in LPS. A mirror reverses it. */
export function sliceNormal(plane: ImagePlane): Lps {
  return cross(plane.rowCosines, plane.columnCosines);
}

/**
 * The plane of the same samples after `correction` was applied to the stored matrix: every sample keeps its patient
 * coordinate. Steps in the order transpose, vertical, horizontal, each on the values that the one before left.
 */
export function reorientPlane(plane: ImagePlane, correction: Correction): ImagePlane {
  const { transpose, vertical, horizontal } = stepsOf(correction);
  let turned = plane;
  if (transpose) {
    turned = {
      imagePositionPatient: turned.imagePositionPatient,
      rowCosines: turned.columnCosines,
      columnCosines: turned.rowCosines,
      rowSpacingMm: turned.columnSpacingMm,
      columnSpacingMm: turned.rowSpacingMm,
      rows: turned.columns,
      columns: turned.rows,
    };
  }
  if (vertical) {
    turned = {
      ...turned,
      imagePositionPatient: pixelCentreLps(turned, 0, turned.rows - 1),
      columnCosines: scale(turned.columnCosines, -1),
    };
  }
  if (horizontal) {
    turned = {
      ...turned,
      imagePositionPatient: pixelCentreLps(turned, turned.columns - 1, 0),
      rowCosines: scale(turned.rowCosines, -1),
    };
  }
  return turned;
}
