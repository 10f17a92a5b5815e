import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { sendProblem } from './problem.ts';

/** A person or machine that may sign in; only a digest of its token is configured. */
export interface ApiToken {
  readonly name: string;
  /** SHA-256 of the token, hexadecimal. */
  readonly tokenSha256: string;
}

export interface SignIn {
  /** Made at start where no tokens are configured, to be printed once to whoever started the node. */
  readonly oneTimeToken: string | undefined;
  /** Lets a request pass that carries `Authorization: Bearer <token>` (RFC 6750 2.1); answers 401 to others. */
  readonly required: RequestHandler;
  /** Whether the header belongs to somebody; their name. */
  nameFor(authorization: string | undefined): string | undefined;
}

const OPERATOR = 'operator';
const TOKEN_BYTES = 24;

/** With no tokens configured, one random token is made, valid until the node stops. */
export function createSignIn(tokens: readonly ApiToken[] | undefined): SignIn {
  const oneTimeToken = tokens === undefined ? randomBytes(TOKEN_BYTES).toString('base64url') : undefined;
  const known =
    oneTimeToken === undefined
      ? (tokens ?? []).map(({ name, tokenSha256 }) => ({ name, digest: Buffer.from(tokenSha256, 'hex') }))
      : [{ name: OPERATOR, digest: sha256(oneTimeToken) }];
  const nameFor = (authorization: string | undefined): string | undefined => {
    const token = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      return undefined;
    }
    // Digests of equal length, all of them compared: the time tells neither how much of a token fits nor whose it is.
    const digest = sha256(token);
    const matching = known.filter((one) => one.digest.length === digest.length && timingSafeEqual(one.digest, digest));
    return matching[0]?.name;
  };
  return { oneTimeToken, nameFor, required: requireName(nameFor) };
}

/** The name that a request signed in with; empty where sign-in was not asked for. */
export function signedInName(response: Response): string {
  const name: unknown = response.locals['signedInName'];
  return typeof name === 'string' ? name : '';
}

function requireName(nameFor: SignIn['nameFor']): RequestHandler {
  return (request, response, next) => {
    const { authorization } = request.headers;
    const name = nameFor(authorization);
    if (name !== undefined) {
      response.locals['signedInName'] = name;
      next();
      return;
    }
    const invalid = authorization === undefined ? '' : ', error="invalid_token"';
    response.setHeader('WWW-Authenticate', `Bearer realm="cmr-node"${invalid}`);
    const title = authorization === undefined ? 'Sign in with a bearer token' : 'This token is not known here';
    sendProblem(response, { status: 401, title, code: 'unauthorized' });
  };
}

function sha256(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
