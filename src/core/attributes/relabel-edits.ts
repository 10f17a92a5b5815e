import { NodeError } from '../errors.ts';
import { type ImagePlane, type PlaneFault, reorientPlane } from '../geometry/image-plane.ts';
import { type Correction, compose, type OrientationCode, stepsOf } from '../orientation/d4.ts';
import type { AttributeEdit } from './attribute-edit.ts';
import type { AttributeReader } from './attribute-reader.ts';
import { isPlaneFault, readImagePlane } from './read-plane.ts';
import { reorientDirections } from './reorient-edits.ts';

/** By how much of itself a side of the field of view may differ where Pixel Spacing is swapped: rounding of headers. */
export const FIELD_OF_VIEW_TOLERANCE = 1e-4;

/**
 * The plane of pixels that were turned by `operation` while their header was not: the header describes the matrix as it
 * was before, so that the steps of DESIGN §3 begin with the size before and end with the size that is stored.
 */
export function relabelPlane(plane: ImagePlane, operation: Correction): ImagePlane {
  return reorientPlane(before(plane, operation), operation);
}

/** Rows and columns as the header's other attributes know them: exchanged where the operation transposed. */
function before(plane: ImagePlane, operation: Correction): ImagePlane {
  return stepsOf(operation).transpose ? { ...plane, rows: plane.columns, columns: plane.rows } : plane;
}

/**
 * Why a plane cannot be relabelled; undefined where it can. Pixel Spacing is swapped by a transpose: where the field of
 * view is another one then, nobody knows which spacing is the true one.
 */
export function relabelFault(plane: ImagePlane, operation: Correction): PlaneFault | undefined {
  if (!stepsOf(operation).transpose) return undefined;
  const { rows, columns, rowSpacingMm, columnSpacingMm } = plane;
  const stored = [rows * rowSpacingMm, columns * columnSpacingMm].sort((a, b) => a - b) as [number, number];
  const swapped = [rows * columnSpacingMm, columns * rowSpacingMm].sort((a, b) => a - b) as [number, number];
  const fits = stored.every((side, i) => Math.abs((swapped[i] as number) - side) <= FIELD_OF_VIEW_TOLERANCE * side);
  return fits ? undefined : { attribute: 'PixelSpacing', fault: 'swapped would give another field of view' };
}

/**
 * The header as it would have been, had it been turned with its pixels by `operation`: a person asserts that it was
 * not. The pixels, and what is drawn on them, stay. This moves anatomy in patient space.
 * @param correction done to the header after that, in one step: nothing is rounded twice
 * @throws NodeError cannot-reorient
 */
export function relabelEdits(
  header: AttributeReader,
  operation: Correction,
  correction: OrientationCode = '000',
): AttributeEdit[] {
  const plane = readImagePlane(header);
  if (isPlaneFault(plane)) throw cannot(plane);
  const fault = relabelFault(plane, operation);
  if (fault !== undefined) throw cannot(fault);
  return reorientDirections(header, before(plane, operation), compose(operation, correction) as Correction);
}

function cannot({ attribute, fault }: PlaneFault): NodeError {
  return new NodeError('cannot-reorient', `no other geometry can be asserted: ${attribute} ${fault}`, {
    subject: { attribute },
  });
}
