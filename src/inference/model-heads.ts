/** What a graph may give of one crop; all but the first may be missing. */
export const HEADS = ['logProbabilities', 'saxLogit', 'angleDegrees', 'kindLogits', 'qualityLogits'] as const;
export type HeadName = (typeof HEADS)[number];

/** One of the graph's outputs. */
export interface Head {
  readonly head: HeadName;
  /** What the graph calls it. */
  readonly graphName: string;
  /** Numbers for one crop. */
  readonly width: number;
}

/** The outputs of a model that are read, by its manifest. */
export function headsOf({
  outputs,
  labels,
  kinds = [],
  qualities = [],
}: {
  readonly outputs: Readonly<Partial<Record<HeadName, string | undefined>>>;
  readonly labels: readonly string[];
  readonly kinds?: readonly string[] | undefined;
  readonly qualities?: readonly string[] | undefined;
}): readonly Head[] {
  const widths: Readonly<Record<HeadName, number>> = {
    logProbabilities: labels.length,
    saxLogit: 1,
    // For each code, of the picture as corrected by it.
    angleDegrees: labels.length,
    kindLogits: kinds.length,
    qualityLogits: qualities.length,
  };
  return HEADS.flatMap((head) => {
    const graphName = outputs[head];
    return graphName === undefined ? [] : [{ head, graphName, width: widths[head] }];
  });
}

/** What the model gives for the crops of one picture: crops × width numbers of each head that it has. */
export type CropOutputs = Readonly<Partial<Record<HeadName, Float32Array>>> & {
  /** Crops × 8, in the model's own label order. */
  readonly logProbabilities: Float32Array;
};
