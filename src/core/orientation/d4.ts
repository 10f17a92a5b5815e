/**
 * The eight orientations of a picture: the dihedral group D4 in the code of Zhang & Zhuang 2021, Table 1.
 *
 * A code is three bits `t v h`: first transpose if t, then flip vertically if v, then flip horizontally if h. It names
 * what was done **to** the standard picture to obtain the picture at hand. Table 1's corner pictures are the truth; its
 * printed coordinate formulas for 101 and 110 are exchanged (see src/decisions/0001-meaning-of-the-eight-codes.md).
 */
export const ORIENTATION_CODES = ['000', '001', '010', '011', '100', '101', '110', '111'] as const;
export type OrientationCode = (typeof ORIENTATION_CODES)[number];

declare const role: unique symbol;
/** What was done to the standard picture: what a classifier or a header tells. */
export type ObservedOrientation = OrientationCode & { readonly [role]: 'observed' };
/** What is done to a picture to make it standard: the inverse of what was observed. */
export type Correction = OrientationCode & { readonly [role]: 'correction' };

interface Bits {
  readonly transpose: boolean;
  readonly vertical: boolean;
  readonly horizontal: boolean;
}

/** The three steps of a code, in the order in which they are applied. */
export function stepsOf(code: OrientationCode): Bits {
  return { transpose: code[0] === '1', vertical: code[1] === '1', horizontal: code[2] === '1' };
}

function codeOf({ transpose, vertical, horizontal }: Bits): OrientationCode {
  return `${transpose ? 1 : 0}${vertical ? 1 : 0}${horizontal ? 1 : 0}` as OrientationCode;
}

/** The code of doing `first` and then `second`. Not XOR: a transpose exchanges the two flips before it. */
export function compose(first: OrientationCode, second: OrientationCode): OrientationCode {
  const a = stepsOf(first);
  const b = stepsOf(second);
  return codeOf({
    transpose: a.transpose !== b.transpose,
    vertical: (b.transpose ? a.horizontal : a.vertical) !== b.vertical,
    horizontal: (b.transpose ? a.vertical : a.horizontal) !== b.horizontal,
  });
}

/** The code that undoes `code`. Only 101 and 110 are not their own inverse. */
export function inverse(code: OrientationCode): OrientationCode {
  const { transpose, vertical, horizontal } = stepsOf(code);
  return transpose ? codeOf({ transpose, vertical: horizontal, horizontal: vertical }) : code;
}

/** True for a mirror: an odd number of set bits, which reverses row × column. */
export function isMirror(code: OrientationCode): boolean {
  const { transpose, vertical, horizontal } = stepsOf(code);
  return (Number(transpose) + Number(vertical) + Number(horizontal)) % 2 === 1;
}

export function isOrientationCode(text: string): text is OrientationCode {
  return (ORIENTATION_CODES as readonly string[]).includes(text);
}

export function observed(code: OrientationCode): ObservedOrientation {
  return code as ObservedOrientation;
}

/** The only bridge from what was seen to what is done. */
export function correctionFor(orientation: ObservedOrientation): Correction {
  return inverse(orientation) as OrientationCode as Correction;
}

/** The bridge back, for a Correction that a person chose. */
export function observedFor(correction: Correction): ObservedOrientation {
  return inverse(correction) as OrientationCode as ObservedOrientation;
}

/**
 * What was done to a picture that showed `first` where it shows `then` now; to be done to its plane as a correction is.
 * Never 000 where the two differ.
 */
export function operationBetween(first: ObservedOrientation, then: ObservedOrientation): Correction {
  return compose(inverse(first), then) as OrientationCode as Correction;
}

/**
 * Zero-based source pixel of target pixel (x, y) after `code` was applied to a source of `columns` × `rows`.
 * x is the column index and y the row index; a code 1xx has `rows` columns and `columns` rows.
 */
export function sourceIndex(
  code: OrientationCode,
  target: { readonly x: number; readonly y: number },
  source: { readonly columns: number; readonly rows: number },
): { x: number; y: number } {
  const { transpose, vertical, horizontal } = stepsOf(code);
  const targetColumns = transpose ? source.rows : source.columns;
  const targetRows = transpose ? source.columns : source.rows;
  const x = horizontal ? targetColumns - 1 - target.x : target.x;
  const y = vertical ? targetRows - 1 - target.y : target.y;
  return transpose ? { x: y, y: x } : { x, y };
}
