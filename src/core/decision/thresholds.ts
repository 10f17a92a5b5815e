/** Where the policy draws its lines. Recorded with every decision. */
export interface DecisionThresholds {
  /** Pooled probability from which the picture is sure: it can then contradict a header. */
  readonly pictureSure: number;
  /** Fused probability from which a code is acted on. */
  readonly fusedSure: number;
  /** Pooled probability below which the picture rejects a code, whatever the header says. */
  readonly reject: number;
  /** Pooled short-axis score below which a series is left alone. */
  readonly sax: number;
  /** |side| from which the header knows the side. Short axes of real patients: .97 and more; long axes: up to .61. */
  readonly sideStrong: number;
  /** Pooled probability from which the picture alone is acted on where geometry is missing and a person asked for it. */
  readonly missingGeometry: number;
  /** Pooled short-axis score from which that is done: no header is there to tell a scout by its plane. */
  readonly missingGeometrySax: number;
  /** Distance from the 45° border within which a quarter turn between picture and header is no contradiction. */
  readonly borderDegrees: number;
  /** A picture on the right side whose columns lie this near to *down* is standard enough. */
  readonly leaveAloneDegrees: number;
  /** In-plane angle beyond which a picture is harmful: no settled neighbour is followed so far. */
  readonly harmDegrees: number;
  /** With fewer slice positions a code is acted on only where the header agrees. */
  readonly minimumSlicePositions: number;
}

export const DEFAULT_THRESHOLDS: DecisionThresholds = {
  pictureSure: 0.95,
  fusedSure: 0.9,
  reject: 0.02,
  sax: 0.5,
  sideStrong: 0.85,
  missingGeometry: 0.95,
  missingGeometrySax: 0.85,
  borderDegrees: 25,
  leaveAloneDegrees: 50,
  harmDegrees: 60,
  minimumSlicePositions: 3,
};

/** What a site chooses for the cases that are not clear. */
export interface DecisionSettings {
  readonly onUncertain: 'pass-through' | 'hold-for-review';
  readonly onContradiction: 'pass-through' | 'hold-for-review';
  /** `standardize` acts on the picture alone: meant for the command line, where a person asked for it. */
  readonly onMissingGeometry: 'pass-through' | 'hold-for-review' | 'standardize';
}

export const DEFAULT_SETTINGS: DecisionSettings = {
  onUncertain: 'pass-through',
  onContradiction: 'pass-through',
  onMissingGeometry: 'pass-through',
};
