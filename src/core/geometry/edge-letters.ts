import type { PictureFrame } from './frame.ts';
import { type Lps, scale } from './vector.ts';

/** Towards what of the patient a picture's edges lie: R L A P H F, the strongest direction first. */
export interface EdgeLetters {
  readonly top: string;
  readonly right: string;
  readonly bottom: string;
  readonly left: string;
}

/** Directions whose cosine is smaller are not named beside a stronger one: 15 degrees from lying across. */
export const LEAST_NAMED_COSINE = 0.25;

/** Letter of the positive and of the negative direction of each LPS axis. */
const LETTERS = [
  ['L', 'R'],
  ['P', 'A'],
  ['H', 'F'],
] as const;

/**
 * The letters at the four edges of a picture with these direction cosines (PS3.3 C.7.6.1.1.1, biped). A row runs
 * towards the right edge, a column towards the bottom. The strongest direction always has its letter.
 */
export function edgeLetters({ rowCosines, columnCosines }: PictureFrame): EdgeLetters {
  return {
    top: lettersTowards(scale(columnCosines, -1)),
    right: lettersTowards(rowCosines),
    bottom: lettersTowards(columnCosines),
    left: lettersTowards(scale(rowCosines, -1)),
  };
}

/** Of directions that are equally strong, the first axis goes first: opposite edges name them in one order. */
function lettersTowards(direction: Lps): string {
  return direction
    .map((cosine, axis) => ({ strength: Math.abs(cosine), letter: LETTERS[axis]![cosine > 0 ? 0 : 1] }))
    .sort((one, other) => other.strength - one.strength)
    .filter(({ strength }, rank) => rank === 0 || strength >= LEAST_NAMED_COSINE)
    .map(({ letter }) => letter)
    .join('');
}
