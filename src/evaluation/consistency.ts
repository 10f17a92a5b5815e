import { bestOf } from '../core/decision/fusion.ts';
import { ORIENTATION_CODES, type OrientationCode } from '../core/orientation/d4.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import { turnedImage, turnedPrediction } from './turned-picture.ts';

/** What becomes of the answer when the picture is turned. */
export interface Consistency {
  readonly pictures: number;
  /** Share of the seven turned copies of each picture whose code is the composed one, or as probable. */
  readonly sameCode: number;
  /** Greatest difference between a probability, or the short-axis score, and the one that was to be expected. */
  readonly greatestDifference: number;
  /** In degrees, where the model gives an angle. */
  readonly greatestAngleDifference: number | undefined;
  /** Turning a picture turns the answer and changes nothing else. */
  readonly exact: boolean;
}

/** Probabilities that differ by no more are equal: what is left is the order of sums. */
export const EXACT_TOLERANCE = 1e-5;
const EXACT_DEGREES = 1e-3;

/** Of an empty picture every code is as probable as the others: which of equal ones is named first means nothing. */
function isBest(code: OrientationCode, { probabilities }: SlicePrediction): boolean {
  const own = probabilities[ORIENTATION_CODES.indexOf(code)] ?? 0;
  return own >= Math.max(...probabilities) - EXACT_TOLERANCE;
}

/** Turns every picture into its eight copies and compares what is said of them. */
export async function consistencyOf(
  pictures: readonly GreyImage[],
  classify: (images: readonly GreyImage[]) => Promise<readonly SlicePrediction[]>,
): Promise<Consistency | undefined> {
  if (pictures.length === 0) return undefined;
  let same = 0;
  let greatestDifference = 0;
  let angles: number | undefined;
  for (const picture of pictures) {
    const [stored, ...turned] = await classify(ORIENTATION_CODES.map((code) => turnedImage(picture, code)));
    for (const [i, found] of turned.entries()) {
      const code = ORIENTATION_CODES[i + 1];
      if (stored === undefined || code === undefined) continue;
      const expected = turnedPrediction(stored, code);
      if (isBest(bestOf(found.probabilities).code, expected)) same += 1;
      const pairs = found.probabilities.map((value, at) => [value, expected.probabilities[at] ?? 0] as const);
      const differences = [...pairs, [found.sax ?? 0, expected.sax ?? 0] as const].map(([a, b]) => Math.abs(a - b));
      greatestDifference = Math.max(greatestDifference, ...differences);
      if (found.angleDegrees !== undefined && expected.angleDegrees !== undefined) {
        angles = Math.max(angles ?? 0, Math.abs(found.angleDegrees - expected.angleDegrees));
      }
    }
  }
  const sameCode = same / (pictures.length * (ORIENTATION_CODES.length - 1));
  return {
    pictures: pictures.length,
    sameCode,
    greatestDifference,
    greatestAngleDifference: angles,
    exact: sameCode === 1 && greatestDifference <= EXACT_TOLERANCE && (angles ?? 0) <= EXACT_DEGREES,
  };
}
