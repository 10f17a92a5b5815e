import type { Request, Response } from 'express';
import type { Retained, RetainedInstance } from '../app/ports.ts';
import { type Acceptable, acceptables, chosenOffer, type Offer } from './acceptable.ts';
import { MultipartWriter } from './multipart-writer.ts';
import { NOT_RETAINED, refuse } from './refusal.ts';
import { sendBody } from './response-body.ts';
import { addressIn, chunksOf, instancesAt, withFile } from './retrieve-target.ts';

/**
 * WADO-RS: the Part 10 files of a study, a series or an instance (PS3.18 10.4.1.1.1), byte for byte as they are stored
 * and in the transfer syntax that they are stored in. Without the parameter transfer-syntax any is taken to be welcome.
 */
export async function retrieveInstances(request: Request, response: Response, retained: Retained): Promise<void> {
  const instances = await instancesAt(request, retained);
  if (instances.length === 0) return refuse(response, 404, NOT_RETAINED);
  const accepted = acceptables(request);
  const single = addressIn(request).sopInstanceUid !== undefined;
  const wanted = instances.filter((instance) => offerFor(instance, accepted, single) !== undefined);
  const [first] = wanted;
  if (first === undefined) {
    return refuse(response, 406, {
      title: 'The instances cannot be given in an acceptable form',
      detail: 'they are given as application/dicom, in the transfer syntax in which they are stored',
    });
  }
  if (offerFor(first, accepted, single)?.multipart === false) return retrieveOne(response, first);
  await retrieveAll(response, wanted, wanted.length < instances.length ? 206 : 200);
}

function offerFor(
  { transferSyntaxUid }: RetainedInstance,
  accepted: readonly Acceptable[],
  single: boolean,
): Offer | undefined {
  const form = { type: 'application/dicom', transferSyntaxUid };
  return chosenOffer(accepted, [{ ...form, multipart: true }, ...(single ? [{ ...form, multipart: false }] : [])]);
}

function contentType({ transferSyntaxUid }: RetainedInstance): string {
  return `application/dicom; transfer-syntax=${transferSyntaxUid}`;
}

async function retrieveOne(response: Response, instance: RetainedInstance): Promise<void> {
  const sent = await withFile(instance, (file) => {
    response.status(200).setHeader('Content-Type', contentType(instance));
    response.setHeader('Content-Length', file.length);
    return sendBody(response, chunksOf(file, { start: 0, length: file.length }));
  });
  if (sent === undefined) refuse(response, 404, NOT_RETAINED);
}

async function retrieveAll(
  response: Response,
  instances: readonly RetainedInstance[],
  status: 200 | 206,
): Promise<void> {
  const writer = new MultipartWriter(response, { status, type: 'application/dicom' });
  for (const instance of instances) {
    const isRead = await withFile(instance, (file) =>
      writer.part({ 'Content-Type': contentType(instance) }, chunksOf(file, { start: 0, length: file.length })),
    );
    if (isRead === false) return;
  }
  if (writer.parts === 0) refuse(response, 404, NOT_RETAINED);
  else writer.end();
}
