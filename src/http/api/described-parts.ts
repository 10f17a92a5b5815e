import type { Json } from '../dicomweb-description.ts';

/** Parts of the description that many operations have. */
export const IF_NONE_MATCH: Json = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The ETag of the answer that the client has',
  schema: { type: 'string' },
};
export const ETAG: Json = { description: 'Another one once the answer is another', schema: { type: 'string' } };
export const NOT_MODIFIED: Json = { description: 'The answer that the client has is still right' };
/** The identifier in a path. */
export const ID: Json = { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } };

const WHY: Readonly<Record<number, string>> = {
  400: 'A parameter or part of the body is not understood; `faults` names each',
  401: 'No sign-in',
  403: 'Signed in, but not as somebody who may',
  404: 'There is no such thing',
  409: 'What was looked at is no longer what is',
  415: 'The body is not application/json',
  429: 'Too many requests; Retry-After says when to come back',
};

/** Problem details (RFC 9457): those that every operation may answer, and `more`. */
export function refusals(more: readonly number[] = []): Json {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const statuses = [400, 401, 403, 404, 429, ...more];
  return Object.fromEntries(statuses.map((status) => [status, { description: WHY[status], content }]));
}
