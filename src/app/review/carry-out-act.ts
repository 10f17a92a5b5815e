import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DerivationRecord } from '../../core/derivation/derivation-record.ts';
import { NodeError } from '../../core/errors.ts';
import type { DecisionByPerson } from '../../core/review/act-decision.ts';
import { appendAudit } from '../../store/audit.ts';
import type { Transaction } from '../../store/database.ts';
import type { DecisionRecord, NewDecision } from '../../store/decisions.ts';
import { type InstanceRecord, markInstances } from '../../store/instances.ts';
import { enqueue, type NewDelivery } from '../../store/outbox.ts';
import { insertResults } from '../../store/results.ts';
import { insertReview, type ReviewRecord } from '../../store/reviews.ts';
import { seriesByIds } from '../../store/series.ts';
import { type CarriedOut, removeTurned, turnSeries } from '../carry-out.ts';
import { decidedDerivation, earlierRecord } from '../decided-derivation.ts';
import { mergedFlags } from '../node-context.ts';
import { deliveriesOf, type Outgoing } from '../queue-deliveries.ts';
import { supersedeDecision } from '../supersede-decision.ts';
import type { ReviewContext } from './review-context.ts';
import { leavingInstances, type SeriesInReview, seriesInReview } from './series-in-review.ts';

/** An act on one series, as it was found. */
export interface ActOnOne {
  readonly seen: SeriesInReview & { readonly standing: DecisionRecord };
  readonly review: Pick<ReviewRecord, 'act' | 'by' | 'because' | 'code'>;
  /** Undefined where the decision stays. */
  readonly change: DecisionByPerson | undefined;
}

export type CarriedOutAct =
  | { readonly done: true; readonly reviewId: number; readonly decisionId: number; readonly queued: Sent }
  /** Nothing was changed. `again`: instances arrived meanwhile. */
  | { readonly done: false; readonly because: 'changed' | 'again' }
  | { readonly done: false; readonly because: 'cannot'; readonly why: string };

/** How many instances go to which destination. */
export type Sent = readonly { readonly destination: string; readonly instances: number }[];

/**
 * Rewrites and proves what is to leave, then puts decision, results, deliveries, review and audit entry on record in one
 * transaction, and only where the series is still what was seen. Whatever fails leaves everything as it was.
 * @throws NodeError conflict, database-failed, storage-failed
 */
export async function carryOutAct(act: ActOnOne, context: ReviewContext): Promise<CarriedOutAct> {
  const at = context.now();
  const prepared = await prepare(act, at, context);
  if (prepared.turned?.turned === false) return { done: false, because: 'cannot', why: prepared.turned.why };
  const { folder } = prepared;
  try {
    const outcome = await context.db.transaction((tx) => record(tx, act, { prepared, at, context }));
    if (!outcome.done && folder !== undefined) await removeTurned(folder, context);
    return outcome;
  } catch (error) {
    if (folder !== undefined) await removeUnrecorded(act, folder, context);
    throw error;
  }
}

/** What is on the disk already when the transaction begins. */
interface Prepared {
  readonly leaving: readonly InstanceRecord[];
  readonly derivation: DerivationRecord | null;
  readonly turned: CarriedOut | undefined;
  /** Absolute path of the results. */
  readonly folder: string | undefined;
}

async function prepare({ seen, change }: ActOnOne, at: number, context: ReviewContext): Promise<Prepared> {
  const leaving = leavingInstances(seen.instances);
  const derivation = change?.decision === 'standardize' ? await derivationOf(change, { seen, at, context }) : null;
  if (change?.send !== 'results' || derivation === null || change.correction === null) {
    return { leaving, derivation, turned: undefined, folder: undefined };
  }
  // A name that nobody else has: two reviewers may turn one series at the same moment.
  const folder = `results/${seen.series.id}-${at}-review-${randomUUID()}`;
  const order = {
    instances: leaving,
    kind: seen.standing.kind,
    correction: change.correction,
    record: derivation,
    folder,
  };
  const turned = await turnSeries(order, context);
  return { leaving, derivation, turned, folder: join(context.dataDir, folder) };
}

async function derivationOf(
  change: DecisionByPerson,
  { seen, at, context }: { readonly seen: ActOnOne['seen']; readonly at: number; readonly context: ReviewContext },
): Promise<DerivationRecord | null> {
  const { observedCode, correction, assertedOperation, method } = change;
  if (observedCode === null || correction === null) return null;
  const seriesId = seen.series.id;
  const before = await earlierRecord(context.db, { seriesId, method, correction });
  if (before !== undefined && seen.route.uidPolicy === 'derive') {
    if (before.assertedOperation === assertedOperation) return before;
    throw new NodeError('conflict', 'under the UIDs that the series would have it was put right otherwise before');
  }
  const { modelName: name, modelVersion: version, modelSha256: sha256 } = seen.standing;
  return decidedDerivation(
    { observedCode, correction },
    {
      settings: context.settings.derivation,
      model: name === null || version === null || sha256 === null ? undefined : { name, version, sha256 },
      uidPolicy: seen.route.uidPolicy,
      sourceOfPreviousValues: seen.instances[0]?.callingAeTitle ?? '',
      at,
      byPerson: true,
      assertedOperation,
    },
  );
}

/** A database may fail after the transaction was kept: only what is surely not on record is taken away. */
async function removeUnrecorded({ seen }: ActOnOne, folder: string, context: ReviewContext): Promise<void> {
  const [now] = await seriesByIds(context.db, [seen.series.id]).catch(() => []);
  if (now?.decisionId === seen.standing.id) await removeTurned(folder, context);
}

async function record(
  tx: Transaction,
  act: ActOnOne,
  parts: { readonly prepared: Prepared; readonly at: number; readonly context: ReviewContext },
): Promise<CarriedOutAct> {
  const { seen, review, change } = act;
  const { at, context } = parts;
  const now = await seriesInReview(tx, seen.series.id, context.settings);
  if (now === undefined || now.version !== seen.version) return { done: false, because: 'changed' };
  if (change !== undefined && change.send !== 'nothing' && !areTheSame(seen.instances, now.instances)) {
    return { done: false, because: 'again' };
  }
  // What has just arrived may speak against what is approved, and nobody has seen that yet.
  if (change === undefined && now.instances.some(({ state }) => state === 'undecided')) {
    return { done: false, because: 'again' };
  }
  const { decisionId, queued } =
    change === undefined
      ? { decisionId: seen.standing.id, queued: [] }
      : await supersede(tx, { review, change, seen: { ...seen, holders: now.holders } }, parts);
  const lookedAt = seen.standing.id;
  const reviewId = await insertReview(tx, { ...review, seriesId: seen.series.id, at, lookedAt, decisionId });
  const sent = countsOf(queued);
  const { studyInstanceUid, seriesInstanceUid } = seen.series;
  const { act: name, by, because, code } = review;
  const superseded = decisionId === lookedAt ? null : lookedAt;
  const supersededSeries = superseded !== null && change?.send !== 'nothing' ? (seen.resultUid ?? null) : null;
  await appendAudit(tx, [
    {
      at,
      event: 'series-reviewed',
      actor: by,
      subject: { studyInstanceUid, seriesInstanceUid },
      detail: { act: name, because, code, decisionId, superseded, supersededSeries, destinations: sent },
    },
  ]);
  return { done: true, reviewId, decisionId, queued: sent };
}

function areTheSame(one: readonly InstanceRecord[], other: readonly InstanceRecord[]): boolean {
  return one.length === other.length && one.every(({ id }, i) => id === other[i]?.id);
}

async function supersede(
  tx: Transaction,
  { seen, review, change }: ActOnOne & { readonly change: DecisionByPerson },
  { prepared, at, context }: Parameters<typeof record>[2],
): Promise<{ readonly decisionId: number; readonly queued: readonly NewDelivery[] }> {
  const { standing, series } = seen;
  const carriedOut = prepared.turned?.turned === true ? prepared.turned : undefined;
  const flags = mergedFlags(change.flags, carriedOut?.flags ?? []);
  const decision = { ...decisionRow(standing, change, { flags, at }), ...ofPerson(seen, review, prepared, context) };
  const deliveriesStand = change.send === 'nothing';
  const { decisionId } = await supersedeDecision(tx, {
    series,
    standing,
    decision,
    kindRule: series.kindRule,
    deliveriesStand,
  });
  if (deliveriesStand) return { decisionId, queued: [] };
  const results = (carriedOut?.results ?? []).map((result) => ({ ...result, decisionId }));
  const ids = await insertResults(tx, results);
  const outgoing = prepared.leaving.map((instance, i): Outgoing => {
    const result = results[i];
    return result === undefined ? { instance } : { instance, result: { ...result, id: ids[i] as number } };
  });
  const destinations = destinationsOf(seen, context);
  const queued = deliveriesOf(outgoing, { ...seen.route, destinations }, at);
  await enqueue(tx, queued);
  // Those that arrived late go with the others; who was about to decide them finds them decided.
  await markInstances(
    tx,
    seen.instances.map(({ id }) => id),
    'decided',
  );
  return { decisionId, queued };
}

/** Those that the route names now, and all that have, or may have, or wait for, what is superseded. */
export function destinationsOf(
  { route, holders }: SeriesInReview,
  { destinations }: Pick<ReviewContext, 'destinations'>,
): readonly string[] {
  return [...new Set([...route.destinations, ...holders.filter((name) => destinations.includes(name))])];
}

/** What the node knew of the series stays known. */
function decisionRow(
  { id: _, supersedes: __, ...known }: DecisionRecord,
  change: DecisionByPerson,
  { flags, at }: { readonly flags: DecisionRecord['flags']; readonly at: number },
): Omit<NewDecision, 'supersedes'> {
  const { decision, observedCode, correction, method, reason } = change;
  // Of the picture as corrected by the code of before.
  const angleDegrees = observedCode === known.observedCode ? known.angleDegrees : null;
  return {
    ...known,
    decidedAt: at,
    decision,
    observedCode,
    correction,
    method,
    reason,
    metricReason: 'reviewed',
    flags,
    angleDegrees,
  };
}

function ofPerson(
  { route }: SeriesInReview,
  { by }: ActOnOne['review'],
  { derivation }: Prepared,
  { settings }: ReviewContext,
): Pick<NewDecision, 'mode' | 'byPerson' | 'derivation' | 'softwareVersion'> {
  return { mode: route.mode, byPerson: by, derivation, softwareVersion: settings.derivation.softwareVersion };
}

export function countsOf(queued: readonly { readonly destination: string }[]): Sent {
  const counts = new Map<string, number>();
  for (const { destination } of queued) counts.set(destination, (counts.get(destination) ?? 0) + 1);
  return [...counts].map(([destination, instances]) => ({ destination, instances }));
}
