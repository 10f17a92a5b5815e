import type { ActPreview, DecidedAct } from '../../api/reviews.ts';
import type { EdgeLetters } from '../../api/words.ts';
import type { OrientationCode } from '../../core/orientation/d4.ts';
import type { ReviewAct } from '../../core/review/review-acts.ts';

/** A series as the person saw it. */
export interface ChosenSeries {
  readonly id: number;
  /** `version` of the series that was shown: an act on another one is refused. */
  readonly version: string;
  /** For the person, never for the node: number, description, patient. */
  readonly label: string;
}

export interface Intent {
  readonly act: ReviewAct;
  /** What the picture shows; for `overrule`. */
  readonly code?: OrientationCode | undefined;
}

export const LEAST_REASON = 3;
export const MOST_REASON = 500;
/** As many as the node takes in one act. */
export const MOST_SERIES = 500;

/** The order for these series; the letters only where the act has to have them confirmed. */
export function orderFor(
  { act, code }: Intent,
  series: readonly ChosenSeries[],
): Omit<DecidedAct, 'because' | 'confirmedLetters'> {
  return {
    act,
    ...(code === undefined ? {} : { code }),
    series: series.map(({ id, version }) => ({ id, version })),
  };
}

/** Letters that all pictures will have; undefined where they differ or one has none. */
export function lettersToConfirm(previews: readonly ActPreview[]): EdgeLetters | undefined {
  const [first, ...others] = previews.map(({ after }) => after?.letters ?? undefined);
  return first !== undefined && others.every((other) => other !== undefined && sameLetters(first, other))
    ? first
    : undefined;
}

/** Whether what a person typed names the letters; case and blanks do not matter. */
export function sameLetters(one: EdgeLetters, other: EdgeLetters): boolean {
  return (['top', 'right', 'bottom', 'left'] as const).every(
    (edge) => one[edge].trim().toUpperCase() === other[edge].trim().toUpperCase(),
  );
}
