import { join } from 'node:path';
import type { Decision } from '../core/decision/decision.ts';
import type { Correction } from '../core/orientation/d4.ts';
import { appendAudit } from '../store/audit.ts';
import type { Transaction } from '../store/database.ts';
import { insertDecision, type NewDecision } from '../store/decisions.ts';
import { markInstances } from '../store/instances.ts';
import { enqueue } from '../store/outbox.ts';
import { insertPredictions, predictionRecord } from '../store/predictions.ts';
import { insertResults } from '../store/results.ts';
import { addSeriesFlags, seriesByIds, setDecided } from '../store/series.ts';
import { insertStackGroup } from '../store/stack-groups.ts';
import { type CarriedOut, derivationRecord, removeTurned, turnSeries } from './carry-out.ts';
import type { JudgedSeries } from './decide-group.ts';
import { mergedFlags, type NodeContext } from './node-context.ts';
import { deliveriesOf, type Outgoing } from './queue-deliveries.ts';
import { auditEntry, othersLeftBehind, tell } from './tell-decision.ts';

type Turning = Decision & { readonly correction: Correction };

/**
 * Carries out the decision for series that were decided together and puts it on record with their results and
 * deliveries, all in one transaction: after a crash either everything is known, or the whole group is decided anew.
 */
export async function recordDecision(
  members: readonly JudgedSeries[],
  decision: Decision,
  context: NodeContext,
): Promise<void> {
  const at = context.now();
  const outcomes = await carryOutTogether(members, decision, { at, context });
  try {
    await context.db.transaction(async (tx) => {
      let stackGroupId: number | undefined;
      for (const outcome of outcomes) {
        stackGroupId ??= await newStackGroup(tx, outcome.series);
        await recordOutcome(tx, outcome, { at, stackGroupId, context });
      }
    });
  } catch (error) {
    await removeUnrecorded(outcomes, at, context);
    throw error;
  }
  for (const { series, final } of outcomes) {
    context.observer.decided(final, series.kind);
    tell(series, final, context);
  }
}

/** A database may fail after the transaction was kept: only what is surely not on record is taken away. */
async function removeUnrecorded(outcomes: readonly Outcome[], at: number, context: NodeContext): Promise<void> {
  const ids = outcomes.map(({ series }) => series.open.series.id);
  const now = await seriesByIds(context.db, ids).catch(() => []);
  const receiving = new Set(now.filter(({ state }) => state === 'receiving').map(({ id }) => id));
  for (const { series } of outcomes.filter((outcome) => receiving.has(outcome.series.open.series.id))) {
    await removeTurned(join(context.dataDir, resultsFolder(series, at)), context);
  }
}

function resultsFolder({ open }: JudgedSeries, at: number): string {
  return `results/${open.series.id}-${at}`;
}

async function recordOutcome(
  tx: Transaction,
  { series, final, carriedOut, derivation }: Outcome,
  {
    at,
    stackGroupId,
    context,
  }: { readonly at: number; readonly stackGroupId: number | undefined; readonly context: NodeContext },
): Promise<void> {
  const row = decisionRow(series, final, { at, stackGroupId: stackGroupId ?? null, context });
  const decisionId = await insertDecision(tx, { ...row, derivation: derivation ?? null });
  await recordPredictions(tx, series, decisionId, context);
  await queue(tx, { series, final, carriedOut, decisionId, at });
  const { id: seriesId } = series.open.series;
  await setDecided(tx, { seriesId, kind: series.kind, kindRule: series.kindRule, decisionId });
  await markInstances(
    tx,
    series.open.instances.map(({ id }) => id),
    'decided',
  );
  await addSeriesFlags(tx, seriesId, final.flags);
  const leftInOtherFrames = await othersLeftBehind(tx, series, final);
  await appendAudit(tx, [auditEntry(series, final, { at, decisionId, leftInOtherFrames })]);
}

interface Outcome {
  readonly series: JudgedSeries;
  readonly carriedOut: CarriedOut | undefined;
  readonly final: Decision;
  readonly derivation: ReturnType<typeof derivationRecord> | undefined;
}

/** Some scanners make one series per slice: where one series cannot be turned, the whole stack leaves as it came. */
async function carryOutTogether(
  members: readonly JudgedSeries[],
  decision: Decision,
  { at, context }: { readonly at: number; readonly context: NodeContext },
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const series of members) outcomes.push(await carryOut(series, decision, { at, context }));
  const failure = outcomes.map(({ carriedOut }) => carriedOut).find((one) => one?.turned === false);
  if (failure === undefined || failure.turned) return outcomes;
  return Promise.all(
    outcomes.map(async (outcome): Promise<Outcome> => {
      if (outcome.carriedOut?.turned !== true) return outcome;
      await removeTurned(join(context.dataDir, resultsFolder(outcome.series, at)), context);
      const why = `in another series of the stack, ${failure.why}`;
      const carriedOut = { turned: false, flag: failure.flag, why } as const;
      return { ...outcome, carriedOut, final: passingInstead(decision, carriedOut), derivation: undefined };
    }),
  );
}

async function carryOut(
  series: JudgedSeries,
  decision: Decision,
  { at, context }: { readonly at: number; readonly context: NodeContext },
): Promise<Outcome> {
  if (decision.decision !== 'standardize' || decision.correction === undefined) {
    const held = decision.decision === 'hold-for-review' && series.route.mode === 'observe';
    const final = held ? observed({ ...decision, decision: 'pass-through' }) : decision;
    return { series, carriedOut: undefined, final, derivation: undefined };
  }
  const turning: Turning = { ...decision, correction: decision.correction };
  const callingAeTitle = series.open.instances[0]?.callingAeTitle ?? '';
  const record = derivationRecord(turning, { route: series.route, callingAeTitle, at }, context);
  if (series.route.mode === 'observe') {
    return { series, carriedOut: undefined, final: observed(decision), derivation: record };
  }
  const folder = resultsFolder(series, at);
  const { instances } = series.open;
  const carriedOut = await turnSeries(
    { instances, kind: series.kind, correction: turning.correction, record, folder },
    context,
  );
  if (carriedOut.turned) {
    const flags = mergedFlags(decision.flags, carriedOut.flags);
    return { series, carriedOut, final: { ...decision, flags }, derivation: record };
  }
  return { series, carriedOut, final: passingInstead(decision, carriedOut), derivation: undefined };
}

function observed(decision: Decision): Decision {
  const reason = `Observe mode: it is forwarded as received. Otherwise: ${decision.reason}`;
  return { ...decision, flags: mergedFlags(decision.flags, ['observe']), reason };
}

/** The clinic gets the original bytes, and the audit says why (fail open, visibly). */
function passingInstead(decision: Decision, { flag, why }: Extract<CarriedOut, { turned: false }>): Decision {
  const { correction: _, ...rest } = decision;
  return {
    ...rest,
    decision: 'pass-through',
    flags: mergedFlags(decision.flags, [flag]),
    reason: `It should have been turned, but this failed and it was forwarded as received: ${why}.`,
    metricReason: 'cannot-reorient',
  };
}

async function newStackGroup(tx: Transaction, { open, kind }: JudgedSeries): Promise<number | undefined> {
  const plane = open.stackPlane;
  const { frameOfReferenceUid } = open;
  if (plane === undefined || frameOfReferenceUid === undefined || kind === 'other') return undefined;
  const { studyInstanceUid } = open.series;
  return insertStackGroup(tx, { studyInstanceUid, frameOfReferenceUid, kind, plane });
}

function decisionRow(
  series: JudgedSeries,
  decision: Decision,
  {
    at,
    stackGroupId,
    context,
  }: { readonly at: number; readonly stackGroupId: number | null; readonly context: NodeContext },
): Omit<NewDecision, 'derivation'> {
  const { model } = context.classifier;
  const recognised = series.kind !== 'other' && series.predictions !== undefined;
  return {
    seriesId: series.open.series.id,
    stackGroupId,
    decidedAt: at,
    decision: decision.decision,
    mode: series.route.mode,
    observedCode: decision.observedCode ?? null,
    correction: decision.correction ?? null,
    kind: series.kind,
    reason: decision.reason,
    metricReason: decision.metricReason,
    flags: decision.flags,
    probabilities: decision.fused ?? null,
    sax: decision.sax ?? null,
    header: decision.header ?? null,
    angleDegrees: decision.angleDegrees ?? null,
    angleDifferenceDegrees: decision.angleDifferenceDegrees ?? null,
    thresholds: { ...context.settings.thresholds },
    modelName: recognised ? model.name : null,
    modelVersion: recognised ? model.version : null,
    modelSha256: recognised ? model.sha256 : null,
    provider: recognised ? model.provider : null,
    softwareVersion: context.settings.derivation.softwareVersion,
    supersedes: null,
    method: 'reorient',
    byPerson: null,
    evidence: null,
    manifestSha256: null,
  };
}

async function recordPredictions(
  tx: Transaction,
  { predictions }: JudgedSeries,
  decisionId: number,
  { classifier }: NodeContext,
): Promise<void> {
  const modelSha256 = classifier.model.sha256;
  const rows = (predictions ?? []).map(({ instance, prediction }) =>
    predictionRecord(prediction, { instanceId: instance.id, decisionId, modelSha256 }),
  );
  await insertPredictions(tx, rows);
}

async function queue(
  tx: Transaction,
  order: {
    readonly series: JudgedSeries;
    readonly final: Decision;
    readonly carriedOut: CarriedOut | undefined;
    readonly decisionId: number;
    readonly at: number;
  },
): Promise<void> {
  const { series, final, carriedOut, decisionId, at } = order;
  if (final.decision === 'hold-for-review') return;
  const { instances } = series.open;
  const turned = carriedOut?.turned === true ? carriedOut.results : [];
  const ids = await insertResults(
    tx,
    turned.map((result) => ({ ...result, decisionId })),
  );
  const outgoing = instances.map((instance, i): Outgoing => {
    const result = turned[i];
    return result === undefined ? { instance } : { instance, result: { ...result, decisionId, id: ids[i] as number } };
  });
  await enqueue(tx, deliveriesOf(outgoing, series.route, at));
}
