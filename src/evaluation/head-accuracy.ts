import { type Proportion, proportion } from './intervals.ts';
import { type JudgedSlice, subjectOf } from './judged-slice.ts';

/** How well one of the model's other heads names what a label tells. */
export interface HeadAccuracy {
  /** The answers that the head or the labels know. */
  readonly labels: readonly string[];
  readonly overall: Proportion;
  readonly byLabel: readonly { readonly label: string; readonly accuracy: Proportion }[];
  /** Counts: a row for each label, a column for each answer. */
  readonly confusion: readonly (readonly number[])[];
}

/** Sequence kind, for slices of a kind that the model knows. */
export function kindAccuracy(slices: readonly JudgedSlice[]): HeadAccuracy | undefined {
  return headAccuracy(slices, ({ kind, prediction }) => ({ truth: kind, probabilities: prediction.kind }));
}

/** What the slice shows of the heart. */
export function qualityAccuracy(slices: readonly JudgedSlice[]): HeadAccuracy | undefined {
  return headAccuracy(slices, ({ quality, prediction }) => ({ truth: quality, probabilities: prediction.quality }));
}

interface Answer {
  readonly truth: string | undefined;
  readonly probabilities: Readonly<Partial<Record<string, number>>> | undefined;
}

/** Undefined where the model has no such head, or no slice a label that it knows. */
function headAccuracy(
  slices: readonly JudgedSlice[],
  answerOf: (slice: JudgedSlice) => Answer,
): HeadAccuracy | undefined {
  const answers = slices.flatMap((slice) => {
    const { truth, probabilities } = answerOf(slice);
    if (truth === undefined || probabilities?.[truth] === undefined) return [];
    return [
      { subject: subjectOf(slice), truth, named: mostProbable(probabilities), labels: Object.keys(probabilities) },
    ];
  });
  const [first] = answers;
  if (first === undefined) return undefined;
  const { labels } = first;
  const accuracyOf = (some: typeof answers): Proportion =>
    proportion(some.map(({ subject, truth, named }) => ({ subject, hit: truth === named })));
  return {
    labels,
    overall: accuracyOf(answers),
    byLabel: labels.map((label) => ({ label, accuracy: accuracyOf(answers.filter(({ truth }) => truth === label)) })),
    confusion: labels.map((label) =>
      labels.map((other) => answers.filter(({ truth, named }) => truth === label && named === other).length),
    ),
  };
}

function mostProbable(probabilities: Readonly<Partial<Record<string, number>>>): string | undefined {
  return Object.entries(probabilities).sort(([, a = 0], [, b = 0]) => b - a)[0]?.[0];
}
