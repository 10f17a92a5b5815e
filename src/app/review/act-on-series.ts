import type { Asker } from '../../api/endpoints.ts';
import type { ActOutcome, DecidedAct } from '../../api/reviews.ts';
import { messageOf } from '../../core/errors.ts';
import type { ActPlan } from '../../core/review/act-decision.ts';
import type { DecisionRecord } from '../../store/decisions.ts';
import { sendSeriesAgain } from '../resend.ts';
import { type CarriedOutAct, carryOutAct, type Sent } from './carry-out-act.ts';
import { lettersOf, plannedAct } from './planned-act.ts';
import { NO_SUCH_SERIES, SINCE_YOU_LOOKED, sentOf, toResend } from './preview-acts.ts';
import type { ReviewContext } from './review-context.ts';
import { type SeriesInReview, seriesInReview } from './series-in-review.ts';

/** So often a series is prepared anew where instances arrive meanwhile. */
const TRIES = 5;

/**
 * Carries out a person's act, one series after the other; what fails for one leaves that one as it was and is told. Of
 * two who act on what they both looked at, the second is refused.
 */
export async function actOnSeries(
  order: DecidedAct,
  asker: Pick<Asker, 'name'>,
  context: ReviewContext,
): Promise<ActOutcome[]> {
  const outcomes: ActOutcome[] = [];
  for (const one of order.series) {
    try {
      outcomes.push(await actOnOne({ ...order, ...one }, asker, context));
    } catch (error) {
      context.log.error('act-failed', { series: one.id, act: order.act, cause: messageOf(error) });
      outcomes.push(notDone(one.id, undefined, `It failed, and nothing was changed: ${messageOf(error)}.`));
    }
  }
  return outcomes;
}

type ActOnOne = DecidedAct & DecidedAct['series'][number];

async function actOnOne(order: ActOnOne, asker: Pick<Asker, 'name'>, context: ReviewContext): Promise<ActOutcome> {
  const { id, act, because } = order;
  for (let tried = 0; tried < TRIES; tried++) {
    const seen = await seriesInReview(context.db, id, context.settings);
    if (seen === undefined) return notDone(id, seen, NO_SUCH_SERIES);
    if (seen.version !== order.version) return notDone(id, seen, SINCE_YOU_LOOKED);
    const plan = await plannedAct(order, seen, context);
    const { standing } = seen;
    if (!plan.possible || standing === undefined) return notDone(id, seen, plan.why);
    if (act === 'resend') return sendAgain(order, { seen, standing, by: asker.name }, context);
    if (act === 'trust-image' && !confirmed(order, seen, plan)) {
      return notDone(id, seen, 'The letters that the pictures will have were not confirmed.');
    }
    const { change } = plan;
    const code = act === 'overrule' || act === 'trust-header' || act === 'trust-image' ? change?.observedCode : null;
    const review = { act, by: asker.name, because, code: code ?? null };
    const carried = await carryOutAct({ seen: { ...seen, standing }, review, change }, context);
    if (!carried.done && carried.because === 'again') continue;
    if (carried.done && change !== undefined) tell(seen, change, context);
    return outcomeOf(carried, { id, seen, why: plan.why });
  }
  return notDone(id, undefined, 'Instances of it keep arriving: try again in a moment.');
}

function tell(
  { series, standing }: SeriesInReview,
  change: NonNullable<Extract<ActPlan, { possible: true }>['change']>,
  { observer, log, wake }: ReviewContext,
): void {
  const { decision, flags, reason, observedCode, correction } = change;
  const { seriesInstanceUid } = series;
  observer.decided({ decision, flags, reason, metricReason: 'reviewed' }, standing?.kind ?? series.part);
  log.info('series-reviewed', { seriesInstanceUid, decision, observedCode, correction, flags });
  wake();
}

function confirmed({ confirmedLetters: given }: DecidedAct, seen: SeriesInReview, plan: ActPlan): boolean {
  const { after } = lettersOf(seen, plan);
  if (given === undefined || after === null) return false;
  return (['top', 'right', 'bottom', 'left'] as const).every((edge) => given[edge] === after[edge]);
}

/** It is no judgement of the series: its place is in the audit trail, and not among the reviews. */
async function sendAgain(
  { id, because }: ActOnOne,
  { seen, standing, by }: { readonly seen: SeriesInReview; readonly standing: DecisionRecord; readonly by: string },
  { db, dataDir, now, destinations, wake }: ReviewContext,
): Promise<ActOutcome> {
  const order = { filter: {}, destinations, act: { by, reason: because } };
  const resent = await sendSeriesAgain(toResend(seen), order, { db, dataDir, now });
  const sent = sentOf(resent);
  const gone = resent?.gone.length ?? 0;
  if (sent.length === 0)
    return notDone(id, seen, 'Nothing of it can be sent: it is no longer on the disk, or its destinations are gone.');
  wake();
  const { seriesInstanceUid } = seen.series;
  const why = `${inWords(sent)}${gone === 0 ? '' : ` ${gone} instances are no longer on the disk.`}`;
  return { id, seriesInstanceUid, done: true, why, reviewId: null, decisionId: standing.id };
}

function outcomeOf(
  carried: CarriedOutAct,
  { id, seen, why }: { readonly id: number; readonly seen: SeriesInReview; readonly why: string },
): ActOutcome {
  if (carried.done) {
    const { reviewId, decisionId, queued } = carried;
    const { seriesInstanceUid } = seen.series;
    const told = queued.length === 0 ? why : `${why} ${inWords(queued)}`;
    return { id, seriesInstanceUid, done: true, why: told, reviewId, decisionId };
  }
  if (carried.because === 'cannot')
    return notDone(id, seen, `It cannot be turned, and nothing was changed: ${carried.why}.`);
  return notDone(id, seen, SINCE_YOU_LOOKED);
}

function inWords(sent: Sent): string {
  return `On its way: ${sent.map(({ destination, instances }) => `${instances} to ${destination}`).join(', ')}.`;
}

function notDone(id: number, seen: SeriesInReview | undefined, why: string): ActOutcome {
  const { seriesInstanceUid = '' } = seen?.series ?? {};
  return { id, seriesInstanceUid, done: false, why, reviewId: null, decisionId: seen?.standing?.id ?? null };
}
