import type { RequestHandler, Response } from 'express';
import { ROLES, type Role } from '../../api/words.ts';
import { sendProblem } from '../problem.ts';
import { askerOf, identified } from './asker.ts';

/** Lets pass who has this role or a greater one; `identify` comes before it. Answers 401 to nobody, 403 to others. */
export function mustBe(role: Role): RequestHandler {
  return (request, response, next) => {
    const asker = askerOf(response);
    if (asker === undefined) {
      refuse(response, request.headers.authorization !== undefined);
    } else if (ROLES.indexOf(asker.role) < ROLES.indexOf(role)) {
      forbid(response, `This is for a ${role}; you are signed in as a ${asker.role}`);
    } else {
      next();
    }
  };
}

/** Lets pass who shows a token with the request itself: a browser's session is for looking and deciding, not for storing. */
export const mustHaveToken: RequestHandler = (request, response, next) => {
  const asker = askerOf(response);
  if (asker?.via === 'token') next();
  else if (asker !== undefined) forbid(response, 'Instances are stored with a bearer token only');
  else refuse(response, request.headers.authorization !== undefined);
};

function refuse(response: Response, wrongToken: boolean): void {
  const who = identified(response);
  if (who !== undefined && 'refused' in who) {
    forbid(response, who.refused);
    return;
  }
  // RFC 6750 3.1
  response.setHeader('WWW-Authenticate', `Bearer realm="cmr-node"${wrongToken ? ', error="invalid_token"' : ''}`);
  const title = wrongToken ? 'This token is not known here' : 'Sign in first';
  sendProblem(response, { status: 401, title, code: 'unauthorized' });
}

function forbid(response: Response, title: string): void {
  sendProblem(response, { status: 403, title, code: 'forbidden' });
}
