/** What the recogniser says of one slice. */
export interface SlicePrediction {
  /** Calibrated, in the order of ORIENTATION_CODES, adding up to one: what was done to the standard picture. */
  readonly probabilities: readonly number[];
  /** 0…1: how much the picture looks like a short-axis slice of a heart. */
  readonly sax: number;
  /** In-plane angle in degrees of the corrected picture against *down*, counter-clockwise positive, where the model gives one. */
  readonly angleDegrees?: number;
}

/** The model whose word a prediction is, as it is put on record. */
export interface ModelIdentity {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the weights, hexadecimal. */
  readonly sha256: string;
  /** ONNX Runtime execution provider in use, for example `cpu` or `cuda`. */
  readonly provider: string;
}
