import type { SeriesDetail } from '../../api/series-detail.ts';
import type { DerivationRecord } from '../../core/derivation/derivation-record.ts';
import { NodeError } from '../../core/errors.ts';
import type { ImagePlane } from '../../core/geometry/image-plane.ts';
import { leavingLetters } from '../../core/review/leaving-letters.ts';
import { possibleActs } from '../../core/review/possible-acts.ts';
import { type DecisionRecord, decisionsOfSeries } from '../../store/decisions.ts';
import type { InstanceRecord } from '../../store/instances.ts';
import { type ResultRecord, standingResults } from '../../store/results.ts';
import { sentOfSeries } from '../../store/sent.ts';
import { type StudySeries, seriesOfOneStudy } from '../../store/study-series.ts';
import { worklistRows } from '../../store/worklist.ts';
import type { NodeContext } from '../node-context.ts';
import { leavingInstances, seriesInReview } from '../review/series-in-review.ts';
import { headerOf } from '../stored-instance.ts';
import { decisionShown } from './decision-detail.ts';
import { seriesRow } from './list-series.ts';
import { sentParts } from './sent-parts.ts';
import { seriesHistory } from './series-history.ts';
import { sliceDetails } from './slice-details.ts';

/**
 * All that is known of one series.
 * @throws NodeError not-found, database-failed
 */
export async function seriesDetail(
  id: number,
  { db, settings }: Pick<NodeContext, 'db' | 'settings'>,
): Promise<SeriesDetail> {
  const [row] = await worklistRows(db, [id]);
  const seen = await seriesInReview(db, id, settings);
  if (row === undefined || seen === undefined) throw new NodeError('not-found', 'There is no such series');
  const { series, standing, situation } = seen;
  const instances = leavingInstances(seen.instances);
  const decisions = await decisionsOfSeries(db, id);
  const results = newestResults(await standingResults(db, id), instances);
  const turnedBy = decisions.find((decision) => decision.id === results[0]?.decisionId);
  const study = await seriesOfOneStudy(db, series.studyInstanceUid);
  const own = study.find((one) => one.id === id);
  const sent = await sentOfSeries(db, id);
  const resultUids = sent.flatMap((one) => (one.resultId === null ? [] : [one.seriesInstanceUid]));
  return {
    ...seriesRow(row),
    frameOfReferenceUid: own?.frameOfReferenceUid ?? null,
    kindRule: series.kindRule,
    decisionOnRecord: standing === undefined ? null : decisionShown(standing),
    result: turnedBy === undefined ? null : resultOf(results, turnedBy),
    slices: await sliceDetails(db, decisions, seen.instances),
    uidPairs: pairsOf(results, instances),
    stalePrivate: [...new Set(results.flatMap(({ stalePrivate }) => stalePrivate))],
    letters: lettersOf(instances, { standing, results, turnedBy }),
    study: study.filter((one) => one.id !== id).map((one) => siblingOf(one, own)),
    sent: sentParts(sent),
    history: await seriesHistory(db, { series, resultUids, decisions }),
    acts: [...possibleActs(situation)],
  };
}

/** Those of the instances that leave: earlier versions of them have results, too. */
function newestResults(
  results: readonly ResultRecord[],
  instances: readonly InstanceRecord[],
): readonly ResultRecord[] {
  const leaving = new Set(instances.map(({ id }) => id));
  return results.filter(({ instanceId }) => leaving.has(instanceId));
}

function resultOf(results: readonly ResultRecord[], { method, correction }: DecisionRecord): SeriesDetail['result'] {
  const first = results[0];
  if (first === undefined || correction === null) return null;
  return { seriesInstanceUid: first.seriesInstanceUid, method, correction, instances: results.length };
}

function pairsOf(results: readonly ResultRecord[], instances: readonly InstanceRecord[]): SeriesDetail['uidPairs'] {
  const byInstance = new Map(results.map((result) => [result.instanceId, result]));
  return instances.flatMap(({ id, sopInstanceUid: received }) => {
    const derived = byInstance.get(id)?.sopInstanceUid;
    return derived === undefined ? [] : [{ received, derived }];
  });
}

/** Of the first picture with a plane: those of a stack are alike. */
function lettersOf(
  instances: readonly InstanceRecord[],
  by: {
    readonly standing: DecisionRecord | undefined;
    readonly results: readonly ResultRecord[];
    readonly turnedBy: DecisionRecord | undefined;
  },
): SeriesDetail['letters'] {
  const { standing, results, turnedBy } = by;
  const turned = new Set(results.map(({ instanceId }) => instanceId));
  const pictures = turned.size === 0 ? instances : instances.filter(({ id }) => turned.has(id));
  const plane = pictures
    .map((instance) => headerOf(instance).plane)
    .find((one): one is ImagePlane => one !== undefined);
  if (plane === undefined) return { received: null, leaving: null };
  const received = leavingLetters(plane, undefined);
  if (standing === undefined || standing.decision === 'hold-for-review') return { received, leaving: null };
  return { received, leaving: turnedBy === undefined ? received : leavingLetters(plane, turningOf(turnedBy)) };
}

function turningOf({ correction, derivation }: DecisionRecord): Parameters<typeof leavingLetters>[1] {
  if (correction === null) return undefined;
  const { assertedOperation } = (derivation ?? {}) as Partial<DerivationRecord>;
  return { correction, assertedOperation };
}

function siblingOf(one: StudySeries, own: StudySeries | undefined): SeriesDetail['study'][number] {
  const { stackGroups, frameOfReferenceUid, ...rest } = one;
  const frame = own?.frameOfReferenceUid ?? null;
  return {
    ...rest,
    sameStack: stackGroups.some((group) => own?.stackGroups.includes(group)),
    samePatientFrame: frame === null || frameOfReferenceUid === null ? null : frameOfReferenceUid === frame,
  };
}
