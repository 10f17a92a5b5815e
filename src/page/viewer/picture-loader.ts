import { cache, imageLoader, init, metaData, setUseCPURendering, type Types } from '@cornerstonejs/core';
import type { Picture } from '../../api/series-detail.ts';
import type { Correction } from '../../core/orientation/d4.ts';
import { send } from '../client.ts';
import { type DrawnSamples, drawnSamples } from './drawn-samples.ts';
import { type PictureShape, shapeOf, turnedSamples, turnedShape } from './turned-picture.ts';

const SCHEME = 'cmr';
const CACHE_BYTES = 1024 ** 3;

/** A picture to be shown, or what it would be after a correction. */
export interface PictureSource {
  readonly picture: Picture;
  readonly correction: Correction | undefined;
}

export interface ViewerImage extends Types.IImage {
  readonly drawn: DrawnSamples;
  readonly shape: PictureShape;
}

const sources = new Map<string, PictureSource>();
let isReady = false;

/**
 * Makes the viewer library load pictures of this node: raw samples, no decoders. It draws on the processor everywhere:
 * slices are small, many a reading desktop has no WebGL, and so each desktop shows what was tested.
 */
export function prepareViewer(): void {
  if (isReady) return;
  isReady = true;
  init();
  setUseCPURendering(true, false);
  cache.setMaxCacheSize(CACHE_BYTES);
  imageLoader.registerImageLoader(SCHEME, (imageId) => ({ promise: imageOf(imageId) }));
  metaData.addProvider(moduleOf);
}

/** Loads a picture, or takes it from the cache. @throws Problem where the node does not give it */
export async function loadPicture(source: PictureSource): Promise<ViewerImage> {
  prepareViewer();
  const imageId = `${SCHEME}:${source.correction ?? 'as-is'}:${source.picture.pixels}`;
  sources.set(imageId, source);
  return (await imageLoader.loadAndCacheImage(imageId)) as ViewerImage;
}

/** Gives back the memory of the pictures that were shown. */
export function forgetPictures(): void {
  sources.clear();
  cache.purgeCache();
}

async function imageOf(imageId: string): Promise<Types.IImage & Record<string, unknown>> {
  const { picture, correction } = sourceOf(imageId);
  if (correction !== undefined) {
    const { drawn } = await loadPicture({ picture, correction: undefined });
    return viewerImage(imageId, turnedSamples(drawn, correction), turnedShape(picture, correction));
  }
  const answer = await send(picture.pixels, { method: 'GET' });
  return viewerImage(imageId, drawnSamples(picture, await answer.arrayBuffer()), shapeOf(picture));
}

function sourceOf(imageId: string): PictureSource {
  const source = sources.get(imageId);
  if (source === undefined) throw new Error('this picture is not of the series that is shown');
  return source;
}

function viewerImage(imageId: string, drawn: DrawnSamples, shape: PictureShape): ViewerImage & Record<string, unknown> {
  const { rows, columns, samples } = drawn;
  const image: Omit<ViewerImage, 'getCanvas' | 'voiLUTFunction'> = {
    imageId,
    drawn,
    shape,
    rows,
    columns,
    height: rows,
    width: columns,
    getPixelData: () => samples,
    minPixelValue: 0,
    maxPixelValue: 0xffff,
    // Window and inversion are set with each picture that is shown.
    slope: 1,
    intercept: 0,
    windowCenter: 0x8000,
    windowWidth: 0x10000,
    invert: false,
    color: false,
    rgba: false,
    numberOfComponents: 1,
    columnPixelSpacing: shape.columnSpacing,
    rowPixelSpacing: shape.rowSpacing,
    sizeInBytes: samples.byteLength,
    dataType: 'Uint16Array',
    imageFrame: {} as Types.IImageFrame,
  };
  return image as ViewerImage & Record<string, unknown>;
}

/**
 * What the library asks of each picture. All lie in one flat plane of their own: the letters and all geometry come from
 * the core, and a broken header cannot make the picture vanish or turn.
 */
function moduleOf(kind: string, imageId: unknown): unknown {
  const source = typeof imageId === 'string' ? sources.get(imageId) : undefined;
  if (source === undefined) return undefined;
  const { picture, correction } = source;
  const shape = correction === undefined ? shapeOf(picture) : turnedShape(picture, correction);
  switch (kind) {
    case 'imagePlaneModule':
      return {
        frameOfReferenceUID: imageId,
        rows: shape.rows,
        columns: shape.columns,
        rowPixelSpacing: shape.rowSpacing,
        columnPixelSpacing: shape.columnSpacing,
        imagePositionPatient: [0, 0, 0],
        imageOrientationPatient: [1, 0, 0, 0, 1, 0],
        rowCosines: [1, 0, 0],
        columnCosines: [0, 1, 0],
        usingDefaultValues: false,
      };
    case 'imagePixelModule':
      return {
        samplesPerPixel: 1,
        photometricInterpretation: 'MONOCHROME2',
        bitsAllocated: 16,
        bitsStored: 16,
        highBit: 15,
        pixelRepresentation: 0,
      };
    case 'generalSeriesModule':
      return { modality: 'MR' };
    default:
      return undefined;
  }
}
