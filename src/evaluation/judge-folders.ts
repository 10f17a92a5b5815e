import { ORIENTATION_CODES, type OrientationCode } from '../core/orientation/d4.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import type { LabelledPicture } from '../labelled/labelled-picture.ts';
import { seededRandom } from '../phantom/random.ts';
import { type Consistency, consistencyOf } from './consistency.ts';
import { type JudgedSlice, judgedSlice } from './judged-slice.ts';
import type { Predictions } from './predictions-file.ts';
import { turnedImage, turnedPrediction, turnedSlice } from './turned-picture.ts';

/** One labelled folder, or the chosen subjects of it; it may be read more than once. */
export interface PictureSource {
  readonly dataSet: string;
  /** Who says what is right. */
  readonly truth: 'labels' | 'header';
  readonly pictures: () => AsyncIterable<LabelledPicture>;
}

export type Classify = (images: readonly GreyImage[]) => Promise<readonly SlicePrediction[]>;

/** A slice as it is stored, or after `code` was done to it. */
export type CopyOf = (slice: JudgedSlice, code: OrientationCode) => JudgedSlice;

/** Every picture of the folders with what was said of it. */
export interface JudgedFolders {
  readonly slices: readonly JudgedSlice[];
  /** Pictures of which the predictions say nothing. */
  readonly unpredicted: number;
  /** A few pictures, drawn by a seed. */
  readonly sample: readonly GreyImage[];
}

const BATCH = 64;
const SAMPLE = 48;
const SEED = 'a sample of pictures';

/** Recognises every picture, and keeps what is known of it without its samples. */
export async function judgeFolders(
  sources: readonly PictureSource[],
  classify: Classify,
  onFolder: (dataSet: string, pictures: number) => void,
): Promise<JudgedFolders> {
  const slices: JudgedSlice[] = [];
  const sample = seededSample<GreyImage>(SAMPLE);
  for (const { dataSet, pictures } of sources) {
    let count = 0;
    for await (const batch of batchesOf(pictures(), BATCH)) {
      const predictions = await classify(batch.map(({ image }) => image));
      batch.forEach((picture, i) => {
        slices.push(judgedSlice(dataSet, picture, predictions[i] as SlicePrediction));
        sample.offer(picture.image);
      });
      count += batch.length;
    }
    onFolder(dataSet, count);
  }
  return { slices, unpredicted: 0, sample: sample.drawn };
}

/** The same with what was said elsewhere. */
export async function judgeByPredictions(
  sources: readonly PictureSource[],
  predictions: Predictions,
): Promise<JudgedFolders> {
  const slices: JudgedSlice[] = [];
  let unpredicted = 0;
  for (const { dataSet, pictures } of sources) {
    for await (const picture of pictures()) {
      const prediction = predictions.of(dataSet, picture.file);
      if (prediction === undefined) unpredicted += 1;
      else slices.push(judgedSlice(dataSet, picture, prediction));
    }
  }
  return { slices, unpredicted, sample: [] };
}

/** How the answers on turned copies were found. */
export type CopiesBy = 'permuting' | 'recognising' | 'assuming';

/** Of a recogniser that was found to be exactly equivariant, or is taken for it. */
export const permutedCopy: CopyOf = (slice, code) =>
  code === '000' ? slice : turnedSlice(slice, code, turnedPrediction(slice.prediction, code));

/** Of any other: every picture is read again, turned and recognised. `slices` must be those of the same sources. */
export async function recognisedCopies(
  sources: readonly PictureSource[],
  slices: readonly JudgedSlice[],
  classify: Classify,
): Promise<CopyOf> {
  const copies = new Map<JudgedSlice, readonly JudgedSlice[]>();
  let at = 0;
  for (const { pictures } of sources) {
    for await (const { image } of pictures()) {
      const slice = slices[at++] as JudgedSlice;
      const predictions = await classify(ORIENTATION_CODES.map((code) => turnedImage(image, code)));
      copies.set(
        slice,
        ORIENTATION_CODES.map((code, i) => turnedSlice(slice, code, predictions[i] as SlicePrediction)),
      );
    }
  }
  return (slice, code) => copies.get(slice)?.[ORIENTATION_CODES.indexOf(code)] as JudgedSlice;
}

/** Turned copies of the slices: computed where a sample showed that the answers only turn, recognised where not. */
export async function turnedCopies(
  sources: readonly PictureSource[],
  { slices, sample }: Pick<JudgedFolders, 'slices' | 'sample'>,
  { classify, wanted }: { readonly classify: Classify; readonly wanted: boolean },
): Promise<{ readonly consistency: Consistency | undefined; readonly by?: CopiesBy; readonly copyOf: CopyOf }> {
  const consistency = await consistencyOf(sample, classify);
  if (!wanted) return { consistency, copyOf: (slice) => slice };
  if (consistency?.exact === true) return { consistency, by: 'permuting', copyOf: permutedCopy };
  return { consistency, by: 'recognising', copyOf: await recognisedCopies(sources, slices, classify) };
}

async function* batchesOf<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<readonly Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Every item that is offered has the same chance (Vitter's algorithm R); the same items give the same sample. */
function seededSample<Item>(size: number): { readonly drawn: readonly Item[]; offer(item: Item): void } {
  const random = seededRandom(SEED);
  const drawn: Item[] = [];
  let offered = 0;
  return {
    drawn,
    offer(item) {
      offered += 1;
      if (drawn.length < size) {
        drawn.push(item);
        return;
      }
      const place = Math.floor(random.next() * offered);
      if (place < size) drawn[place] = item;
    },
  };
}
