import type { GreyImage } from '../core/pixels/grey-image.ts';

const LARGEST_BATCH = 32;
/** A message is written in one piece, and nothing else is served meanwhile: 2 MiB take about 2 ms, and leave little garbage on either side. */
const LARGEST_BATCH_BYTES = 2 * 1024 * 1024;

/** Pictures in their order, so many together as make a quick message; a picture larger than that goes alone. */
export function pictureBatches(images: readonly GreyImage[]): GreyImage[][] {
  const batches: GreyImage[][] = [];
  let bytes = 0;
  for (const image of images) {
    const batch = batches.at(-1);
    bytes += image.samples.byteLength;
    if (batch !== undefined && batch.length < LARGEST_BATCH && bytes <= LARGEST_BATCH_BYTES) {
      batch.push(image);
    } else {
      batches.push([image]);
      bytes = image.samples.byteLength;
    }
  }
  return batches;
}
