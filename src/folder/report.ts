import type { DecisionKind } from '../core/decision/decision.ts';
import type { Flag } from '../core/decision/flags.ts';
import type { OrientationCode } from '../core/orientation/d4.ts';
import type { SliceQuality } from '../core/orientation/slice-quality.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';

/** What was found about a folder and done with it. Programs read this: what is not known is null, never left out. */
export interface FolderReport {
  readonly series: readonly SeriesReport[];
  readonly inputs: readonly InputReport[];
}

export interface SeriesReport {
  /** Null for a NIfTI volume, which has no UID. */
  readonly seriesInstanceUid: string | null;
  /** Series with the same number were decided together; null for what was not eligible. */
  readonly stackGroup: number | null;
  readonly kind: SequenceKind;
  /** `observe` for a dry run. */
  readonly mode: 'observe' | 'standardize';
  readonly decision: DecisionKind;
  readonly flags: readonly Flag[];
  readonly reason: string;
  readonly observedCode: OrientationCode | null;
  readonly correction: OrientationCode | null;
  /** Picture and header together where both had a say, else the picture; in the order of ORIENTATION_CODES. */
  readonly probabilities: readonly number[] | null;
  /** Of the stack, as it was compared with the threshold: the mean of the better half of its slice positions. */
  readonly sax: number | null;
  /**
   * In-plane angle of the anatomy in the picture as corrected by `observedCode`, by the picture's own word: against
   * *down*, counter-clockwise positive.
   */
  readonly angleDegrees: number | null;
  readonly header: { readonly code: OrientationCode; readonly angleDegrees: number; readonly side: number } | null;
  /** Every file of an eligible series; every slice of a NIfTI volume. */
  readonly slices: readonly SliceReport[];
}

export interface SliceReport {
  /** Relative to the folder that was read. */
  readonly file: string;
  readonly sopInstanceUid: string | null;
  /** Of the slice, or the mean of its slice position where other phases of it were recognised. */
  readonly probabilities: readonly number[] | null;
  readonly sax: number | null;
  /** The same angle as corrected by the slice's own most probable code. */
  readonly angleDegrees: number | null;
  /** What the slice most probably shows of the heart. */
  readonly quality: SliceQuality | null;
}

export interface InputReport {
  readonly file: string;
  /** Relative to the folder that was written; null where nothing was written for this file. */
  readonly output: string | null;
  readonly reason: string;
}
