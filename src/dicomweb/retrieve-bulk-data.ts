import type { Request, Response } from 'express';
import type { Retained } from '../app/ports.ts';
import { NodeError } from '../core/errors.ts';
import type { DataSet } from '../part10/data-set.ts';
import type { ByteRange } from '../part10/frame-places.ts';
import { readStoredDataSet, type StoredDataSet } from '../part10/stored-data-set.ts';
import { acceptables, chosenOffer } from './acceptable.ts';
import { MultipartWriter } from './multipart-writer.ts';
import { NOT_RETAINED, refuse } from './refusal.ts';
import { sendBody } from './response-body.ts';
import { sendStored } from './retrieve-frames.ts';
import { chunksOf, instancesAt, withFile } from './retrieve-target.ts';

const OCTETS = 'application/octet-stream';
const OFFERS = [false, true].map((multipart) => ({ type: OCTETS, multipart }));

/**
 * WADO-RS: one value that the metadata give by address (PS3.18 10.4.1.1.5). Pixels that are compressed come frame by
 * frame; every other value comes as its bytes in little endian.
 */
export async function retrieveBulkData(request: Request, response: Response, retained: Retained): Promise<void> {
  const [instance] = await instancesAt(request, retained);
  const done =
    instance &&
    (await withFile(instance, async (file) => {
      const stored = await readStoredDataSet(file, instance.transferSyntaxUid);
      const value = stored.encoding.littleEndian ? valueAt(stored, pathIn(request)) : undefined;
      if (value === 'compressed') return sendStored(request, response, { instance });
      if (value === undefined) refuse(response, 404, { title: 'The instance has no binary value at this address' });
      else await send(request, response, { stored, value });
      return true;
    }));
  if (done === undefined) refuse(response, 404, NOT_RETAINED);
}

/** Tags and item numbers, as in `00880200/1/7FE00010`. */
function pathIn({ params }: Request): readonly string[] {
  const path: unknown = params['path'];
  return Array.isArray(path) ? path.map(String) : [];
}

function valueAt({ dataSet, pixelData }: StoredDataSet, path: readonly string[]): ByteRange | 'compressed' | undefined {
  const [tag, ...inItem] = path;
  if (tag === undefined || !/^[0-9A-Fa-f]{8}$/.test(tag)) return undefined;
  if (inItem.length === 0 && pixelData !== undefined && Number.parseInt(tag, 16) === pixelData.tag) {
    const { start, length } = pixelData;
    return length === undefined ? 'compressed' : { start, length };
  }
  try {
    return rangeIn(dataSet, path, dataSet.encodedBytes.byteOffset);
  } catch (error) {
    // What is on the path is no sequence.
    if (error instanceof NodeError) return undefined;
    throw error;
  }
}

/** Items are windows on the bytes of their data set, which tells where a value in them lies. */
function rangeIn(dataSet: DataSet, [tag, item, ...rest]: readonly string[], origin: number): ByteRange | undefined {
  const number = /^[0-9A-Fa-f]{8}$/.test(tag ?? '') ? Number.parseInt(tag as string, 16) : Number.NaN;
  const element = dataSet.extent(number);
  if (element === undefined) return undefined;
  if (item === undefined) {
    const start = dataSet.encodedBytes.byteOffset - origin + element.valueStart;
    return { start, length: element.valueEnd - element.valueStart };
  }
  const within = /^[1-9]\d{0,5}$/.test(item) ? dataSet.items(number)[Number(item) - 1] : undefined;
  return within && rangeIn(within, rest, origin);
}

async function send(
  request: Request,
  response: Response,
  { stored, value }: { readonly stored: StoredDataSet; readonly value: ByteRange },
): Promise<void> {
  const offer = chosenOffer(acceptables(request), OFFERS);
  if (offer === undefined) {
    const detail = `it is given as ${OCTETS} only`;
    return refuse(response, 406, { title: 'The value cannot be given in an acceptable form', detail });
  }
  const body = chunksOf(stored.bytes, value);
  response.status(200);
  if (!offer.multipart) {
    response.setHeader('Content-Type', OCTETS);
    response.setHeader('Content-Length', value.length);
    await sendBody(response, body);
    return;
  }
  const writer = new MultipartWriter(response, { status: 200, type: OCTETS });
  if (await writer.part({ 'Content-Type': OCTETS }, body)) writer.end();
}
