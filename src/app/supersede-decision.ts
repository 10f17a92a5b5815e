import { NodeError } from '../core/errors.ts';
import type { Transaction } from '../store/database.ts';
import { type DecisionRecord, insertDecision, type NewDecision } from '../store/decisions.ts';
import { concernedDestinations, supersedeDeliveries } from '../store/outbox.ts';
import { addSeriesFlags, removeSeriesFlags, type SeriesRecord, seriesByIds, setDecided } from '../store/series.ts';

/** On record with what was still to be sent by a decision that no longer stands. */
const WITHDRAWN = 'A later decision took the place of the one that this followed.';

export interface Superseding {
  readonly series: Pick<SeriesRecord, 'id' | 'seriesInstanceUid'>;
  /** The decision that was looked at. */
  readonly standing: Pick<DecisionRecord, 'id' | 'flags'>;
  readonly decision: Omit<NewDecision, 'supersedes'>;
  readonly kindRule: string | null;
  /** The same leaves as before: what was sent, and what waits, stands. Default false. */
  readonly deliveriesStand?: boolean;
}

/**
 * Another decision takes the place of the one that stands of a series: what still waited to be sent by that one is
 * withdrawn, nothing of it ever goes out again, and its flags are no longer the series'. The caller queues what goes out
 * instead, in the same transaction.
 * @returns the new decision, and the destinations that have what is superseded now, or that waited for it: they are to
 *   get what goes out instead, too
 * @throws NodeError conflict (the series was decided anew since it was looked at), database-failed
 */
export async function supersedeDecision(
  tx: Transaction,
  { series, standing, decision, kindRule, deliveriesStand = false }: Superseding,
): Promise<{ readonly decisionId: number; readonly concerned: readonly string[] }> {
  const [now] = await seriesByIds(tx, [series.id]);
  if (now?.decisionId !== standing.id) {
    const subject = { seriesInstanceUid: series.seriesInstanceUid };
    throw new NodeError('conflict', 'the series was decided anew meanwhile', { subject });
  }
  const concerned = await concernedDestinations(tx, series.id);
  if (!deliveriesStand) {
    await supersedeDeliveries(tx, { seriesId: series.id, at: decision.decidedAt, reason: WITHDRAWN });
  }
  const decisionId = await insertDecision(tx, { ...decision, supersedes: standing.id });
  await setDecided(tx, { seriesId: series.id, kind: decision.kind, kindRule, decisionId });
  await removeSeriesFlags(tx, series.id, standing.flags);
  await addSeriesFlags(tx, series.id, decision.flags);
  return { decisionId, concerned };
}
