import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { type Asker, byId } from '../../api/endpoints.ts';
import { sendTagged } from './json-answer.ts';
import { readRequest } from './request-faults.ts';
import { whoAsks } from './who-asks.ts';

/** What is answered with other bytes than JSON. */
export interface ByteServices {
  /**
   * Samples of one picture, as `picture` of the series' pictures describes them.
   * @param resultId undefined: as received
   * @throws NodeError not-found
   */
  picturePixels(asked: {
    readonly instanceId: number;
    readonly resultId: number | undefined;
    readonly asker: Asker;
  }): Promise<Uint8Array>;
  /** Lines of a table, the heads first. @throws NodeError not-found, with the first */
  batchResults(asked: { readonly batchId: number; readonly asker: Asker }): AsyncIterable<string>;
}

const pixelsRequest = { params: byId, query: z.object({ result: z.coerce.number().int().min(1).optional() }) };

/**
 * A browser may keep pixels, and asks each time whether they are still these: after a new start with an empty database
 * the same address is of another patient.
 */
export function pixelsRoute(service: ByteServices['picturePixels']): RequestHandler {
  return async (request, response) => {
    const asked = readRequest(pixelsRequest, request, response);
    if (asked === undefined) return;
    const bytes = await service({
      instanceId: asked.params.id,
      resultId: asked.query.result,
      asker: whoAsks(response),
    });
    response.setHeader('Cache-Control', 'private, no-cache');
    sendTagged(request, response, { type: 'application/octet-stream', bytes });
  };
}

/** The results of a batch as CSV (RFC 4180), line by line as they are read. */
export function resultsRoute(service: ByteServices['batchResults']): RequestHandler {
  return async (request, response) => {
    const asked = readRequest({ params: byId }, request, response);
    if (asked === undefined) return;
    const lines = service({ batchId: asked.params.id, asker: whoAsks(response) })[Symbol.asyncIterator]();
    // What cannot be read at all is still answered as a problem.
    const heads = await lines.next();
    response.setHeader('Content-Type', 'text/csv; charset=utf-8');
    response.setHeader('Content-Disposition', `attachment; filename="batch-${asked.params.id}.csv"`);
    response.setHeader('Cache-Control', 'no-store');
    // Cuts the connection where the lines break off: half a table must not seem whole.
    await pipeline(Readable.from(resumed(heads, lines)), response);
  };
}

async function* resumed(first: IteratorResult<string>, rest: AsyncIterator<string>): AsyncGenerator<string> {
  for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
}
