import type { Decision } from '../core/decision/decision.ts';
import type { RouteChoices } from '../core/routing/route.ts';
import { appendAudit } from '../store/audit.ts';
import type { Transaction } from '../store/database.ts';
import { type DecisionRecord, insertDecision, type NewDecision } from '../store/decisions.ts';
import { markInstances } from '../store/instances.ts';
import { enqueue, type NewDelivery } from '../store/outbox.ts';
import { insertPredictions, predictionRecord } from '../store/predictions.ts';
import { insertResults } from '../store/results.ts';
import { addSeriesFlags, seriesByIds, setDecided } from '../store/series.ts';
import { insertStackGroup } from '../store/stack-groups.ts';
import { carryOutTogether, type Outcome, removeOutcomes } from './carry-out-together.ts';
import type { JudgedSeries } from './decide-group.ts';
import type { NodeContext } from './node-context.ts';
import { deliveriesOf, type Outgoing } from './queue-deliveries.ts';
import { supersedeDecision } from './supersede-decision.ts';
import { auditEntry, countsOf, othersLeftBehind, sendersOf, tell } from './tell-decision.ts';

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
  const outcomes = await carryOutTogether(members, decision, { at }, context);
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
  const unrecorded = outcomes.filter(({ series }) => receiving.has(series.open.series.id));
  await removeOutcomes(unrecorded, { at }, context);
}

/** A decision that takes the place of one that stands, and who asked for it. */
export interface Replacing {
  readonly standing: DecisionRecord;
  /** The destinations that there are: the superseded ones of these are sent what goes out instead. */
  readonly destinations: readonly string[];
  /** Neither by that decision nor by this one anything is turned: what was sent stands, and nothing is queued. */
  readonly leavesTheSame: boolean;
  readonly by: string;
  /** For the audit trail. */
  readonly detail: object;
}

/**
 * Puts on record what became of one series, with its results and deliveries.
 * @returns the deliveries in the order of `queued`
 * @throws NodeError conflict (`replacing`: the series was decided anew meanwhile), database-failed
 */
export async function recordOutcome(
  tx: Transaction,
  outcome: Outcome,
  about: {
    readonly at: number;
    readonly stackGroupId: number | undefined;
    readonly context: NodeContext;
    readonly replacing?: Replacing;
  },
): Promise<{ readonly deliveryIds: readonly number[]; readonly queued: readonly NewDelivery[] }> {
  const { series, final } = outcome;
  const { at, replacing, context } = about;
  const { decisionId, concerned } = await insertOutcome(tx, outcome, about);
  await recordPredictions(tx, series, decisionId, context);
  const destinations = [...new Set([...series.route.destinations, ...concerned])];
  const sent =
    replacing?.leavesTheSame === true
      ? { deliveryIds: [], queued: [] }
      : await queue(tx, { ...outcome, route: { ...series.route, destinations }, decisionId, at });
  await markInstances(
    tx,
    series.open.instances.map(({ id }) => id),
    'decided',
  );
  const leftInOtherFrames = await othersLeftBehind(tx, series, final);
  const entry = auditEntry(series, final, { at, decisionId, leftInOtherFrames });
  const again = replacing === undefined ? {} : { event: 'series-decided-again', actor: replacing.by };
  const from = replacing === undefined ? { from: sendersOf(series.open.instances) } : {};
  const queued = countsOf(sent.queued);
  const supersedes = replacing === undefined ? {} : { supersedes: replacing.standing.id };
  const detail = { ...entry.detail, ...from, queued, ...supersedes, ...replacing?.detail };
  await appendAudit(tx, [{ ...entry, ...again, detail }]);
  return sent;
}

async function insertOutcome(
  tx: Transaction,
  { series, final, derivation }: Outcome,
  { at, stackGroupId, context, replacing }: Parameters<typeof recordOutcome>[2],
): Promise<{ readonly decisionId: number; readonly concerned: readonly string[] }> {
  const row = decisionRow(series, final, { at, stackGroupId: stackGroupId ?? null, context });
  const decision = { ...row, derivation: derivation ?? null };
  const { kindRule } = series;
  const record = series.open.series;
  if (replacing !== undefined) {
    const { standing, destinations, leavesTheSame: deliveriesStand } = replacing;
    const order = { series: record, standing, decision, kindRule, deliveriesStand };
    const { decisionId, concerned } = await supersedeDecision(tx, order);
    return { decisionId, concerned: concerned.filter((name) => destinations.includes(name)) };
  }
  const decisionId = await insertDecision(tx, { ...decision, supersedes: null });
  await setDecided(tx, { seriesId: record.id, kind: series.kind, kindRule, decisionId });
  await addSeriesFlags(tx, record.id, final.flags);
  return { decisionId, concerned: [] };
}

export async function newStackGroup(tx: Transaction, { open, kind }: JudgedSeries): Promise<number | undefined> {
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
): Omit<NewDecision, 'derivation' | 'supersedes'> {
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
    method: 'reorient',
    byPerson: null,
    evidence: evidenceOnRecord(decision, context.settings.correlation),
    manifestSha256: recognised ? (model.manifestSha256 ?? null) : null,
  };
}

function evidenceOnRecord({ given }: Decision, correlation: number): object | null {
  if (given === undefined) return null;
  const { picture, settled } = given;
  return { picture: picture === null ? null : { ...picture, correlation }, settled };
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
  order: Pick<Outcome, 'series' | 'final' | 'carriedOut'> & {
    readonly route: RouteChoices;
    readonly decisionId: number;
    readonly at: number;
  },
): Promise<{ readonly deliveryIds: readonly number[]; readonly queued: readonly NewDelivery[] }> {
  const { series, final, carriedOut, route, decisionId, at } = order;
  if (final.decision === 'hold-for-review') return { deliveryIds: [], queued: [] };
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
  const queued = deliveriesOf(outgoing, route, at);
  return { deliveryIds: await enqueue(tx, queued), queued };
}
