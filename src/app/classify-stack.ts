import { isPlaneFault, readImagePlane } from '../core/attributes/read-plane.ts';
import { NodeError } from '../core/errors.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import { greyImageOf, isLayoutFault, readPixelLayout } from '../core/pixels/pixel-layout.ts';
import { slicePositionIndices } from '../core/series/slice-position.ts';
import type { DataSet } from '../part10/data-set.ts';
import type { Classifier } from './ports.ts';

/** How many pictures are read and handed to the recogniser at once: two such batches bound the memory of a large series. */
const BATCH = 8;

/** A picture without geometry is taken to have square pixels; only its shape can be judged. */
const UNKNOWN_SPACING = { rowSpacingMm: 1, columnSpacingMm: 1 };

/** Evenly spread over the phases of a position, the first one always among them: `count` of `phases` indices. */
export function chosenPhases(phases: number, count: number): number[] {
  const chosen = Math.min(phases, count);
  return Array.from({ length: chosen }, (_, i) => Math.floor((i * phases) / chosen));
}

/**
 * Which of a stack's instances are recognised: up to `phasesPerPosition` of each slice position. An instance without
 * a plane is a position of its own.
 */
export function instancesToClassify<
  Instance extends { readonly plane: Parameters<typeof slicePositionIndices>[0][number] | undefined },
>(
  instances: readonly Instance[],
  phasesPerPosition: number,
): { readonly instance: Instance; readonly position: number }[] {
  const byPosition = new Map<number, Instance[]>();
  for (const { instance, position } of withPositions(instances)) {
    byPosition.set(position, [...(byPosition.get(position) ?? []), instance]);
  }
  return [...byPosition].flatMap(([position, phases]) =>
    chosenPhases(phases.length, phasesPerPosition).map((i) => ({ instance: phases[i] as Instance, position })),
  );
}

/** Every instance with the number of its slice position. */
export function withPositions<
  Instance extends { readonly plane: Parameters<typeof slicePositionIndices>[0][number] | undefined },
>(instances: readonly Instance[]): { readonly instance: Instance; readonly position: number }[] {
  const placed = instances.filter(({ plane }) => plane !== undefined);
  const indices = slicePositionIndices(placed.map(({ plane }) => plane as NonNullable<Instance['plane']>));
  const position = new Map(placed.map((instance, i) => [instance, indices[i] as number]));
  let next = Math.max(-1, ...indices);
  return instances.map((instance) => ({ instance, position: position.get(instance) ?? ++next }));
}

/** The picture of one instance, or undefined where there is none to look at. */
export function pictureOf(dataSet: DataSet): GreyImage | undefined {
  const layout = readPixelLayout(dataSet);
  if (isLayoutFault(layout)) return undefined;
  const plane = readImagePlane(dataSet);
  return greyImageOf(dataSet, layout, isPlaneFault(plane) ? UNKNOWN_SPACING : plane);
}

/**
 * Predictions for those instances whose pictures can be read, batch after batch: the recogniser has the next one already
 * when it is done with one.
 * @throws NodeError classifier-failed, storage-failed
 */
export async function classifyInstances<Instance>(
  instances: readonly Instance[],
  read: (instance: Instance) => Promise<DataSet>,
  classifier: Classifier,
): Promise<readonly Predicted<Instance>[]> {
  const predicted: Predicted<Instance>[] = [];
  let underWay: Promise<readonly Predicted<Instance>[]> = Promise.resolve([]);
  for (let at = 0; at < instances.length; at += BATCH) {
    const batch = await Promise.all(
      instances.slice(at, at + BATCH).map(async (instance) => ({ instance, picture: pictureOf(await read(instance)) })),
    );
    const next = classifyBatch(batch, classifier);
    // Its failure is met when it is awaited, and that is not at once.
    next.catch(() => undefined);
    predicted.push(...(await underWay));
    underWay = next;
  }
  predicted.push(...(await underWay));
  return predicted;
}

interface Predicted<Instance> {
  readonly instance: Instance;
  readonly prediction: SlicePrediction;
}

async function classifyBatch<Instance>(
  batch: readonly { readonly instance: Instance; readonly picture: GreyImage | undefined }[],
  classifier: Classifier,
): Promise<readonly Predicted<Instance>[]> {
  const readable = batch.flatMap(({ instance, picture }) => (picture === undefined ? [] : [{ instance, picture }]));
  const predictions = await classifier.classify(readable.map(({ picture }) => picture));
  return readable.map(({ instance }, i) => {
    const prediction = predictions[i];
    if (prediction === undefined) throw new NodeError('classifier-failed', 'a picture has no prediction');
    return { instance, prediction };
  });
}
