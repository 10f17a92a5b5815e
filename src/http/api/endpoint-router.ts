import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { ENDPOINTS, type Endpoint, type EndpointName, type Handlers } from '../../api/endpoints.ts';
import type { EventLog } from '../../app/ports.ts';
import { sendProblem } from '../problem.ts';
import { mustBe } from '../sign-in/must-be.ts';
import { sendJson } from './json-answer.ts';
import { readRequest } from './request-faults.ts';
import { whoAsks } from './who-asks.ts';

export interface EndpointOptions {
  readonly handlers: Handlers;
  readonly log: EventLog;
}

/** Handlers once the type of each is that of its endpoint no more. */
type AnyHandler = (asked: object) => Promise<unknown>;

/** Routes for all of `ENDPOINTS`, below where it is mounted. */
export function endpointRouter({ handlers, log }: EndpointOptions): Router {
  const router = express.Router();
  const methods = new Map<string, string[]>();
  for (const [name, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
    const path = endpoint.path.replace(/\{(\w+)\}/g, ':$1');
    methods.set(path, [...(methods.get(path) ?? []), endpoint.method]);
    const answer = answering(name, endpoint, {
      handler: handlers[name as EndpointName] as AnyHandler,
      log,
    });
    router[endpoint.method === 'GET' ? 'get' : 'post'](path, mustBe(endpoint.role), answer);
  }
  for (const [path, allowed] of methods) router.all(path, refuseOtherMethods(allowed));
  return router;
}

function answering(
  name: string,
  endpoint: Endpoint,
  { handler, log }: { readonly handler: AnyHandler; readonly log: EventLog },
): RequestHandler {
  return async (request, response) => {
    const asked = readRequest(endpoint, request, response);
    if (asked === undefined) return;
    // An act on many series is longer silent than a connection may be.
    if (endpoint.method === 'POST') request.setTimeout(0);
    const answer = endpoint.answer.safeParse(await handler({ ...asked, asker: whoAsks(response) }));
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
