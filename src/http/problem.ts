import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { EventLog } from '../app/ports.ts';
import { type ErrorCode, messageOf, NodeError } from '../core/errors.ts';

/** The HTTP status of each error. Complete on purpose: a new error code without a status does not compile. */
export const HTTP_STATUS = {
  'bad-request': 400,
  'not-an-instance': 400,
  truncated: 400,
  unauthorized: 401,
  'caller-not-allowed': 403,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'contradicts-context': 409,
  'geometry-missing': 422,
  'geometry-invalid': 422,
  'pixel-data-mismatch': 422,
  'cannot-reorient': 422,
  'proof-failed': 500,
  'storage-failed': 500,
  'database-failed': 500,
  'database-newer': 500,
  'model-invalid': 500,
  'provider-unavailable': 500,
  'classifier-failed': 500,
  'configuration-invalid': 500,
  'destination-refused': 502,
  'destination-unreachable': 502,
  'destination-failed': 502,
  'storage-full': 503,
  'too-many-requests': 429,
} as const satisfies Record<ErrorCode, number>;

export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  /** The error code of this product, for programs. */
  readonly code?: ErrorCode;
  /** What is wrong with which part of the request. */
  readonly faults?: readonly { readonly in: string; readonly name: string; readonly why: string }[];
}

/** Answers with problem details (RFC 9457). */
export function sendProblem(response: Response, problem: Problem): void {
  response
    .status(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', ...problem }));
}

/** For what no route answers. */
export function notFound(): RequestHandler {
  return (_request, response) => sendProblem(response, { status: 404, title: 'There is nothing at this address' });
}

/** For what a route throws. What is not known to be free of details about the inside is only logged. */
export function problemHandler(log: EventLog): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = problemOf(error);
    if (problem.status >= 500) {
      log.error('http-request-failed', { method: request.method, path: request.path, message: messageOf(error) });
    }
    sendProblem(response, problem);
  };
}

function problemOf(error: unknown): Problem {
  if (error instanceof NodeError) {
    return { status: HTTP_STATUS[error.code], title: error.message, code: error.code };
  }
  const status = clientFaultOf(error);
  return status === undefined
    ? { status: 500, title: 'The request failed inside this node; its log says why' }
    : { status, title: 'The request cannot be read', detail: wordsOf(error) };
}

/** Parsers quote what they could not read, and that may be of a patient. */
function wordsOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'The body is not JSON';
  if (error instanceof URIError) return 'The address has a percent sign that encodes nothing';
  return messageOf(error);
}

/** Express and its body parsers mark what is the client's fault with a 4xx status. */
function clientFaultOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
