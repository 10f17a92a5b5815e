import type { ImagePlane } from '../core/geometry/image-plane.ts';
import type { ObservedOrientation } from '../core/orientation/d4.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import type { ReviewAct } from '../core/review/review-acts.ts';
import { reviewLabel } from '../core/review/review-label.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import { instancesOfSeries } from '../store/instances.ts';
import { reviewedSeries } from '../store/reviewed-series.ts';
import { instancesToClassify, pictureOf } from './classify-stack.ts';
import type { NodeContext } from './node-context.ts';
import { headerOf, readStoredDataSet } from './stored-instance.ts';

/** One picture as it was received, with what a person said of its series. */
export interface ReviewedPicture {
  /** Numbers of this node's record: they name nobody. */
  readonly seriesId: number;
  readonly instanceId: number;
  readonly studyInstanceUid: string;
  /** Slice position and picture of that position, each from 0. */
  readonly position: number;
  readonly phase: number;
  readonly kind: SequenceKind;
  readonly code: ObservedOrientation;
  readonly act: ReviewAct;
  readonly reviewer: string;
  /** Milliseconds since 1970 UTC. */
  readonly reviewedAt: number;
  readonly image: GreyImage;
  /** Undefined where there is none, or where the person said that it is wrong. */
  readonly plane: ImagePlane | undefined;
}

type Context = Pick<NodeContext, 'db' | 'dataDir'>;

/**
 * The pictures of every series whose orientation a person told in review: of each slice position as many phases as the
 * recogniser looks at. What has no readable picture is left out.
 * @throws NodeError storage-failed where what was received is no longer on the disk, database-failed
 */
export async function* reviewedPictures(
  { db, dataDir }: Context,
  phasesPerPosition: number,
): AsyncGenerator<ReviewedPicture> {
  for (const { id: seriesId, kind, reviews } of await reviewedSeries(db)) {
    const label = reviewLabel(reviews);
    const review = label === undefined ? undefined : reviews[label.index];
    if (label === undefined || review === undefined) continue;
    const { act, by: reviewer, at: reviewedAt } = review;
    const instances = (await instancesOfSeries(db, seriesId))
      .filter((record) => headerOf(record).turnFault === undefined && !record.flags.includes('duplicate-uid'))
      .map((record) => ({ record, plane: headerOf(record).plane }));
    const phases = new Map<number, number>();
    for (const { instance, position } of instancesToClassify(instances, phasesPerPosition)) {
      const image = pictureOf(await readStoredDataSet(instance.record, dataDir));
      if (image === undefined) continue;
      const phase = phases.get(position) ?? 0;
      phases.set(position, phase + 1);
      const { id: instanceId, studyInstanceUid } = instance.record;
      const plane = act === 'trust-image' ? undefined : instance.plane;
      const labels = { kind, code: label.code, act, reviewer, reviewedAt };
      yield { seriesId, instanceId, studyInstanceUid, position, phase, ...labels, image, plane };
    }
  }
}
