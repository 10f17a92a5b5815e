import { readFile } from 'node:fs/promises';
import { decode } from 'fast-png';
import { NodeError } from '../core/errors.ts';
import type { ImagePlane } from '../core/geometry/image-plane.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import { assertInflatablePng } from './png-size.ts';

/** What a PNG does not tell: distances of pixels in millimetres, and where the picture lies in the patient. */
export interface PictureGeometry {
  readonly spacing: Pick<ImagePlane, 'rowSpacingMm' | 'columnSpacingMm'> | undefined;
  readonly pose: Pick<ImagePlane, 'imagePositionPatient' | 'rowCosines' | 'columnCosines'> | undefined;
}

/** Values of a grey PNG as they are stored, row-major. */
export interface GreyPixels {
  readonly rows: number;
  readonly columns: number;
  readonly values: Uint8Array | Uint8ClampedArray | Uint16Array;
}

/**
 * A grey PNG as a picture, with a plane where its pose is known.
 * @throws NodeError not-an-instance, storage-failed
 */
export async function readPngPicture(
  path: string,
  { spacing, pose }: PictureGeometry,
): Promise<{ readonly image: GreyImage; readonly plane: ImagePlane | undefined }> {
  const { rows, columns, values } = await readGreyPng(path);
  const distances = spacing ?? { rowSpacingMm: 1, columnSpacingMm: 1 };
  return {
    image: { rows, columns, ...distances, samples: new Uint16Array(values) },
    plane: pose === undefined ? undefined : { rows, columns, ...distances, ...pose },
  };
}

/**
 * Reads a PNG of one grey value of 8 or 16 bits per pixel.
 * @throws NodeError not-an-instance, storage-failed
 */
export async function readGreyPng(path: string): Promise<GreyPixels> {
  const subject = { file: path };
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new NodeError('storage-failed', 'the picture cannot be read', { subject, cause });
  });
  const { width, height, depth, channels, palette, data } = decoded(bytes, path);
  if (channels !== 1 || palette !== undefined || (depth !== 8 && depth !== 16)) {
    throw new NodeError('not-an-instance', 'the PNG is not one grey value of 8 or 16 bits per pixel', { subject });
  }
  return { rows: height, columns: width, values: data };
}

function decoded(bytes: Buffer, file: string): ReturnType<typeof decode> {
  try {
    assertInflatablePng(bytes);
    return decode(bytes);
  } catch (cause) {
    throw new NodeError('not-an-instance', 'the file cannot be read as a PNG', { subject: { file }, cause });
  }
}
