import type { ImagePlane } from '../core/geometry/image-plane.ts';
import type { AcquisitionProgress, SeriesProgress } from '../core/series/completeness.ts';
import { splitIntoStacks } from '../core/series/stack-group.ts';
import type { InstanceRecord } from '../store/instances.ts';
import { headerOf } from './stored-instance.ts';

/**
 * What is to be known of a series while it arrives, kept up to date instance by instance: a series of ten thousand is
 * looked at ten thousand times.
 */
export class SeriesTally {
  #count = 0;
  #firstReceivedAt = Number.POSITIVE_INFINITY;
  #lastReceivedAt = Number.NEGATIVE_INFINITY;
  #hasUnannounced = false;
  #hasUnplaced = false;
  readonly #acquisitions = new Map<number, { announced: number | undefined; readonly uids: Set<string> }>();
  readonly #framesOfReference = new Set<string | undefined>();
  /** One of each: the phases of a heart beat share their plane. */
  readonly #planes = new Map<string, ImagePlane>();
  readonly #orientations = new Map<string, ImagePlane>();

  /** Takes those of the instances, always the same list, that have come since the last time. */
  bringUpTo(instances: readonly InstanceRecord[]): this {
    for (; this.#count < instances.length; this.#count++) this.#take(instances[this.#count] as InstanceRecord);
    return this;
  }

  /** The distinct planes of the instances that have one. */
  get planes(): readonly ImagePlane[] {
    return [...this.#planes.values()];
  }

  /** The plane of the one stack that all instances lie in; undefined where there is none, or more than one. */
  get stackPlane(): ImagePlane | undefined {
    if (this.#hasUnplaced) return undefined;
    const orientations = [...this.#orientations.values()];
    return splitIntoStacks(orientations.map((plane) => ({ plane }))).length === 1 ? orientations[0] : undefined;
  }

  /** One Frame of Reference for all, or none that counts. */
  get frameOfReferenceUid(): string | undefined {
    const [uid] = this.#framesOfReference;
    return this.#framesOfReference.size === 1 ? uid : undefined;
  }

  get progress(): SeriesProgress {
    return {
      firstReceivedAt: this.#firstReceivedAt,
      lastReceivedAt: this.#lastReceivedAt,
      acquisitions: new Map(
        [...this.#acquisitions].map(([number, { announced, uids }]): [number, AcquisitionProgress] => [
          number,
          { announced, received: uids.size },
        ]),
      ),
      hasUnannounced: this.#hasUnannounced,
    };
  }

  #take(record: InstanceRecord): void {
    const { acquisitionNumber, imagesInAcquisition, plane, frameOfReferenceUid } = headerOf(record);
    this.#firstReceivedAt = Math.min(this.#firstReceivedAt, record.receivedAt);
    this.#lastReceivedAt = Math.max(this.#lastReceivedAt, record.receivedAt);
    this.#framesOfReference.add(frameOfReferenceUid);
    if (plane === undefined) this.#hasUnplaced = true;
    else this.#place(plane);
    if (acquisitionNumber === undefined || imagesInAcquisition === undefined) this.#hasUnannounced = true;
    if (acquisitionNumber === undefined) return;
    const known = this.#acquisitions.get(acquisitionNumber) ?? { announced: undefined, uids: new Set<string>() };
    known.announced = Math.max(known.announced ?? 0, imagesInAcquisition ?? 0) || undefined;
    known.uids.add(record.sopInstanceUid);
    this.#acquisitions.set(acquisitionNumber, known);
  }

  #place(plane: ImagePlane): void {
    const orientation = JSON.stringify([plane.rowCosines, plane.columnCosines]);
    if (!this.#orientations.has(orientation)) this.#orientations.set(orientation, plane);
    const place = JSON.stringify(plane);
    if (!this.#planes.has(place)) this.#planes.set(place, plane);
  }
}
