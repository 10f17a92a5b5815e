import type { SeriesDetail } from '../../api/series-detail.ts';
import type { AuditRow } from '../../store/audit.ts';
import { auditOfSeries } from '../../store/audit-trail.ts';
import type { Reader } from '../../store/database.ts';
import type { DecisionRecord } from '../../store/decisions.ts';
import { type ReviewRecord, reviewsOfSeries } from '../../store/reviews.ts';
import type { SeriesRecord } from '../../store/series.ts';
import { eventSentence, reviewSentence } from './history-sentences.ts';
import { moment } from './moment.ts';

type HistoryEntry = SeriesDetail['history'][number];

/** Entries of single instances that are no farther apart are told of as one. */
const ONE_EVENT_MS = 60_000;

/** What there is to tell of, besides the audit trail. */
interface Told {
  readonly series: Pick<SeriesRecord, 'id' | 'studyInstanceUid' | 'seriesInstanceUid'>;
  /** Series Instance UIDs of all its results, also of those that no longer stand. */
  readonly resultUids: readonly string[];
  /** Oldest first. */
  readonly decisions: readonly DecisionRecord[];
}

/**
 * All that happened to a series and its results, oldest first: what the audit trail keeps of it, with the decisions and
 * reviews that it is about; and those of them that have no entry there.
 */
export async function seriesHistory(reader: Reader, { series, resultUids, decisions }: Told): Promise<HistoryEntry[]> {
  const { id, studyInstanceUid } = series;
  const reviews = await reviewsOfSeries(reader, id);
  const rows: AuditRow[] = [];
  for (const seriesInstanceUid of new Set([series.seriesInstanceUid, ...resultUids])) {
    rows.push(...(await auditOfSeries(reader, { studyInstanceUid, seriesInstanceUid })));
  }
  rows.sort((one, other) => one.at - other.at || one.seq - other.seq);
  const events = folded(rows.map(toEvent).filter((one) => isOf(one, decisions)));
  const told = events.map((event) => ({ event, review: reviews.find((one) => isReviewOf(event, one)) }));
  const entries = told.map(({ event, review }) => entryOf(event, { review, decisions }));
  const decisionsTold = new Set(events.map(({ decisionId }) => decisionId));
  const reviewsTold = new Set(told.map(({ review }) => review?.id));
  const untold = [
    ...decisions.filter(({ id }) => !decisionsTold.has(id)).map(decisionEntry),
    ...reviews.filter(({ id }) => !reviewsTold.has(id)).map(reviewEntry),
  ];
  const inOrder = [...entries, ...untold].sort((one, other) => one.at - other.at);
  return inOrder.map((entry) => ({ ...entry, at: moment(entry.at) }));
}

/** What happened, in numbers; `times` how often the same happened to instances. */
interface Event extends Pick<AuditRow, 'at' | 'seq' | 'event' | 'actor'> {
  readonly detail: Readonly<Record<string, unknown>>;
  readonly decisionId: number | null;
  readonly times: number;
  readonly until: number;
}

type Entry = Omit<HistoryEntry, 'at'> & { readonly at: number };

function toEvent({ at, seq, event, actor, detailJson }: AuditRow): Event {
  const detail = JSON.parse(detailJson) as Event['detail'];
  const { decisionId } = detail;
  return {
    at,
    seq,
    event,
    actor,
    detail,
    decisionId: typeof decisionId === 'number' ? decisionId : null,
    times: 1,
    until: at,
  };
}

/** Scouts and cines may have one Series Instance UID: what was decided of the others is not of this series. */
function isOf({ decisionId }: Event, decisions: readonly DecisionRecord[]): boolean {
  return decisionId === null || decisions.some(({ id }) => id === decisionId);
}

function folded(events: readonly Event[]): Event[] {
  const groups: Event[] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (last !== undefined && isMoreOf(last, event)) {
      groups[groups.length - 1] = { ...last, times: last.times + 1, until: event.at };
    } else {
      groups.push(event);
    }
  }
  return groups;
}

function isMoreOf(last: Event, { event, actor, at }: Event): boolean {
  return (
    event.startsWith('instance-') && last.event === event && last.actor === actor && at - last.until <= ONE_EVENT_MS
  );
}

/** The entry of an act is written with its review: same moment, same person. */
function isReviewOf({ at, actor, event, detail }: Event, review: ReviewRecord): boolean {
  return event === 'series-reviewed' && review.at === at && review.by === actor && review.act === detail['act'];
}

function entryOf(
  event: Event,
  about: { readonly review: ReviewRecord | undefined; readonly decisions: readonly DecisionRecord[] },
): Entry {
  const { review, decisions } = about;
  const { at, actor, seq, decisionId, detail, times } = event;
  const decision = decisions.find(({ id }) => id === decisionId);
  const sentence =
    review === undefined ? eventSentence(event.event, detail, { times, decision }) : reviewSentence(review);
  const why = review?.because ?? detail['reason'] ?? detail['because'];
  const reason = typeof why === 'string' ? why : null;
  return { at, actor, event: event.event, sentence, reason, decisionId, seq };
}

function decisionEntry({ id, decidedAt, byPerson, reason }: DecisionRecord): Entry {
  const actor = byPerson ?? 'node';
  return { at: decidedAt, actor, event: 'series-decided', sentence: reason, reason: null, decisionId: id, seq: null };
}

function reviewEntry(review: ReviewRecord): Entry {
  const { at, by: actor, because: reason, decisionId } = review;
  return { at, actor, event: 'series-reviewed', sentence: reviewSentence(review), reason, decisionId, seq: null };
}
