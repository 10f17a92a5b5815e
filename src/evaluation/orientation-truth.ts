import { DEFAULT_THRESHOLDS } from '../core/decision/thresholds.ts';
import type { OrientationCode } from '../core/orientation/d4.ts';
import { type HeaderOpinion, headerOpinion } from '../core/orientation/header-opinion.ts';
import { angleUnder } from '../core/orientation/relation.ts';
import type { LabelledPicture } from '../labelled/labelled-picture.ts';

/** What is known of the orientation of one labelled picture. */
export interface OrientationTruth {
  readonly code: OrientationCode;
  /** In-plane angle of the picture corrected by `code` against *down*, counter-clockwise positive; undefined where nobody knows. */
  readonly angleDegrees: number | undefined;
  /** As a person labelled it. */
  readonly nearBorder: boolean | undefined;
}

/** A picture further off than this is harmful; a label that the header puts so far off is no truth to measure angles by. */
export const HARM_DEGREES = DEFAULT_THRESHOLDS.harmDegrees;

/** |side| from which a plane surely is a short axis, and its header a truth: those of real patients begin at .97. */
const LEAST_SIDE = 0.95;

/** The header's opinion on a labelled picture, where its plane surely is a short axis. */
export function strongHeader({ plane }: Pick<LabelledPicture, 'plane'>): HeaderOpinion | undefined {
  const header = plane === undefined ? undefined : headerOpinion(plane);
  return header !== undefined && Math.abs(header.side) >= LEAST_SIDE ? header : undefined;
}

/**
 * The label's code or else the header's, with the label's angle or else the header's. Undefined for pictures that are no
 * short axis, or of which nobody said the code.
 */
export function orientationTruth(
  picture: Pick<LabelledPicture, 'code' | 'shortAxis' | 'nearBorder' | 'angleDegrees' | 'plane'>,
): OrientationTruth | undefined {
  if (picture.shortAxis === false) return undefined;
  const header = strongHeader(picture);
  const code = picture.code ?? header?.code;
  if (code === undefined) return undefined;
  const angleDegrees = picture.angleDegrees ?? headerAngle(header, code);
  return { code, angleDegrees, nearBorder: picture.nearBorder };
}

/** The label says one thing and the header another, further off than is harmless: one of them is wrong. */
export function contradictsHeader(picture: Pick<LabelledPicture, 'code' | 'shortAxis' | 'plane'>): boolean {
  const header = strongHeader(picture);
  if (header === undefined || picture.code === undefined || picture.shortAxis === false) return false;
  return headerAngle(header, picture.code) === undefined;
}

function headerAngle(header: HeaderOpinion | undefined, code: OrientationCode): number | undefined {
  const degrees = header === undefined ? undefined : angleUnder(header, code);
  return degrees !== undefined && Math.abs(degrees) <= HARM_DEGREES ? degrees : undefined;
}
