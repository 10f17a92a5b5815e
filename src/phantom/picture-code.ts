import { type ImagePlane, reorientPlane } from '../core/geometry/image-plane.ts';
import { correctionFor, inverse, type OrientationCode, observed, sourceIndex } from '../core/orientation/d4.ts';

/** A matrix of samples or labels, row by row, and where it lies. */
export interface PlacedMatrix<Samples> {
  readonly plane: ImagePlane;
  readonly samples: Samples;
}

/** What was done to the standard picture: the operation `code` on the stored matrix; every sample keeps its place. */
export function applyCode<Samples extends Uint8Array | Uint16Array | Float32Array>(
  { plane, samples }: PlacedMatrix<Samples>,
  code: OrientationCode,
): PlacedMatrix<Samples> {
  const turned = planeAfter(plane, code);
  const target = new (samples.constructor as new (length: number) => Samples)(samples.length);
  for (let y = 0; y < turned.rows; y++) {
    for (let x = 0; x < turned.columns; x++) {
      const source = sourceIndex(code, { x, y }, plane);
      target[y * turned.columns + x] = samples[source.y * plane.columns + source.x]!;
    }
  }
  return { plane: turned, samples: target };
}

/** The plane of the same samples after the operation `code`. A correction is an operation: that of the inverse code. */
function planeAfter(plane: ImagePlane, code: OrientationCode): ImagePlane {
  return reorientPlane(plane, correctionFor(observed(inverse(code))));
}

/** The header of a picture that was turned without it: only what must fit the matrix is exchanged. */
export function lyingPlane(standard: ImagePlane, turned: ImagePlane): ImagePlane {
  return {
    ...standard,
    rows: turned.rows,
    columns: turned.columns,
    rowSpacingMm: turned.rowSpacingMm,
    columnSpacingMm: turned.columnSpacingMm,
  };
}
