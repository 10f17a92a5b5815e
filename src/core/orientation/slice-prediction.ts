import type { SequenceKind } from '../series/sequence-kind.ts';
import type { SliceQuality } from './slice-quality.ts';

/** What the recogniser says of one slice: orientation always, the rest where the model has a head for it. */
export interface SlicePrediction {
  /** Calibrated, in the order of ORIENTATION_CODES, adding up to one: what was done to the standard picture. */
  readonly probabilities: readonly number[];
  /** 0…1: how much the picture looks like a short-axis slice of a heart. */
  readonly sax?: number;
  /**
   * In-plane angle in degrees of the picture as corrected by its most probable code, against *down*, counter-clockwise
   * positive.
   */
  readonly angleDegrees?: number;
  /** Probabilities of the sequence kinds that the model knows, adding up to one. */
  readonly kind?: KindProbabilities;
  /** Probabilities of what the slice shows of the heart, adding up to one. */
  readonly quality?: QualityProbabilities;
}

export type KindProbabilities = Readonly<Partial<Record<SequenceKind, number>>>;
export type QualityProbabilities = Readonly<Partial<Record<SliceQuality, number>>>;

/** The model whose word a prediction is, as it is put on record. */
export interface ModelIdentity {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the weights, hexadecimal. */
  readonly sha256: string;
  /** SHA-256 of the manifest, which holds calibration and thresholds; hexadecimal. */
  readonly manifestSha256?: string;
  /** ONNX Runtime execution provider in use, for example `cpu` or `cuda`. */
  readonly provider: string;
  /** What the model may be used for, where its licence sets a limit. */
  readonly usage?: string;
}
