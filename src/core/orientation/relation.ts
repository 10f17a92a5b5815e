import { compose, inverse, isMirror, type OrientationCode } from './d4.ts';

/** How far apart two opinions on one picture are. */
export type Relation = 'same' | 'quarter-turn' | 'half-turn' | 'mirror';

/** Degrees by which a rotation turns the picture, counter-clockwise positive as seen; undefined for a mirror. */
export function rotationDegrees(code: OrientationCode): number | undefined {
  if (isMirror(code)) return undefined;
  if (code === '000') return 0;
  if (code === '011') return 180;
  return code === '110' ? 90 : -90;
}

/** What is left on the picture that was corrected as if it showed `assumed`, where in truth it shows `shown`. */
export function leftOver(shown: OrientationCode, assumed: OrientationCode): OrientationCode {
  return compose(shown, inverse(assumed));
}

export function relationOf(one: OrientationCode, other: OrientationCode): Relation {
  const degrees = rotationDegrees(leftOver(one, other));
  if (degrees === undefined) return 'mirror';
  if (degrees === 0) return 'same';
  return degrees === 180 ? 'half-turn' : 'quarter-turn';
}

/** `degrees` in the range from -180 (exclusive) to 180. */
export function wrapDegrees(degrees: number): number {
  const turned = ((degrees % 360) + 360) % 360;
  return turned > 180 ? turned - 360 : turned;
}

/**
 * The in-plane angle that an opinion (`code` leaves `angleDegrees`) gives to the picture that is corrected as if it
 * showed `other` instead; undefined where a mirror stands between the two.
 */
export function angleUnder(
  opinion: { readonly code: OrientationCode; readonly angleDegrees: number },
  other: OrientationCode,
): number | undefined {
  const degrees = rotationDegrees(leftOver(opinion.code, other));
  return degrees === undefined ? undefined : wrapDegrees(opinion.angleDegrees + degrees);
}
