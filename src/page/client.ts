import type { z } from 'zod';
import type { Asked, ENDPOINTS, EndpointName } from '../api/endpoints.ts';
import { ADDRESSES } from './addresses.ts';
import { problemOf, unreachable } from './problem.ts';
import { requestAddress } from './request-address.ts';

type Part<Name extends EndpointName, Key extends 'params' | 'query' | 'body'> = [Asked<Name>[Key]] extends [undefined]
  ? unknown
  : Key extends 'query'
    ? { readonly [K in Key]?: Partial<NonNullable<Asked<Name>[Key]>> }
    : { readonly [K in Key]: Asked<Name>[Key] };

/** What an endpoint has to be told: its params and body, and of its query what should not be the default. */
export type Request<Name extends EndpointName> = Part<Name, 'params'> & Part<Name, 'query'> & Part<Name, 'body'>;

/** What an endpoint answers, as it arrives. */
export type Received<Name extends EndpointName> = z.output<(typeof ENDPOINTS)[Name]['answer']>;

export interface HowToAsk {
  readonly signal?: AbortSignal;
}

let csrfToken: string | undefined;
let onSignedOut: () => void = () => undefined;

/** Longer without a key or a pointer, and nobody sits there: what the page then asks by itself keeps no session alive. */
const ATTENDED_MS = 60_000;
let lastInput = 0;

/** The token of the session, that goes with everything that changes something; and whom to tell when it ended. */
export function carrySession(token: string | undefined, signedOut: () => void): void {
  csrfToken = token;
  onSignedOut = signedOut;
}

/** Watches whether somebody sits there. */
export function watchInput(target: EventTarget): void {
  const seen = (event: Event) => {
    lastInput = event.timeStamp;
  };
  for (const kind of ['keydown', 'pointerdown', 'pointermove', 'wheel']) {
    target.addEventListener(kind, seen, { passive: true, capture: true });
  }
}

/** Asks the node. @throws Problem with words for a person; AbortError where the signal said so. */
export async function ask<Name extends EndpointName>(
  name: Name,
  request: Request<Name>,
  how: HowToAsk = {},
): Promise<Received<Name>> {
  const [method, path] = ADDRESSES[name].split(' ') as ['GET' | 'POST', string];
  const { params, query, body } = request as { params?: object; query?: object; body?: object };
  const answer = await send(requestAddress(path, params, query), { method, body, ...how });
  return (await answer.json()) as Received<Name>;
}

interface Sent extends HowToAsk {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly body?: object | undefined;
}

/** One request to this node, signed in by cookie. @throws Problem where the answer is not a success. */
export async function send(address: string, { method, body, signal }: Sent): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json' });
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  if (method !== 'GET' && csrfToken !== undefined) headers.set('X-CSRF-Token', csrfToken);
  if (performance.now() - lastInput > ATTENDED_MS) headers.set('X-Unattended', '1');
  const response = await fetch(address, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  });
  if (response.ok) return response;
  if (response.status === 401) onSignedOut();
  throw problemOf(response.status, await response.json().catch(() => undefined));
}
