import { join } from 'node:path';
import type { Decision } from '../core/decision/decision.ts';
import type { Flag } from '../core/decision/flags.ts';
import { lateVerdict } from '../core/decision/late-verdict.ts';
import { decide } from '../core/decision/policy.ts';
import type { PositionedPrediction } from '../core/decision/pooling.ts';
import type { DerivationRecord } from '../core/derivation/derivation-record.ts';
import { messageOf } from '../core/errors.ts';
import type { PictureFrame } from '../core/geometry/frame.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import { routeFor } from '../core/routing/route.ts';
import { type KindRule, sequenceKind } from '../core/series/kind-rules.ts';
import { sameStack } from '../core/series/stack-group.ts';
import { appendAudit } from '../store/audit.ts';
import type { Transaction } from '../store/database.ts';
import { type DecisionRecord, decidedInStudy, decisionById } from '../store/decisions.ts';
import {
  addInstanceFlags,
  type InstanceRecord,
  instancesByIds,
  instancesOfSeries,
  markInstances,
} from '../store/instances.ts';
import { enqueue } from '../store/outbox.ts';
import { insertPredictions, predictionOf, predictionRecord, predictionsOfDecision } from '../store/predictions.ts';
import { insertResults } from '../store/results.ts';
import { latestDecisionByNode } from '../store/reviews.ts';
import { addSeriesFlags, type SeriesRecord, seriesByIds } from '../store/series.ts';
import { type CarriedOut, removeTurned, turnSeries } from './carry-out.ts';
import { withPositions } from './classify-stack.ts';
import { classifySeries, evidenceOfInstance, framesOf, type InstancePrediction } from './decide-group.ts';
import { mergedFlags, type NodeContext } from './node-context.ts';
import { deliveriesOf, type Outgoing } from './queue-deliveries.ts';
import { evidenceOf } from './series-evidence.ts';
import { frameOfReferenceOf } from './series-of-instances.ts';
import { headerOf } from './stored-instance.ts';
import { sendersOf } from './tell-decision.ts';

/**
 * Instances of a series that is decided: they follow its decision, whatever they show (never a second direction). Where
 * they cannot, or speak against it, they go out as received or follow all the same, with a flag and an alert.
 * @throws NodeError database-failed
 */
export async function followDecision(
  series: SeriesRecord,
  instances: readonly InstanceRecord[],
  context: NodeContext,
): Promise<void> {
  const ids = instances.map(({ id }) => id);
  for (;;) {
    const [current = series] = await seriesByIds(context.db, [series.id]);
    const undecided = (await instancesByIds(context.db, ids)).filter(({ state }) => state === 'undecided');
    if (undecided.length === 0 || (await followOnce(current, undecided, context))) return;
  }
}

/** False where the series was decided anew meanwhile (a hold that ended, a review): then nothing of this counts. */
async function followOnce(
  series: SeriesRecord,
  instances: readonly InstanceRecord[],
  context: NodeContext,
): Promise<boolean> {
  const decision = series.decisionId === null ? undefined : await decisionById(context.db, series.decisionId);
  if (decision === undefined) throw new RangeError('a decided series has no decision');
  const at = context.now();
  const predictions = decision.kind === 'other' ? [] : ((await classifySeries(instances, context)) ?? []);
  const against = await speaksAgainst({ series, decision, instances, predictions }, context);
  const first = (await instancesOfSeries(context.db, series.id)).find((one) => one.state === 'decided');
  const own = instances.filter((one) => follows(one, { decision, first, rules: context.settings.kindRules }));
  const groups = { own, asReceived: instances.filter((one) => !own.includes(one)) };
  const strangers = decision.decision === 'standardize' && groups.asReceived.length > 0;
  const turned = await turnLate(series, decision, { instances: groups.own, at, context });
  const flags = mergedFlags(
    ['late'],
    against ? ['late-contradiction'] : [],
    turned?.turned === false ? [turned.flag] : [],
    strangers ? ['mixed-planes'] : [],
  );
  const late: Late = {
    series,
    decision,
    instances,
    asReceived: groups.asReceived,
    own,
    turned,
    predictions,
    flags,
    at,
  };
  const recorded = await context.db.transaction((tx) => record(tx, late, context));
  if (recorded) tell(series, flags, { instances, turned, context });
  else if (turned?.turned) await removeTurned(join(context.dataDir, lateFolder(series, groups.own, at)), context);
  return recorded;
}

/** Late instances and what became of them. */
interface Late {
  readonly series: SeriesRecord;
  readonly decision: DecisionRecord;
  readonly instances: readonly InstanceRecord[];
  /** Those that follow the decision. */
  readonly own: readonly InstanceRecord[];
  readonly asReceived: readonly InstanceRecord[];
  readonly turned: CarriedOut | undefined;
  readonly predictions: readonly InstancePrediction[];
  readonly flags: readonly Flag[];
  readonly at: number;
}

async function record(tx: Transaction, late: Late, context: NodeContext): Promise<boolean> {
  const { series, decision, instances, predictions, flags, at } = late;
  const [now] = await seriesByIds(tx, [series.id]);
  if (now?.decisionId !== decision.id) return false;
  const outgoing = await outgoingOf(tx, late);
  // What is held waits with its series; it goes out when the series does.
  if (decision.decision !== 'hold-for-review') {
    await enqueue(tx, deliveriesOf(outgoing, routeOf(decision, instances, context), at));
  }
  const modelSha256 = context.classifier.model.sha256;
  // A person's decision has none of its own: they stand with those that it was made in view of.
  const judged = decision.byPerson === null ? decision : ((await latestDecisionByNode(tx, series.id)) ?? decision);
  const rows = predictions.map(({ instance, prediction }) =>
    predictionRecord(prediction, { instanceId: instance.id, decisionId: judged.id, modelSha256 }),
  );
  await insertPredictions(tx, rows);
  const ids = instances.map(({ id }) => id);
  await markInstances(tx, ids, 'decided');
  await addInstanceFlags(tx, ids, flags);
  await addSeriesFlags(tx, series.id, flags);
  const { studyInstanceUid, seriesInstanceUid } = series;
  const subject = { studyInstanceUid, seriesInstanceUid };
  const detail = { decisionId: decision.id, instances: ids.length, flags, from: sendersOf(instances) };
  await appendAudit(tx, [{ at, event: 'late-instances', actor: 'node', subject, detail }]);
  return true;
}

/** In order of arrival, so that versions of one SOP Instance UID leave in it. */
async function outgoingOf(tx: Transaction, { decision, own, asReceived, turned }: Late): Promise<Outgoing[]> {
  const results =
    turned?.turned === true ? turned.results.map((result) => ({ ...result, decisionId: decision.id })) : [];
  const resultIds = await insertResults(tx, results);
  const ofOwn = own.map((instance, i): Outgoing => {
    const result = results[i];
    return result === undefined ? { instance } : { instance, result: { ...result, id: resultIds[i] as number } };
  });
  return [...ofOwn, ...asReceived.map((instance) => ({ instance }))].sort((a, b) => a.instance.id - b.instance.id);
}

/**
 * A late instance is turned with its series only where it is of the same kind and lies in the same stack as the
 * series. A scout under the same UID, or a UID that came with other pixels, goes out as it came.
 */
function follows(
  instance: InstanceRecord,
  series: {
    readonly decision: DecisionRecord;
    readonly first: InstanceRecord | undefined;
    readonly rules: readonly KindRule[];
  },
): boolean {
  const { decision, first, rules } = series;
  if (decision.decision !== 'standardize' || instance.flags.includes('duplicate-uid')) return false;
  const { plane, kindHeader, turnFault } = headerOf(instance);
  if (turnFault !== undefined) return false;
  const stack = first === undefined ? undefined : headerOf(first).plane;
  const sameKind = sequenceKind(kindHeader, rules).kind === decision.kind;
  const inStack = stack === undefined ? plane === undefined : plane !== undefined && sameStack(plane, stack);
  return sameKind && inStack;
}

async function turnLate(
  series: SeriesRecord,
  decision: DecisionRecord,
  {
    instances,
    at,
    context,
  }: { readonly instances: readonly InstanceRecord[]; readonly at: number; readonly context: NodeContext },
): Promise<CarriedOut | undefined> {
  const { correction, derivation, mode } = decision;
  if (mode === 'observe' || correction === null || derivation === null || instances.length === 0) return undefined;
  const record = derivation as DerivationRecord;
  const folder = lateFolder(series, instances, at);
  return turnSeries({ instances, kind: decision.kind, correction, record, folder }, context);
}

function lateFolder({ id }: SeriesRecord, instances: readonly InstanceRecord[], at: number): string {
  return `results/${id}-${at}-late-${instances[0]?.id}`;
}

function routeOf(
  decision: DecisionRecord,
  instances: readonly InstanceRecord[],
  { settings }: NodeContext,
): ReturnType<typeof routeFor> {
  const callingAeTitle = instances[0]?.callingAeTitle ?? '';
  return routeFor({ callingAeTitle, kind: decision.kind }, settings.routing, settings.routeDefaults);
}

/** Recomputes the decision with everything that is there now; only whether it turns against the old one counts. */
async function speaksAgainst(
  late: {
    readonly series: SeriesRecord;
    readonly decision: DecisionRecord;
    readonly instances: readonly InstanceRecord[];
    readonly predictions: readonly InstancePrediction[];
  },
  context: NodeContext,
): Promise<boolean> {
  const { series, decision, predictions } = late;
  // A person's override always wins.
  if (predictions.length === 0 || decision.byPerson !== null) return false;
  const earlier = await predictionsOfDecision(context.db, decision.id);
  const all = (await instancesOfSeries(context.db, series.id)).filter(({ flags }) => !flags.includes('duplicate-uid'));
  const known = await instancesByIds(
    context.db,
    earlier.map(({ instanceId }) => instanceId),
  );
  const { correlation, thresholds, decision: rules } = context.settings;
  const records = new Map([...known, ...all].map((record) => [record.id, record]));
  const pooled = positioned(records, [
    ...earlier.map((one) => ({ instanceId: one.instanceId, prediction: predictionOf(one) })),
    ...predictions.map(({ instance, prediction }) => ({ instanceId: instance.id, prediction })),
  ]);
  const evidence = evidenceOf(
    [{ kind: decision.kind, instances: [...records.values()].map(evidenceOfInstance), predictions: pooled }],
    { correlation, settled: await settledBefore(late, [...records.values()], context) },
  );
  return lateVerdict(decisionOf(decision), decide(evidence, thresholds, rules)) === 'late-contradiction';
}

/** Phases of one slice position count once here, too, whenever they came. */
function positioned(
  records: ReadonlyMap<number, InstanceRecord>,
  predictions: readonly { readonly instanceId: number; readonly prediction: SlicePrediction }[],
): PositionedPrediction[] {
  const placed = withPositions([...records.values()].map((record) => ({ record, plane: headerOf(record).plane })));
  const positions = new Map(placed.map(({ instance: { record }, position }) => [record.id, position]));
  return predictions.map(({ instanceId, prediction }) => ({
    positionKey: positions.get(instanceId) ?? `unknown/${instanceId}`,
    prediction,
  }));
}

/** What the decision that is followed could know of the study: frames that were settled before it. */
async function settledBefore(
  { series, decision }: { readonly series: SeriesRecord; readonly decision: DecisionRecord },
  instances: readonly InstanceRecord[],
  { db }: NodeContext,
): Promise<PictureFrame[]> {
  const frameOfReferenceUid = frameOfReferenceOf(instances.map(headerOf));
  if (frameOfReferenceUid === undefined) return [];
  const decided = await decidedInStudy(db, series.studyInstanceUid);
  return framesOf(
    decided.filter((other) => other.decision.id < decision.id),
    frameOfReferenceUid,
  );
}

function decisionOf(record: DecisionRecord): Decision {
  const { decision, observedCode, flags, reason, metricReason } = record;
  return { decision, flags, reason, metricReason, ...(observedCode === null ? {} : { observedCode }) };
}

function tell(
  { seriesInstanceUid }: SeriesRecord,
  flags: readonly Flag[],
  {
    instances,
    turned,
    context,
  }: {
    readonly instances: readonly InstanceRecord[];
    readonly turned: CarriedOut | undefined;
    readonly context: NodeContext;
  },
): void {
  const why = turned?.turned === false ? { why: messageOf(turned.why) } : {};
  const details = { seriesInstanceUid, instances: instances.length, flags, ...why };
  const duplicate = instances.some((one) => one.flags.includes('duplicate-uid'));
  if (flags.length > 1 || duplicate) context.log.warn('late-instances', { ...details, duplicate, alert: true });
  else context.log.info('late-instances', details);
}
