import type { ActOrder, ActPreview } from '../../api/reviews.ts';
import { seriesDecidedWith } from '../../store/batches.ts';
import type { DecisionRecord } from '../../store/decisions.ts';
import { type ResentSeries, sendSeriesAgain } from '../resend.ts';
import { destinationsOf, type Sent } from './carry-out-act.ts';
import { lettersOf, plannedAct } from './planned-act.ts';
import type { ReviewContext } from './review-context.ts';
import { leavingInstances, type SeriesInReview, seriesInReview } from './series-in-review.ts';

type PreviewContext = Pick<ReviewContext, 'db' | 'dataDir' | 'now' | 'settings' | 'destinations'>;

/** Said of a series that somebody decided or reviewed after it was looked at. */
export const SINCE_YOU_LOOKED = 'Somebody else, or the node, decided or reviewed it since you looked: look again.';
export const NO_SUCH_SERIES = 'There is no such series.';

/** What an act would do to each series, in the order given; nothing is done. @throws NodeError database-failed, storage-failed */
export async function previewActs(order: ActOrder, context: PreviewContext): Promise<ActPreview[]> {
  const previews: ActPreview[] = [];
  for (const one of order.series) previews.push(await previewAct(order, one, context));
  return previews;
}

async function previewAct(
  order: ActOrder,
  { id, version }: ActOrder['series'][number],
  context: PreviewContext,
): Promise<ActPreview> {
  const seen = await seriesInReview(context.db, id, context.settings);
  const nothing = { before: null, after: null, send: [], supersedes: null };
  if (seen === undefined) return { id, seriesInstanceUid: '', possible: false, why: NO_SUCH_SERIES, ...nothing };
  const { seriesInstanceUid } = seen.series;
  if (seen.version !== version) {
    return { id, seriesInstanceUid, possible: false, why: SINCE_YOU_LOOKED, ...nothing };
  }
  const plan = await plannedAct(order, seen, context);
  const { possible, why } = plan;
  const letters = lettersOf(seen, plan);
  const before = seen.standing === undefined ? null : { ...stateOf(seen.standing), letters: letters.before };
  if (!possible) return { id, seriesInstanceUid, possible, why, ...nothing, before };
  const { change } = plan;
  const after =
    change === undefined ? before : { ...stateOf({ ...change, mode: seen.route.mode }), letters: letters.after };
  const send =
    order.act === 'resend' ? await sentAgain(seen, context) : sendOf(seen, change?.send ?? 'nothing', context);
  const superseded = change !== undefined && change.send !== 'nothing' ? (seen.resultUid ?? null) : null;
  const told =
    change === undefined || change.send === 'nothing' ? why : `${why}${await leftOfStack(order, id, context)}`;
  return { id, seriesInstanceUid, possible, why: told, before, after, send: [...send], supersedes: superseded };
}

/** Some scanners make one series per slice: who turns a part of a stack is told, because it is not one picture then. */
async function leftOfStack({ series }: ActOrder, id: number, { db }: PreviewContext): Promise<string> {
  const ordered = new Set(series.map((one) => one.id));
  const left = (await seriesDecidedWith(db, [id])).filter((other) => !ordered.has(other)).length;
  if (left === 0) return '';
  return left === 1
    ? ' Another series of the same stack stays as it is.'
    : ` ${left} other series of the same stack stay as they are.`;
}

function stateOf({
  decision,
  mode,
  method,
  observedCode,
  correction,
}: Pick<DecisionRecord, 'decision' | 'mode' | 'method' | 'observedCode' | 'correction'>): Omit<
  NonNullable<ActPreview['before']>,
  'letters'
> {
  return { decision, mode, method, observedCode, correction };
}

function sendOf(seen: SeriesInReview, what: 'results' | 'received' | 'nothing', context: PreviewContext): Sent {
  if (what === 'nothing') return [];
  const { archiveOriginals, uidPolicy } = seen.route;
  const both = what === 'results' && archiveOriginals && uidPolicy === 'derive';
  const instances = leavingInstances(seen.instances).length * (both ? 2 : 1);
  return destinationsOf(seen, context).map((destination) => ({ destination, instances }));
}

async function sentAgain(seen: SeriesInReview, { db, dataDir, now, destinations }: PreviewContext): Promise<Sent> {
  const resent = await sendSeriesAgain(toResend(seen), { filter: {}, destinations }, { db, dataDir, now });
  return sentOf(resent);
}

export function toResend({ series, standing }: SeriesInReview): Parameters<typeof sendSeriesAgain>[0] {
  const { id, studyInstanceUid, seriesInstanceUid } = series;
  const { decision = null, modelVersion = null } = standing ?? {};
  return { id, studyInstanceUid, seriesInstanceUid, decision, modelVersion };
}

export function sentOf(resent: ResentSeries | undefined): Sent {
  return Object.entries(resent?.queued ?? {}).map(([destination, instances]) => ({ destination, instances }));
}
