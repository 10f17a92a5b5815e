import type { RequestHandler } from 'express';
import { setIdentified } from './asker.ts';
import { type ApiToken, bearerToken, OPERATOR, randomToken, sha256, tokenOwners } from './tokens.ts';

export interface SignIn {
  /** Made at start where `http.auth` is not set, to be printed once to whoever started the node. */
  readonly oneTimeToken: string | undefined;
  /** Finds out who asks and refuses nobody; `mustBe` does. Comes before everything that wants to know. */
  readonly identify: RequestHandler;
}

export interface SignInOptions {
  /** Undefined: one random token is made, valid until the node stops. */
  readonly auth: { readonly tokens?: readonly ApiToken[] } | undefined;
}

export function createSignIn({ auth }: SignInOptions): SignIn {
  const oneTimeToken = auth === undefined ? randomToken() : undefined;
  const ownerOf = tokenOwners(
    oneTimeToken === undefined
      ? (auth?.tokens ?? [])
      : [{ ...OPERATOR, tokenSha256: sha256(oneTimeToken).toString('hex') }],
  );
  const identify: RequestHandler = (request, response, next) => {
    const token = bearerToken(request.headers.authorization);
    const asker = token === undefined ? undefined : ownerOf(token);
    setIdentified(response, asker && { ...asker, via: 'token', isStillSignedIn: () => true });
    next();
  };
  return { oneTimeToken, identify };
}
