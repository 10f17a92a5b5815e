import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, type Options, type RateLimitInfo, rateLimit } from 'express-rate-limit';
import type { EventLog } from '../app/ports.ts';
import { sendProblem } from './problem.ts';
import { askerOf } from './sign-in/asker.ts';
import { sha256 } from './sign-in/tokens.ts';

/** How much one person, machine or address may ask for. */
export interface RateLimits {
  readonly requestsPerMinute: number;
  readonly failedSignIns: number;
  readonly failedSignInMinutes: number;
}

const MINUTE_MS = 60_000;

/** Requests of whoever is signed in, or of an address. */
export function requestLimit({ requestsPerMinute }: RateLimits, log: EventLog): RequestHandler {
  return limiter(log, {
    identifier: 'requests',
    windowMs: MINUTE_MS,
    limit: requestsPerMinute,
    keyGenerator: (request, response) => askerOf(response)?.name ?? addressKey(request),
    // A sender that is refused may lose what it has: storing is held up by the disk alone.
    skip: (request, response) => request.method === 'POST' && askerOf(response)?.via === 'token',
  });
}

/**
 * Failed sign-ins of one address, and of one user from anywhere. Whoever is meant waits as long as who guesses; sessions
 * that there are go on.
 */
export function failedSignInLimits(limits: RateLimits, log: EventLog, userOf: (response: Response) => string) {
  const settings = {
    windowMs: limits.failedSignInMinutes * MINUTE_MS,
    limit: limits.failedSignIns,
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_request: Request, response: Response) => response.statusCode !== 401,
  };
  return {
    perAddress: limiter(log, { ...settings, identifier: 'sign-ins-of-address', keyGenerator: addressKey }),
    perUser: limiter(log, {
      ...settings,
      identifier: 'sign-ins-of-user',
      keyGenerator: (_request, response) => sha256(userOf(response)).toString('hex'),
    }),
  };
}

/** Of IPv6 a household or site has many addresses: what they share is counted. */
function addressKey(request: Request): string {
  return ipKeyGenerator(request.ip ?? '');
}

function limiter(log: EventLog, options: Partial<Options> & { readonly identifier: string; readonly limit: number }) {
  return rateLimit({
    ...options,
    standardHeaders: false,
    legacyHeaders: false,
    // They look for slips in the wiring, among them forwarded headers that are rightly ignored.
    validate: false,
    handler: (request, response) => {
      const { used, resetTime } = (request as Request & { rateLimit: RateLimitInfo }).rateLimit;
      if (used === options.limit + 1) log.warn('too-many-requests', { limit: options.identifier });
      const seconds = Math.ceil(((resetTime?.getTime() ?? 0) - Date.now()) / 1000);
      response.setHeader('Retry-After', String(Math.max(1, seconds)));
      sendProblem(response, { status: 429, title: 'Too many requests; wait a while', code: 'too-many-requests' });
    },
  });
}
