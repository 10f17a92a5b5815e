import type { Decision } from '../core/decision/decision.ts';
import { decide } from '../core/decision/policy.ts';
import type { PositionedPrediction } from '../core/decision/pooling.ts';
import { messageOf } from '../core/errors.ts';
import type { PictureFrame } from '../core/geometry/frame.ts';
import { observed } from '../core/orientation/d4.ts';
import { type RouteChoices, routeFor } from '../core/routing/route.ts';
import { decidedInStudy, decisionById, type SettledSeries } from '../store/decisions.ts';
import { type InstanceRecord, instancesOfSeries } from '../store/instances.ts';
import { seriesByUid } from '../store/series.ts';
import { classifyInstances, instancesToClassify } from './classify-stack.ts';
import { mergedFlags, type NodeContext } from './node-context.ts';
import type { OpenSeries, SeriesGroup } from './open-series.ts';
import { recordDecision } from './record-decision.ts';
import {
  evidenceOf,
  type InstanceEvidence,
  type SeriesEvidence,
  settledFrameOf,
  settlesFrame,
  splitByPicture,
} from './series-evidence.ts';
import { agreedKind, type PartMember, shareStack } from './series-of-instances.ts';
import { headerOf, readStoredDataSet } from './stored-instance.ts';

/** What the recogniser said of one instance. */
export interface InstancePrediction extends PositionedPrediction {
  readonly instance: InstanceRecord;
}

/** A series with all that is known when it is decided. */
export interface JudgedSeries extends SeriesEvidence {
  readonly open: OpenSeries;
  /** Name of the rule that told the kind. */
  readonly kindRule: string;
  readonly route: RouteChoices;
  readonly predictions: readonly InstancePrediction[] | undefined;
  /** It lies in the stack of a series of the same UID that was turned before, and is of another kind. */
  readonly leftBehind: boolean;
}

/**
 * Recognises, decides, carries out and records one group of complete series. It does not fail for what a series is:
 * where recognising or rewriting goes wrong, the series is recorded as passing through and the reason is told.
 * @throws NodeError database-failed, storage-failed: then nothing is recorded and the group is to be tried again
 */
export async function decideGroup(group: SeriesGroup, context: NodeContext): Promise<void> {
  const started = performance.now();
  const judged = await Promise.all(group.members.map((open) => judge(open, context)));
  const settled = (members: readonly JudgedSeries[]) => settledFrames(members, context);
  for await (const { members, decision } of verdictsOn(judged, settled, context)) {
    const timeUp = group.readiness.because === 'time-budget';
    const flags = mergedFlags(decision.flags, timeUp ? ['time-budget'] : []);
    await recordDecision(members, { ...decision, flags }, context);
  }
  context.observer.seriesFinished((performance.now() - started) / 1000);
}

/**
 * What is decided for the series of one group: one verdict for all, or several where their pictures are not one stack.
 * The frames that the study settled on are asked for each time, because one verdict carried out is evidence for the next.
 */
export async function* verdictsOn(
  judged: readonly JudgedSeries[],
  settledFrames: (members: readonly JudgedSeries[]) => Promise<readonly PictureFrame[]>,
  context: NodeContext,
): AsyncGenerator<{ readonly members: readonly JudgedSeries[]; readonly decision: Decision }> {
  const alone = judged.filter(({ kind }) => kind === 'other').map((series) => ({ members: [series], split: false }));
  const eligible = judged.filter(({ kind }) => kind !== 'other');
  const together = eligible.length === 0 ? [] : splitByPicture(eligible, context.settings.correlation);
  for (const { members, split } of [...alone, ...together]) {
    const decision = decideOrPass(members, await settledFrames(members), context);
    const late = members.some(({ leftBehind }) => leftBehind);
    const flags = mergedFlags(decision.flags, split ? ['group-split'] : [], late ? ['late', 'mixed-planes'] : []);
    yield { members, decision: { ...decision, flags } };
  }
}

/** What nobody foresaw in a header must not keep a series from the clinic. */
function decideOrPass(
  members: readonly JudgedSeries[],
  settled: readonly PictureFrame[],
  context: NodeContext,
): Decision {
  const { correlation, thresholds, decision: rules } = context.settings;
  try {
    return decide(evidenceOf(members, { correlation, settled }), thresholds, rules);
  } catch (error) {
    const { seriesInstanceUid } = members[0]?.open.series ?? {};
    context.log.error('series-not-judged', { seriesInstanceUid, cause: messageOf(error) });
    const reason = 'Deciding failed, and it was forwarded as received.';
    return { decision: 'pass-through', flags: ['classifier-failed'], reason, metricReason: 'classifier-failed' };
  }
}

/** All that is known of a series, and what the recogniser says of its pictures. */
export async function judge(open: OpenSeries, context: NodeContext): Promise<JudgedSeries> {
  const own = open.instances.map((record) => ({ kind: open.kind.kind, plane: headerOf(record).plane }));
  const others = await otherParts(open, context);
  const { kind, rule: kindRule } = agreedKind(open.kind, own, others);
  const { routing, routeDefaults } = context.settings;
  const callingAeTitle = open.instances[0]?.callingAeTitle ?? '';
  return {
    open,
    kind,
    kindRule,
    route: routeFor({ callingAeTitle, kind }, routing, routeDefaults),
    instances: open.instances.map(evidenceOfInstance),
    predictions: kind === 'other' ? [] : await classifySeries(open.instances, context),
    leftBehind: shareStack(
      own,
      others.filter(({ turned }) => turned),
    ),
  };
}

/** The instances of other kinds under the same Series Instance UID. */
async function otherParts(
  { series }: OpenSeries,
  { db }: NodeContext,
): Promise<(PartMember & { readonly turned: boolean })[]> {
  const { id, studyInstanceUid, seriesInstanceUid } = series;
  const others = (await seriesByUid(db, seriesInstanceUid)).filter(
    (other) => other.studyInstanceUid === studyInstanceUid && other.id !== id,
  );
  const instances = await Promise.all(
    others.map(async (other) => {
      const decision = other.decisionId === null ? undefined : await decisionById(db, other.decisionId);
      const turned = decision?.decision === 'standardize' && decision.mode === 'standardize';
      return (await instancesOfSeries(db, other.id)).map((record) => ({
        kind: other.part,
        plane: headerOf(record).plane,
        turned,
      }));
    }),
  );
  return instances.flat();
}

export function evidenceOfInstance(record: InstanceRecord): InstanceEvidence {
  const { plane, planeFault, turnFault } = headerOf(record);
  return { plane, planeFault, turnFault, duplicateUid: record.flags.includes('duplicate-uid') };
}

/** Undefined, and told to the operator, where the recogniser gives no answer: the series then passes as received. */
export async function classifySeries(
  instances: readonly InstanceRecord[],
  context: NodeContext,
): Promise<readonly InstancePrediction[] | undefined> {
  const readable = instances
    .filter((record) => headerOf(record).turnFault === undefined)
    .map((record) => ({ record, plane: headerOf(record).plane }));
  const chosen = instancesToClassify(readable, context.settings.phasesPerPosition);
  const started = performance.now();
  try {
    const read = ({ instance }: (typeof chosen)[number]) => readStoredDataSet(instance.record, context.dataDir);
    const predicted = await classifyInstances(chosen, read, context.classifier);
    context.observer.classified(predicted.length, (performance.now() - started) / 1000);
    return predicted.map(({ instance, prediction }) => ({
      instance: instance.instance.record,
      positionKey: instance.position,
      prediction,
    }));
  } catch (error) {
    const { seriesInstanceUid } = instances[0] as InstanceRecord;
    context.log.error('series-not-recognised', { seriesInstanceUid, cause: messageOf(error) });
    return undefined;
  }
}

/** The frames on which earlier series of the study settled, in the Frame of Reference of these. */
async function settledFrames(members: readonly JudgedSeries[], { db }: NodeContext): Promise<PictureFrame[]> {
  const [first] = members;
  const frameOfReferenceUid = first?.open.frameOfReferenceUid;
  if (first === undefined || frameOfReferenceUid === undefined) return [];
  return framesOf(await decidedInStudy(db, first.open.series.studyInstanceUid), frameOfReferenceUid);
}

/** The frames on which some of the series settled, of those in this Frame of Reference. */
export function framesOf(decided: readonly SettledSeries[], frameOfReferenceUid: string): PictureFrame[] {
  return decided.flatMap((series) => settledFrame(series, frameOfReferenceUid) ?? []);
}

function settledFrame({ decision, stackGroup }: SettledSeries, frameOfReferenceUid: string): PictureFrame | undefined {
  if (stackGroup === null || stackGroup.frameOfReferenceUid !== frameOfReferenceUid) return undefined;
  return decision.observedCode !== null && settlesFrame(decision)
    ? settledFrameOf(stackGroup.plane, observed(decision.observedCode))
    : undefined;
}
