import type { Json } from '../dicomweb-description.ts';
import { ETAG, ID, IF_NONE_MATCH, NOT_MODIFIED, refusals } from './described-parts.ts';

/** What `/api/v1` answers with other than JSON, by address. */
export function bytePaths(security: readonly Json[]): Readonly<Record<string, Json>> {
  return {
    '/api/v1/events': { get: { ...EVENTS, security } },
    '/api/v1/instances/{id}/pixels': { get: { ...PIXELS, security } },
    '/api/v1/batches/{id}/results.csv': { get: { ...RESULTS, security } },
  };
}

const EVENTS: Json = {
  operationId: 'events',
  summary: 'Tells what may have changed, for as long as the sign-in is good',
  description:
    'Server-sent events. `changed` has a LiveChange as its data. What changed before the stream began, or while it was ' +
    'interrupted, is not told: look at everything once then.',
  responses: {
    200: {
      description: 'A stream, with a comment from time to time',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    ...refusals(),
  },
};
const RESULT: Json = {
  name: 'result',
  in: 'query',
  required: false,
  description: '`resultId` of the picture; without: as received',
  schema: { type: 'integer', minimum: 1 },
};
const PIXELS: Json = {
  operationId: 'picturePixels',
  summary: 'Samples of one picture',
  description: 'Row after row, little endian, as the Picture that gives this address describes them.',
  parameters: [ID, RESULT, IF_NONE_MATCH],
  responses: {
    200: {
      description: 'The samples',
      headers: { ETag: ETAG },
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
    304: NOT_MODIFIED,
    ...refusals(),
  },
};
const RESULTS: Json = {
  operationId: 'batchResults',
  summary: 'What became of each series of a batch, as a table',
  parameters: [ID],
  responses: {
    200: { description: 'CSV (RFC 4180), heads first', content: { 'text/csv': { schema: { type: 'string' } } } },
    ...refusals(),
  },
};
