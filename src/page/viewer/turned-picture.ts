import type { Picture } from '../../api/series-detail.ts';
import type { EdgeLetters } from '../../api/words.ts';
import { edgeLetters } from '../../core/geometry/edge-letters.ts';
import { type ImagePlane, reorientPlane } from '../../core/geometry/image-plane.ts';
import type { Lps } from '../../core/geometry/vector.ts';
import { type Correction, stepsOf } from '../../core/orientation/d4.ts';
import { reorientMatrix } from '../../core/pixels/reorient-frame.ts';
import type { DrawnSamples } from './drawn-samples.ts';

/** What a viewport has to know of a picture besides its samples. */
export interface PictureShape {
  readonly rows: number;
  readonly columns: number;
  /** Millimetres; relative to the width of a pixel where the header does not tell. */
  readonly rowSpacing: number;
  readonly columnSpacing: number;
  readonly inMillimetres: boolean;
  readonly letters: EdgeLetters | null;
}

export function shapeOf({ rows, columns, plane, pixelAspect, letters }: Picture): PictureShape {
  return {
    rows,
    columns,
    rowSpacing: plane?.rowSpacingMm ?? pixelAspect,
    columnSpacing: plane?.columnSpacingMm ?? 1,
    inMillimetres: plane !== null,
    letters,
  };
}

/** The shape and the letters that the picture has after `correction`: what would leave. */
export function turnedShape(picture: Picture, correction: Correction): PictureShape {
  const shape = shapeOf(picture);
  const plane = planeOf(picture);
  const { transpose } = stepsOf(correction);
  return {
    ...shape,
    ...(transpose
      ? {
          rows: shape.columns,
          columns: shape.rows,
          rowSpacing: shape.columnSpacing,
          columnSpacing: shape.rowSpacing,
        }
      : {}),
    letters: plane === undefined ? null : edgeLetters(reorientPlane(plane, correction)),
  };
}

/** The same samples after `correction`: each moves, none changes. */
export function turnedSamples(drawn: DrawnSamples, correction: Correction): DrawnSamples {
  const { samples } = drawn;
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const turned = reorientMatrix({ rows: drawn.rows, columns: drawn.columns, cellBytes: 2, bytes }, correction);
  return {
    ...drawn,
    rows: turned.rows,
    columns: turned.columns,
    samples: new Uint16Array(turned.bytes.buffer, turned.bytes.byteOffset, turned.bytes.byteLength / 2),
  };
}

/** A point relative to the middle of a picture: x to the right, y downwards. */
export interface Offset {
  readonly x: number;
  readonly y: number;
}

/** Where a point of the picture lies after `correction`. */
export function turnedOffset({ x, y }: Offset, correction: Correction): Offset {
  const { transpose, vertical, horizontal } = stepsOf(correction);
  const [across, down] = transpose ? [y, x] : [x, y];
  return { x: horizontal ? -across : across, y: vertical ? -down : down };
}

function planeOf({ plane, rows, columns }: Picture): ImagePlane | undefined {
  if (plane === null) return undefined;
  const triplet = (values: readonly number[]): Lps => values as unknown as Lps;
  return {
    ...plane,
    imagePositionPatient: triplet(plane.imagePositionPatient),
    rowCosines: triplet(plane.rowCosines),
    columnCosines: triplet(plane.columnCosines),
    rows,
    columns,
  };
}
