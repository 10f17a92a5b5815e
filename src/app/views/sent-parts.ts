import type { SeriesDetail } from '../../api/series-detail.ts';
import type { SentInstance } from '../../store/sent.ts';
import { moment } from './moment.ts';

type SentPart = SeriesDetail['sent'][number];

/**
 * What each archive was sent of a series, by what was sent; in the order in which the first of it was queued. What stands
 * again under the UIDs that it had before is not told as superseded, too: somebody would delete it by these.
 */
export function sentParts(sent: readonly SentInstance[]): SentPart[] {
  const standing = new Set(sent.filter(isStanding).map(objectOf));
  const parts = new Map<string, SentInstance[]>();
  for (const one of sent) {
    const stands = isStanding(one);
    if (!stands && standing.has(objectOf(one))) continue;
    const key = JSON.stringify([one.destination, one.decisionId, one.seriesInstanceUid, stands]);
    parts.set(key, [...(parts.get(key) ?? []), one]);
  }
  return [...parts.values()].map(partOf);
}

function isStanding({ supersededAt }: SentInstance): boolean {
  return supersededAt === null;
}

/** What an archive has once, however often it was sent. */
function objectOf({ destination, resultId, sopInstanceUid }: SentInstance): string {
  return JSON.stringify([destination, resultId === null, sopInstanceUid]);
}

function partOf(sent: readonly SentInstance[]): SentPart {
  const first = sent[0]!;
  const inState = (state: SentInstance['state']): SentInstance[] => sent.filter((one) => one.state === state);
  const delivered = inState('delivered');
  const waiting = inState('pending');
  const dead = inState('dead');
  const arrivals = delivered.flatMap(({ deliveredAt }) => deliveredAt ?? []);
  const failed = [...waiting.filter(({ attempts }) => attempts > 0), ...dead].at(-1);
  return {
    destination: first.destination,
    what: first.resultId === null ? 'received' : 'result',
    seriesInstanceUid: first.seriesInstanceUid,
    decisionId: first.decisionId,
    stands: isStanding(first),
    instances: instancesIn(sent),
    delivered: instancesIn(delivered),
    confirmed: instancesIn(delivered.filter(({ isConfirmed }) => isConfirmed === 1)),
    waiting: instancesIn(waiting),
    dead: instancesIn(dead),
    lastDeliveredAt: arrivals.length === 0 ? null : moment(arrivals.reduce((last, at) => Math.max(last, at))),
    reason: failed?.reason ?? null,
  };
}

/** Versions of one SOP Instance UID are one instance to an archive. */
function instancesIn(sent: readonly SentInstance[]): number {
  return new Set(sent.map(({ sopInstanceUid }) => sopInstanceUid)).size;
}
