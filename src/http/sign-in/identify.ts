import type { Request, RequestHandler } from 'express';
import type { Asker } from '../../api/endpoints.ts';
import { type Identified, setIdentified } from './asker.ts';
import { isSecure, readCookie, SESSION_COOKIE } from './cookies.ts';
import { foreignOrigin, mayShowSession } from './same-origin.ts';
import type { Sessions } from './sessions.ts';
import { bearerToken, sameSecret } from './tokens.ts';

export interface IdentifyOptions {
  readonly ownerOf: (token: string) => Asker | undefined;
  readonly sessions: Sessions;
  readonly publicUrl: string | undefined;
}

const HARMLESS_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** Finds out who asks, by the token or else by the session, and refuses nobody. */
export function identify(options: IdentifyOptions): RequestHandler {
  return (request, response, next) => {
    setIdentified(response, whoAsks(request, options));
    next();
  };
}

function whoAsks(request: Request, { ownerOf, sessions, publicUrl }: IdentifyOptions): Identified {
  const { authorization } = request.headers;
  // Who shows a token means it: a wrong one is not made good by a session.
  if (authorization !== undefined) {
    const token = bearerToken(authorization);
    const asker = token === undefined ? undefined : ownerOf(token);
    return asker && { ...asker, via: 'token', isStillSignedIn: () => true };
  }
  const id = readCookie(request, SESSION_COOKIE, { secure: isSecure(request, publicUrl) });
  if (id === undefined || !mayShowSession(request)) return undefined;
  const session = sessions.find(id);
  if (session === undefined) return undefined;
  const forged = HARMLESS_METHODS.includes(request.method) ? undefined : forgery(request, session.csrfToken, publicUrl);
  if (forged !== undefined) return { refused: forged };
  if (!isUnattended(request)) sessions.use(id);
  return { ...session.asker, via: 'session', isStillSignedIn: () => sessions.find(id) !== undefined };
}

/** What the page asks by itself while nobody sits there keeps no session alive; browsers begin streams again by themselves. */
function isUnattended({ headers }: Request): boolean {
  return headers['x-unattended'] !== undefined || headers.accept === 'text/event-stream';
}

/** A browser sends its cookie with whatever a page asks for: only our own page knows the session's other token. */
function forgery(request: Request, csrfToken: string, publicUrl: string | undefined): string | undefined {
  const shown = request.get('X-CSRF-Token');
  if (shown === undefined || !sameSecret(shown, csrfToken)) return 'This request lacks the X-CSRF-Token of its session';
  return foreignOrigin(request, publicUrl);
}
