import { chosenPhases, instancesToClassify } from '../app/classify-stack.ts';
import { evidenceOf, type InstanceEvidence } from '../app/series-evidence.ts';
import type { DecisionReason } from '../core/decision/decision.ts';
import { bestOf } from '../core/decision/fusion.ts';
import { decide } from '../core/decision/policy.ts';
import type { PositionedPrediction } from '../core/decision/pooling.ts';
import type { DecisionSettings, DecisionThresholds } from '../core/decision/thresholds.ts';
import type { OrientationCode } from '../core/orientation/d4.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import { gathered } from './breakdown.ts';
import { type Verdict, verdictOn } from './harm.ts';
import type { JudgedSlice } from './judged-slice.ts';
import type { OrientationTruth } from './orientation-truth.ts';

/** Whether a series is decided with its geometry, or as if its header had none. */
export const BASES = ['geometry', 'picture'] as const;
export type Basis = (typeof BASES)[number];

export interface SeriesRules {
  readonly thresholds: DecisionThresholds;
  readonly settings: DecisionSettings;
  readonly correlation: number;
  readonly phasesPerPosition: number;
}

/** What would become of one series, stored in one way. */
export interface SeriesOutcome {
  readonly basis: Basis;
  /** What was done to the series as it is stored in the folder before it was decided. */
  readonly turnedBy: OrientationCode;
  readonly truth: OrientationTruth | undefined;
  /** `left`: found to be standard already. Both are decisions; `refused` is none. */
  readonly fate: 'turned' | 'left' | 'refused';
  readonly reason: DecisionReason;
  readonly named: OrientationCode | undefined;
  /** Of the pooled picture, for its best code. */
  readonly probability: number | undefined;
  readonly sax: number | undefined;
  /** On the picture that goes out, where something was decided and the truth is known. */
  readonly verdict: Verdict | undefined;
}

/** As the product reads a header without geometry. */
const NO_PLANE: InstanceEvidence = {
  plane: undefined,
  planeFault: { attribute: 'ImageOrientationPatient', fault: 'is missing' },
  turnFault: undefined,
  duplicateUid: false,
};

/** Decides the slices of one series by the product's own evidence and policy. */
export function seriesOutcome(
  slices: readonly JudgedSlice[],
  rules: SeriesRules,
  { basis, turnedBy, kind }: Pick<SeriesOutcome, 'basis' | 'turnedBy'> & { readonly kind: SequenceKind },
): SeriesOutcome {
  const { instances, predictions } =
    basis === 'geometry'
      ? withGeometry(slices, rules.phasesPerPosition)
      : withoutGeometry(slices, rules.phasesPerPosition);
  const { correlation, thresholds, settings } = rules;
  const evidence = evidenceOf([{ kind, instances, predictions }], { correlation, settled: [] });
  const { decision, metricReason, observedCode } = decide(evidence, thresholds, settings);
  const truth = seriesTruth(slices);
  const fate = decision === 'standardize' ? 'turned' : metricReason === 'standard' ? 'left' : 'refused';
  const judged = truth !== undefined && fate !== 'refused' && observedCode !== undefined;
  return {
    basis,
    turnedBy,
    truth,
    fate,
    reason: metricReason,
    named: observedCode,
    probability: evidence.pooled === undefined ? undefined : bestOf(evidence.pooled.probabilities).probability,
    sax: evidence.pooled?.sax,
    verdict: judged ? verdictOn(observedCode, truth) : undefined,
  };
}

interface Recognised {
  readonly instances: readonly InstanceEvidence[];
  readonly predictions: readonly PositionedPrediction[];
}

/** As a series of DICOM instances. */
function withGeometry(slices: readonly JudgedSlice[], phasesPerPosition: number): Recognised {
  return {
    instances: slices.map(({ plane }) =>
      plane === undefined ? NO_PLANE : { ...NO_PLANE, plane, planeFault: undefined },
    ),
    predictions: instancesToClassify(slices, phasesPerPosition).map(({ instance, position }) => ({
      positionKey: position,
      prediction: instance.prediction,
    })),
  };
}

/** As a volume without a frame: the labels tell the positions, one instance each. */
function withoutGeometry(slices: readonly JudgedSlice[], phasesPerPosition: number): Recognised {
  const positions = gathered(slices, ({ position }) => position);
  return {
    instances: [...positions].map(() => NO_PLANE),
    predictions: [...positions].flatMap(([positionKey, phases]) =>
      chosenPhases(phases.length, phasesPerPosition).map((i) => ({
        positionKey,
        prediction: (phases[i] as JudgedSlice).prediction,
      })),
    ),
  };
}

/** Of the code that most of its slices have. */
export function seriesTruth(slices: readonly JudgedSlice[]): OrientationTruth | undefined {
  const truths = slices.flatMap(({ truth }) => truth ?? []);
  const count = (code: OrientationCode): number => truths.filter((truth) => truth.code === code).length;
  return truths.reduce<OrientationTruth | undefined>(
    (best, next) => (best === undefined || count(next.code) > count(best.code) ? next : best),
    undefined,
  );
}
