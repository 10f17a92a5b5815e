import type { Request, Response } from 'express';
import { encode } from 'fast-png';
import type { Retained, RetainedInstance } from '../app/ports.ts';
import { nameOfTag } from '../core/attributes/tags.ts';
import type { PixelLayout } from '../core/pixels/pixel-layout.ts';
import { isRenderFault, type RenderFault, type RenderOptions, renderFrame } from '../core/rendering/render-frame.ts';
import { framePlaces, isFramesFault } from '../part10/frame-places.ts';
import { readStoredDataSet, type StoredDataSet } from '../part10/stored-data-set.ts';
import { acceptables, chosenOffer } from './acceptable.ts';
import { MultipartWriter } from './multipart-writer.ts';
import { NOT_RETAINED, refuse, warn } from './refusal.ts';
import { type RenderParameters, renderParameters } from './render-parameters.ts';
import { addressIn, instancesAt, withFile } from './retrieve-target.ts';
import { frameNumbers } from './stored-pixels.ts';

const PNG = 'image/png';
const SINGLE = { type: PNG, multipart: false };
const PARTS = { type: PNG, multipart: true };
const TITLE = 'The picture cannot be rendered';
/** A frame is held in memory while it is rendered. */
const GREATEST_FRAME_BYTES = 64 * 1024 * 1024;

/** What to render, and how. */
interface Wish extends RenderParameters {
  /** From 1; undefined for all, or the first where one picture is wanted. */
  readonly numbers: readonly number[] | undefined;
}

/**
 * WADO-RS: pictures for the eye (PS3.18 10.4.1.1.3), PNG of eight bits. One picture for an instance or a frame, or a
 * part for each; what has no pixels, or compressed ones, is left out.
 */
export async function retrieveRendered(request: Request, response: Response, retained: Retained): Promise<void> {
  const wish = wishIn(request);
  const one = addressIn(request).sopInstanceUid !== undefined && (wish.numbers?.length ?? 1) === 1;
  const offer = chosenOffer(acceptables(request), one ? [SINGLE, PARTS] : [PARTS]);
  if (offer === undefined) {
    return refuse(response, 406, { title: TITLE, detail: `pictures are given as ${PNG} only` });
  }
  const instances = await instancesAt(request, retained);
  warn(response, wish.warnings);
  const [first] = instances;
  if (first === undefined) refuse(response, 404, NOT_RETAINED);
  else if (offer === SINGLE) await sendOne(response, first, wish);
  else await sendParts(response, instances, wish);
}

function wishIn(request: Request): Wish {
  const { frames } = request.params;
  const { searchParams } = new URL(request.originalUrl, 'http://localhost');
  return { ...renderParameters(searchParams), numbers: frames === undefined ? undefined : frameNumbers(frames) };
}

async function sendOne(response: Response, instance: RetainedInstance, wish: Wish): Promise<void> {
  const rendered = await withFile(instance, async (file) => {
    const stored = await readStoredDataSet(file, instance.transferSyntaxUid);
    for await (const picture of pictures(stored, { ...wish, numbers: wish.numbers ?? [1] })) return picture;
    return undefined;
  });
  if (rendered === undefined) refuse(response, 404, NOT_RETAINED);
  else if (isFault(rendered)) refuse(response, statusOf(rendered), { title: TITLE, detail: rendered.fault });
  else response.status(200).type(PNG).send(Buffer.from(rendered));
}

async function sendParts(response: Response, instances: readonly RetainedInstance[], wish: Wish): Promise<void> {
  const writer = new MultipartWriter(response, { status: 200, type: PNG });
  let fault: RenderFault | undefined;
  for (const instance of instances) {
    const isRead = await withFile(instance, async (file) => {
      const stored = await readStoredDataSet(file, instance.transferSyntaxUid);
      for await (const picture of pictures(stored, wish)) {
        if (isFault(picture)) fault = picture;
        else if (!(await writer.part({ 'Content-Type': PNG }, oneChunk(picture)))) return false;
      }
      return true;
    });
    if (isRead === false) return;
  }
  if (writer.parts > 0) writer.end();
  else if (fault === undefined) refuse(response, 404, NOT_RETAINED);
  else refuse(response, statusOf(fault), { title: TITLE, detail: fault.fault });
}

function isFault(picture: Uint8Array | RenderFault): picture is RenderFault {
  return !(picture instanceof Uint8Array);
}

function statusOf({ isAboutTheWish }: RenderFault): 400 | 406 {
  return isAboutTheWish === true ? 400 : 406;
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The frames as PNG, or why they cannot be shown: one after the other, only one is held. */
async function* pictures(stored: StoredDataSet, { numbers, options }: Wish): AsyncGenerator<Uint8Array | RenderFault> {
  const { dataSet, pixelData, encoding, bytes } = stored;
  if (pixelData === undefined) return yield { fault: 'the instance has no pixels' };
  if (encoding.encapsulated || !encoding.littleEndian) {
    return yield { fault: 'its pixels are compressed or big-endian, and are not decoded here' };
  }
  const places = await framePlaces(dataSet, pixelData, bytes);
  if (isFramesFault(places)) return yield places;
  const keyword = nameOfTag(pixelData.tag) as PixelLayout['keyword'];
  for (const number of numbers ?? places.map((_, index) => index + 1)) {
    const [range] = places[number - 1] ?? [];
    if (range === undefined) yield { fault: `the instance has ${places.length} frames`, isAboutTheWish: true };
    else if (range.length > GREATEST_FRAME_BYTES) yield { fault: 'the frame is too large to be rendered' };
    else yield png(stored, { frame: number - 1, keyword, bytes: await bytes.read(range.start, range.length) }, options);
  }
}

function png(
  { dataSet }: StoredDataSet,
  frame: Parameters<typeof renderFrame>[1],
  options: RenderOptions,
): Uint8Array | RenderFault {
  const picture = renderFrame(dataSet, frame, options);
  if (isRenderFault(picture)) return picture;
  const { columns: width, rows: height, channels, data } = picture;
  return encode({ width, height, channels, data, depth: 8 });
}
