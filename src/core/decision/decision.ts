import type { PlaneFault } from '../geometry/image-plane.ts';
import type { Correction, ObservedOrientation } from '../orientation/d4.ts';
import type { HeaderOpinion } from '../orientation/header-opinion.ts';
import type { SettledOpinion } from '../orientation/settled-frame.ts';
import type { SequenceKind } from '../series/sequence-kind.ts';
import type { Flag } from './flags.ts';
import type { PooledOpinion } from './pooling.ts';

export const DECISION_KINDS = ['standardize', 'pass-through', 'hold-for-review'] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** Why, in one word: the `reason` label of the decision counter. */
export const DECISION_REASONS = [
  'turned',
  'standard',
  'not-eligible',
  'not-short-axis',
  'possible-situs-variant',
  'contradiction',
  'uncertain',
  'no-geometry',
  'few-slices',
  'cannot-reorient',
  'mixed-planes',
  'duplicate-uid',
  'classifier-failed',
  'reviewed',
] as const;
export type DecisionReason = (typeof DECISION_REASONS)[number];

/** All that is known about one stack when it is decided. */
export interface Evidence {
  readonly kind: SequenceKind;
  /** Number of different slice positions in the stack. */
  readonly positions: number;
  /** Undefined where the recogniser gave no answer. */
  readonly pooled: PooledOpinion | undefined;
  /** Undefined where geometry is missing or broken. */
  readonly header: HeaderOpinion | undefined;
  /** What is wrong with the geometry of any instance of the stack; then the header has no say. */
  readonly geometryFault?: PlaneFault;
  /** What an earlier series of the study in the same Frame of Reference settled on. */
  readonly settled?: SettledOpinion;
  /** Why an instance of the series must not or cannot be turned. */
  readonly unturnable?: { readonly attribute: string; readonly reason: string };
  /** The series holds differently oriented stacks. */
  readonly mixedPlanes: boolean;
  /** One SOP Instance UID arrived with different Pixel Data. */
  readonly duplicateUid: boolean;
}

/** The header's opinion, where geometry is whole in every instance. */
export function usableHeader({ header, geometryFault }: Evidence): HeaderOpinion | undefined {
  return geometryFault === undefined ? header : undefined;
}

/** What of the header's opinion goes on record. */
export type HeaderSummary = Pick<HeaderOpinion, 'code' | 'angleDegrees' | 'side' | 'geodesicDegrees'>;

/** What the picture's own in-plane angle tells about a decision; each only where it is known. Degrees. */
export interface PictureAngle {
  /**
   * In-plane angle of the picture as corrected by the decision's observed code, against *down*, counter-clockwise
   * positive; not there where a mirror stands between that code and the picture's own.
   */
  readonly angleDegrees?: number;
  /**
   * By how much the anatomy stands turned counter-clockwise by the picture's word more than by the header's, from -180
   * (exclusive) to 180; only where the header knows the side, and no mirror stands between the two.
   */
  readonly angleDifferenceDegrees?: number;
}

export interface Decision extends PictureAngle {
  readonly decision: DecisionKind;
  /** What the stack shows, as far as anybody can tell; for a series that is turned, what it is turned by. */
  readonly observedCode?: ObservedOrientation;
  /** Present where, and only where, `decision` is `standardize`; never 000. */
  readonly correction?: Correction;
  readonly flags: readonly Flag[];
  /** One or two plain sentences for a radiographer. */
  readonly reason: string;
  readonly metricReason: DecisionReason;
  /** Picture and header together, in the order of ORIENTATION_CODES. */
  readonly fused?: readonly number[];
  /** The stack's short-axis score that was compared with the thresholds, where the model gives one. */
  readonly sax?: number;
  readonly header?: HeaderSummary;
  readonly given?: GivenEvidence;
}

/** What of the evidence goes on record besides the header's opinion. */
export interface GivenEvidence {
  /** The pooled picture alone; null where the recogniser gave no answer. */
  readonly picture: {
    readonly probabilities: readonly number[];
    readonly code: ObservedOrientation;
    /** Slice positions of the stack. */
    readonly positions: number;
  } | null;
  readonly settled: SettledOpinion | null;
}
