import type { Request, Response } from 'express';
import type { Retained, RetainedInstance } from '../app/ports.ts';
import type { ByteRange } from '../part10/frame-places.ts';
import { readStoredDataSet, type StoredDataSet } from '../part10/stored-data-set.ts';
import { acceptables, chosenOffer, type Offer } from './acceptable.ts';
import { MultipartWriter } from './multipart-writer.ts';
import { NOT_RETAINED, refuse } from './refusal.ts';
import { sendBody } from './response-body.ts';
import { chunksOf, instancesAt, withFile } from './retrieve-target.ts';
import { frameNumbers, framesOf, pixelOffers } from './stored-pixels.ts';

/** WADO-RS: frames of an instance (PS3.18 10.4.1.1.6), as they are stored: nothing is compressed or decompressed. */
export async function retrieveFrames(request: Request, response: Response, retained: Retained): Promise<void> {
  const numbers = frameNumbers(request.params['frames']);
  const [instance] = await instancesAt(request, retained);
  const done = instance && (await sendStored(request, response, { instance, numbers }));
  if (done === undefined) refuse(response, 404, NOT_RETAINED);
}

/** Undefined where the instance is not retained any more. Without numbers: every frame. */
export function sendStored(
  request: Request,
  response: Response,
  { instance, numbers }: { readonly instance: RetainedInstance; readonly numbers?: readonly number[] },
): Promise<true | undefined> {
  return withFile(instance, async (file) => {
    const stored = await readStoredDataSet(file, instance.transferSyntaxUid);
    const frames = await framesOf(stored, { response, numbers });
    if (frames !== undefined) await sendFrames(request, response, { instance, stored, frames });
    return true as const;
  });
}

async function sendFrames(
  request: Request,
  response: Response,
  content: {
    readonly instance: RetainedInstance;
    readonly stored: StoredDataSet;
    readonly frames: readonly (readonly ByteRange[])[];
  },
): Promise<void> {
  const { instance, stored, frames } = content;
  const offers = pixelOffers(instance, stored).filter(({ multipart }) => multipart || frames.length === 1);
  const offer = chosenOffer(acceptables(request), offers);
  if (offer === undefined) {
    const detail = `pixels are given in the transfer syntax in which they are stored, ${instance.transferSyntaxUid}`;
    return refuse(response, 406, { title: 'The pixels cannot be given in an acceptable form', detail });
  }
  const type = contentType(offer);
  if (!offer.multipart) {
    response.status(200).setHeader('Content-Type', type);
    await sendBody(response, chunksOf(stored.bytes, ...(frames[0] as readonly ByteRange[])));
    return;
  }
  const writer = new MultipartWriter(response, { status: 200, type: offer.type });
  for (const ranges of frames) {
    if (!(await writer.part({ 'Content-Type': type }, chunksOf(stored.bytes, ...ranges)))) return;
  }
  writer.end();
}

function contentType({ type, transferSyntaxUid }: Offer): string {
  return `${type}; transfer-syntax=${transferSyntaxUid}`;
}
