import { reorientPlane } from '../core/geometry/image-plane.ts';
import {
  type Correction,
  compose,
  correctionFor,
  inverse,
  ORIENTATION_CODES,
  type OrientationCode,
  observed,
  stepsOf,
} from '../core/orientation/d4.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import { reorientMatrix } from '../core/pixels/reorient-frame.ts';
import { type JudgedSlice, withPrediction } from './judged-slice.ts';

const BYTES_PER_SAMPLE = Float32Array.BYTES_PER_ELEMENT;

/** The picture after `code` was done to it. */
export function turnedImage(image: GreyImage, code: OrientationCode): GreyImage {
  const { rows, columns, rowSpacingMm, columnSpacingMm } = image;
  const bytes = new Uint8Array(Float32Array.from(image.samples).buffer);
  const turned = reorientMatrix({ rows, columns, cellBytes: BYTES_PER_SAMPLE, bytes }, doing(code));
  const { transpose } = stepsOf(code);
  return {
    rows: turned.rows,
    columns: turned.columns,
    rowSpacingMm: transpose ? columnSpacingMm : rowSpacingMm,
    columnSpacingMm: transpose ? rowSpacingMm : columnSpacingMm,
    samples: new Float32Array(turned.bytes.buffer, turned.bytes.byteOffset, rows * columns),
  };
}

/** What an exactly equivariant recogniser says of the picture after `code` was done to it. */
export function turnedPrediction(prediction: SlicePrediction, code: OrientationCode): SlicePrediction {
  const probabilities = ORIENTATION_CODES.map(
    (seen) => prediction.probabilities[ORIENTATION_CODES.indexOf(compose(seen, inverse(code)))] as number,
  );
  return { ...prediction, probabilities };
}

/** The slice after `code` was done to it and honestly to its header, with what was said of the turned picture. */
export function turnedSlice(slice: JudgedSlice, code: OrientationCode, prediction: SlicePrediction): JudgedSlice {
  const { truth, plane } = slice;
  return withPrediction(
    {
      ...slice,
      truth: truth === undefined ? undefined : { ...truth, code: compose(truth.code, code) },
      plane: plane === undefined ? undefined : reorientPlane(plane, doing(code)),
    },
    prediction,
  );
}

/** The operation itself, in the type of what is done to a picture. */
function doing(code: OrientationCode): Correction {
  return correctionFor(observed(inverse(code)));
}
