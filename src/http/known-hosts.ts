import type { RequestHandler } from 'express';
import { sendProblem } from './problem.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Answers only who names this machine. A node that listens on it alone trusts whoever is on it, and that is also a
 * browser with a page of a site whose name was made to lead here (DNS rebinding).
 */
export function knownHostsOnly(others: readonly string[]): RequestHandler {
  const known = [...LOOPBACK_NAMES, ...others].map((name) => name.toLowerCase());
  return (request, response, next) => {
    const name = (request.headers.host ?? '').replace(/:\d*$/, '').toLowerCase();
    if (known.includes(name)) {
      next();
      return;
    }
    const title = 'This node does not go by that name; a proxy in front of it is named by http.publicUrl';
    sendProblem(response, { status: 421, title });
  };
}
