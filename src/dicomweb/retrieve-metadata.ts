import type { Request, Response } from 'express';
import type { EventLog, Retained, RetainedInstance } from '../app/ports.ts';
import { NodeError } from '../core/errors.ts';
import { dicomJsonOf } from '../part10/dicom-json.ts';
import { readStoredDataSet } from '../part10/stored-data-set.ts';
import { acceptables, chosenOffer } from './acceptable.ts';
import { NOT_RETAINED, refuse } from './refusal.ts';
import { written } from './response-body.ts';
import { instancesAt, withFile } from './retrieve-target.ts';
import { addressOf, serviceAddress } from './service-address.ts';

/** Longer binary values are given by address. */
const INLINE_BYTES = 1024;
const OFFERS = ['application/dicom+json', 'application/json'].map((type) => ({ type, multipart: false }));

/**
 * WADO-RS: the headers of a study, a series or an instance in the DICOM JSON Model (PS3.18 10.4.1.1.2), one instance
 * after the other.
 */
export async function retrieveMetadata(
  request: Request,
  response: Response,
  { retained, log }: { readonly retained: Retained; readonly log: EventLog },
): Promise<void> {
  if (chosenOffer(acceptables(request), OFFERS) === undefined) {
    const detail = 'metadata are application/dicom+json only';
    return refuse(response, 406, { title: 'The metadata cannot be given in an acceptable form', detail });
  }
  const service = serviceAddress(request);
  let separator = '[';
  for (const instance of await instancesAt(request, retained)) {
    const text = await metadataOf(instance, service, log);
    if (text === undefined) continue;
    if (separator === '[') response.status(200).type('application/dicom+json');
    if (!(await written(response, separator + text))) return;
    separator = ',';
  }
  if (separator === '[') refuse(response, 404, NOT_RETAINED);
  else response.end(']');
}

/** Undefined for what is not retained any more, and for what cannot be read. */
async function metadataOf(instance: RetainedInstance, service: string, log: EventLog): Promise<string | undefined> {
  const bulkData = `${addressOf(service, instance)}/bulkdata`;
  try {
    return await withFile(instance, async (file) => {
      const { dataSet, pixelData } = await readStoredDataSet(file, instance.transferSyntaxUid);
      const options = { bulkDataUri: (path: string) => `${bulkData}/${path}`, inlineBytes: INLINE_BYTES, pixelData };
      return JSON.stringify(dicomJsonOf(dataSet, options));
    });
  } catch (error) {
    if (!(error instanceof NodeError) || error.code === 'storage-failed') throw error;
    log.warn('metadata-unreadable', { sopInstanceUid: instance.sopInstanceUid, cause: error.message });
    return undefined;
  }
}
