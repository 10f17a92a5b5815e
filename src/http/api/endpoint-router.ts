import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { type Asker, ENDPOINTS, type Endpoint, type EndpointName, type Handlers } from '../../api/endpoints.ts';
import type { Role } from '../../api/words.ts';
import type { EventLog } from '../../app/ports.ts';
import { sendProblem } from '../problem.ts';
import { sendJson } from './json-answer.ts';
import { type RequestFault, readPart } from './request-faults.ts';

/** Who may pass, and who passed. */
export interface Gate {
  /** Lets pass who has this role or a higher one; answers 401 and 403 to others. */
  readonly mustBe: (role: Role) => RequestHandler;
  /** Who was let pass. */
  readonly askerOf: (response: Response) => Asker;
}

export interface EndpointOptions {
  readonly gate: Gate;
  readonly handlers: Handlers;
  readonly log: EventLog;
}

/** Handlers once the type of each is that of its endpoint no more. */
type AnyHandler = (asked: object) => Promise<unknown>;

/** Routes for all of `ENDPOINTS`, below where it is mounted. */
export function endpointRouter({ gate, handlers, log }: EndpointOptions): Router {
  const router = express.Router();
  const methods = new Map<string, string[]>();
  for (const [name, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
    const path = endpoint.path.replace(/\{(\w+)\}/g, ':$1');
    methods.set(path, [...(methods.get(path) ?? []), endpoint.method]);
    const answer = answering(name, endpoint, { handler: handlers[name as EndpointName] as AnyHandler, gate, log });
    router[endpoint.method === 'GET' ? 'get' : 'post'](path, gate.mustBe(endpoint.role), answer);
  }
  for (const [path, allowed] of methods) router.all(path, refuseOtherMethods(allowed));
  return router;
}

function answering(
  name: string,
  endpoint: Endpoint,
  { handler, gate, log }: { readonly handler: AnyHandler; readonly gate: Gate; readonly log: EventLog },
): RequestHandler {
  return async (request, response) => {
    const parts = readRequest(endpoint, request);
    if ('faults' in parts) {
      sendFaults(response, parts.faults);
      return;
    }
    const answer = endpoint.answer.safeParse(await handler({ ...parts, asker: gate.askerOf(response) }));
    if (!answer.success) {
      // Where and what kind, never the value: it may be of a patient.
      const faults = answer.error.issues
        .slice(0, 5)
        .map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
      log.error('answer-against-its-schema', { endpoint: name, faults });
      sendProblem(response, { status: 500, title: 'The request failed inside this node; its log says why' });
      return;
    }
    linkNext(request, response, answer.data);
    sendJson(request, response, answer.data);
  };
}

type Parts = { readonly params: unknown; readonly query: unknown; readonly body: unknown };

/** The parts of a request as its endpoint describes them, or everything that is wrong with them. */
export function readRequest(
  { params, query, body }: Pick<Endpoint, 'params' | 'query' | 'body'>,
  request: Request,
): Parts | { readonly faults: readonly RequestFault[] } {
  if (body !== undefined && request.is('application/json') === false) {
    throw Object.assign(new Error('The body must be application/json'), { status: 415 });
  }
  const inPath = readPart('path', params, request.params);
  const inQuery = readPart('query', query, request.query);
  const inBody = readPart('body', body, request.body);
  const faults = [inPath, inQuery, inBody].flatMap((part) => part.faults);
  return faults.length > 0 ? { faults } : { params: inPath.value, query: inQuery.value, body: inBody.value };
}

export function sendFaults(response: Response, faults: readonly RequestFault[]): void {
  const detail = faults.map(({ in: where, name, why }) => `${name === '' ? where : name}: ${why}`).join('; ');
  sendProblem(response, {
    status: 400,
    title: 'The request cannot be understood',
    code: 'bad-request',
    detail,
    faults,
  });
}

/** The address of the next page (RFC 8288), for clients that follow links. */
function linkNext(request: Request, response: Response, answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || !('next' in answer) || typeof answer.next !== 'string') return;
  const url = new URL(request.originalUrl, 'http://localhost');
  url.searchParams.set('cursor', answer.next);
  response.setHeader('Link', `<${url.pathname}${url.search}>; rel="next"`);
}

function refuseOtherMethods(allowed: readonly string[]): RequestHandler {
  const methods = allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed;
  return (_request, response) => {
    response.setHeader('Allow', methods.join(', '));
    sendProblem(response, { status: 405, title: `Only ${methods.join(', ')} can be asked here` });
  };
}
