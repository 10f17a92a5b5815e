import { routeFor } from '../core/routing/route.ts';
import { appendAudit } from '../store/audit.ts';
import { type DecisionRecord, insertDecision, standingHolds } from '../store/decisions.ts';
import { instancesOfSeries, markInstances } from '../store/instances.ts';
import { enqueue } from '../store/outbox.ts';
import { seriesByIds, setDecided } from '../store/series.ts';
import type { NodeContext } from './node-context.ts';
import { deliveriesOf } from './queue-deliveries.ts';

const HOUR_MS = 3_600_000;

/**
 * A hold ends after `decision.holdHours`: nobody looked, so the original goes out, and the record says so.
 * @returns how many series were released
 */
export async function releaseExpiredHolds(context: NodeContext): Promise<number> {
  const now = context.now();
  const expired = (await standingHolds(context.db)).filter(
    ({ decidedAt }) => decidedAt + context.settings.decision.holdHours * HOUR_MS <= now,
  );
  let released = 0;
  for (const hold of expired) if (await release(hold, now, context)) released += 1;
  return released;
}

/** False where somebody decided the series meanwhile. */
async function release(hold: DecisionRecord, at: number, context: NodeContext): Promise<boolean> {
  const [series] = await seriesByIds(context.db, [hold.seriesId]);
  if (series === undefined) return false;
  const { id, ...held } = hold;
  const released = await context.db.transaction(async (tx) => {
    const [now] = await seriesByIds(tx, [hold.seriesId]);
    if (now?.decisionId !== id) return false;
    // Late ones that are not decided yet go out with the others; who was about to decide them finds them decided.
    const instances = await instancesOfSeries(tx, hold.seriesId);
    const callingAeTitle = instances[0]?.callingAeTitle ?? '';
    const { routing, routeDefaults } = context.settings;
    const route = routeFor({ callingAeTitle, kind: hold.kind }, routing, routeDefaults);
    const decisionId = await insertDecision(tx, {
      ...held,
      decidedAt: at,
      decision: 'pass-through',
      reason: `${hold.reason} Nobody reviewed it within ${context.settings.decision.holdHours} hours: it was forwarded as received.`,
      supersedes: id,
    });
    await setDecided(tx, { seriesId: hold.seriesId, kind: hold.kind, kindRule: series.kindRule, decisionId });
    await markInstances(
      tx,
      instances.map((instance) => instance.id),
      'decided',
    );
    await enqueue(
      tx,
      deliveriesOf(
        instances.map((instance) => ({ instance })),
        route,
        at,
      ),
    );
    const { studyInstanceUid, seriesInstanceUid } = series;
    const subject = { studyInstanceUid, seriesInstanceUid };
    await appendAudit(tx, [
      { at, event: 'hold-released', actor: 'node', subject, detail: { decisionId, supersedes: id } },
    ]);
    return true;
  });
  if (released) context.log.warn('hold-released', { seriesInstanceUid: series.seriesInstanceUid });
  return released;
}
