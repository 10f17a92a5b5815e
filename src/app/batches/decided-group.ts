import type { PictureFrame } from '../../core/geometry/frame.ts';
import { personsDecisions, seriesDecidedWith } from '../../store/batches.ts';
import { type DecisionRecord, decidedInStudy, decisionById, firstDecisions } from '../../store/decisions.ts';
import { type InstanceRecord, instancesOfSeries } from '../../store/instances.ts';
import { type SeriesRecord, seriesByIds } from '../../store/series.ts';
import { framesOf, type JudgedSeries } from '../decide-group.ts';
import type { NodeContext } from '../node-context.ts';

/** A series that is decided, with what its decision was made of. */
export interface DecidedSeries {
  readonly series: SeriesRecord;
  readonly standing: DecisionRecord;
  /** Without those that are to follow the decision yet. */
  readonly instances: readonly InstanceRecord[];
}

export interface DecidedGroup {
  /** Those that the node may decide again. */
  readonly members: readonly DecidedSeries[];
  /** Why each of the others is left alone, by its id. */
  readonly leftAlone: ReadonlyMap<number, { readonly standing: DecisionRecord | undefined; readonly why: string }>;
}

/** The series that were decided together with this one: its stack group, or itself alone. */
export async function decidedGroup(seriesId: number, { db }: Pick<NodeContext, 'db'>): Promise<DecidedGroup> {
  const ids = [...new Set([seriesId, ...(await seriesDecidedWith(db, [seriesId]))])];
  const byPersons = await personsDecisions(db, ids);
  const members: DecidedSeries[] = [];
  const leftAlone: Map<number, { readonly standing: DecisionRecord | undefined; readonly why: string }> = new Map();
  for (const series of await seriesByIds(db, ids)) {
    const standing = series.decisionId === null ? undefined : await decisionById(db, series.decisionId);
    const why = whyLeftAlone(standing, byPersons);
    if (standing === undefined || why !== undefined) leftAlone.set(series.id, { standing, why: why ?? '' });
    else members.push({ series, standing, instances: await decidedInstances(db, series.id) });
  }
  return { members, leftAlone };
}

function whyLeftAlone(standing: DecisionRecord | undefined, byPersons: ReadonlySet<number>): string | undefined {
  if (standing === undefined) return 'It is still arriving.';
  if (byPersons.has(standing.id)) return 'It was decided by a person.';
  return standing.decision === 'hold-for-review' ? 'It is held for review.' : undefined;
}

export async function decidedInstances(
  db: Parameters<typeof instancesOfSeries>[0],
  seriesId: number,
): Promise<readonly InstanceRecord[]> {
  return (await instancesOfSeries(db, seriesId)).filter(({ state }) => state === 'decided');
}

/**
 * The frames on which others of the study settled: those that were decided before these for the first time, so that two
 * groups never stand on each other, and whatever persons decided.
 */
export async function framesOfOthers(
  own: readonly DecidedSeries[],
  judged: readonly JudgedSeries[],
  { db }: Pick<NodeContext, 'db'>,
): Promise<readonly PictureFrame[]> {
  const frameOfReferenceUid = judged[0]?.open.frameOfReferenceUid;
  const studyInstanceUid = own[0]?.series.studyInstanceUid;
  if (frameOfReferenceUid === undefined || studyInstanceUid === undefined) return [];
  const first = await firstDecisions(db, studyInstanceUid);
  const begun = Math.min(...own.map(({ series }) => first.get(series.id) ?? 0));
  const ownIds = new Set(own.map(({ series }) => series.id));
  const others = (await decidedInStudy(db, studyInstanceUid)).filter(
    ({ decision: { seriesId, byPerson } }) =>
      !ownIds.has(seriesId) && (byPerson !== null || (first.get(seriesId) ?? begun) < begun),
  );
  return framesOf(others, frameOfReferenceUid);
}
