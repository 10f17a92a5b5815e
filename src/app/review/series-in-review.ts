import { type ReviewSituation, turningObstacle } from '../../core/review/possible-acts.ts';
import { seriesVersion } from '../../core/review/series-version.ts';
import { type RouteChoices, routeFor } from '../../core/routing/route.ts';
import type { Reader } from '../../store/database.ts';
import { type DecisionRecord, decisionById } from '../../store/decisions.ts';
import { type InstanceRecord, instancesOfSeries } from '../../store/instances.ts';
import { lastReviewId, latestDecisionByNode, sentBefore, standingResultUid } from '../../store/reviews.ts';
import { type SeriesRecord, seriesByIds } from '../../store/series.ts';
import { evidenceOfInstance } from '../decide-group.ts';
import type { NodeSettings } from '../node-context.ts';
import { headerOf } from '../stored-instance.ts';

/** A series with all that an act on it looks at. */
export interface SeriesInReview {
  readonly series: SeriesRecord;
  readonly version: string;
  readonly standing: DecisionRecord | undefined;
  /** In order of arrival; some may have arrived since the decision. */
  readonly instances: readonly InstanceRecord[];
  /** That it would take now. */
  readonly route: RouteChoices;
  /** Series Instance UID of the results that stand. */
  readonly resultUid: string | undefined;
  /** Destinations that have, or may have, any result of it, or wait for something of it. */
  readonly holders: readonly string[];
  readonly situation: ReviewSituation;
}

/** Undefined where there is no such series. */
export async function seriesInReview(
  reader: Reader,
  seriesId: number,
  { routing, routeDefaults }: Pick<NodeSettings, 'routing' | 'routeDefaults'>,
): Promise<SeriesInReview | undefined> {
  const [series] = await seriesByIds(reader, [seriesId]);
  if (series === undefined) return undefined;
  const instances = await instancesOfSeries(reader, seriesId);
  const isDecided = series.state === 'decided' && series.decisionId !== null;
  const standing = isDecided ? await decisionById(reader, series.decisionId as number) : undefined;
  const resultUid = await standingResultUid(reader, seriesId);
  const { anything, holders } = await sentBefore(reader, seriesId);
  const callingAeTitle = instances[0]?.callingAeTitle ?? '';
  const route = routeFor({ callingAeTitle, kind: standing?.kind ?? series.part }, routing, routeDefaults);
  return {
    series,
    version: seriesVersion(series.decisionId, await lastReviewId(reader, seriesId)),
    standing,
    instances,
    route,
    resultUid,
    holders,
    situation: {
      standing,
      pictureCode: (await latestDecisionByNode(reader, seriesId))?.observedCode ?? null,
      isTurned: resultUid !== undefined,
      wasSent: anything,
      obstacle: turningObstacle(instances.map(evidenceOfInstance)),
      planes: instances.flatMap((record) => headerOf(record).plane ?? []),
      mode: route.mode,
    },
  };
}

/** What leaves of a series: of several versions of an instance the newest, but each of those whose pixels differ. */
export function leavingInstances(instances: readonly InstanceRecord[]): readonly InstanceRecord[] {
  if (instances.some(({ flags }) => flags.includes('duplicate-uid'))) return instances;
  const newest = new Map(instances.map((instance) => [instance.sopInstanceUid, instance.id]));
  return instances.filter(({ id, sopInstanceUid }) => newest.get(sopInstanceUid) === id);
}
