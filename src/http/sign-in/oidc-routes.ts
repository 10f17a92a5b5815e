import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { EventLog } from '../../app/ports.ts';
import { messageOf } from '../../core/errors.ts';
import { type PlainPage, sendPlainPage } from '../plain-page.ts';
import { failedSignInLimits, type RateLimits } from '../rate-limits.ts';
import { clearCookie, isSecure, OIDC_COOKIE, readCookie, setCookie } from './cookies.ts';
import { type EnterContext, enter, refused } from './enter.ts';
import type { SignInFailure } from './events.ts';
import type { OidcClient, OidcProof } from './oidc-client.ts';
import { type Claims, nameOf, type RoleMapping, roleOf } from './oidc-person.ts';

export interface OidcRoutesOptions extends EnterContext {
  readonly client: OidcClient;
  readonly mapping: RoleMapping;
  /** Whether a name is that of a user or token of this node. */
  readonly isTaken: (name: string) => boolean;
  readonly limits: RateLimits;
  readonly log: EventLog;
}

const BACK = { href: '/', text: 'Back to sign-in' };

/** `/api/v1/session/oidc`: to the identity provider of the site, and back from it. */
export function oidcRouter(options: OidcRoutesOptions): Router {
  const { client, publicUrl, log } = options;
  const { perAddress } = failedSignInLimits(options.limits, log, () => '');
  return express
    .Router()
    .get('/', async (request, response) => {
      try {
        const { address, proof } = await client.begin();
        setCookie(response, OIDC_COOKIE, { value: written(proof), secure: isSecure(request, publicUrl) });
        response.redirect(303, address);
      } catch (error) {
        log.error('identity-provider-unreachable', { message: messageOf(error) });
        sendPlainPage(response, {
          status: 502,
          title: 'The sign-in of the site does not answer',
          text: 'Try again later. The log of this node says what is wrong.',
          link: BACK,
        });
      }
    })
    .get('/callback', perAddress, (request, response) => finish(request, response, options));
}

async function finish(request: Request, response: Response, options: OidcRoutesOptions): Promise<void> {
  const { client, mapping, isTaken, publicUrl, log } = options;
  const secure = isSecure(request, publicUrl);
  const proof = read(readCookie(request, OIDC_COOKIE, { secure }));
  clearCookie(response, OIDC_COOKIE, { secure });
  if (proof === undefined) {
    sendPlainPage(response, NOT_BEGUN);
    return;
  }
  let claims: Claims;
  try {
    claims = await client.finish(new URL(request.originalUrl, 'http://localhost').searchParams, proof);
  } catch (error) {
    log.warn('sign-in-not-proven', { message: messageOf(error) });
    await refused(request, { by: 'oidc', why: 'not-proven' }, options);
    sendPlainPage(response, REFUSALS['not-proven']);
    return;
  }
  const [name, role] = [nameOf(claims), roleOf(claims, mapping)];
  if (name === undefined || isTaken(name) || role === undefined) {
    const why = name === undefined || isTaken(name) ? 'no-name' : 'no-role';
    await refused(request, { user: name ?? null, by: 'oidc', why }, options);
    sendPlainPage(response, REFUSALS[why]);
    return;
  }
  const subject = String(claims['sub']);
  await enter({ request, response }, { asker: { name, role }, by: 'oidc', subject }, options);
  // A page of our own leads on: to one that the provider's led to by itself, a browser brings no strict cookie.
  sendPlainPage(response, { ...SIGNED_IN, text: `You are signed in as ${name}, ${role}.` });
}

const SIGNED_IN: PlainPage = {
  status: 200,
  title: 'Signed in',
  text: '',
  link: { href: '/', text: 'To the review page', follow: true },
};

const NOT_BEGUN: PlainPage = {
  status: 400,
  title: 'Not signed in',
  text: 'This sign-in began in another browser, or too long ago.',
  link: BACK,
};

const REFUSALS: Readonly<Record<Extract<SignInFailure, 'not-proven' | 'no-role' | 'no-name'>, PlainPage>> = {
  'not-proven': {
    status: 401,
    title: 'Not signed in',
    text: 'The sign-in of the site did not confirm who you are.',
    link: BACK,
  },
  'no-role': {
    status: 403,
    title: 'Not signed in',
    text: 'The site knows you, but has given you no role here.',
    link: BACK,
  },
  'no-name': {
    status: 403,
    title: 'Not signed in',
    text: 'The name that the site knows you by cannot be used here, or belongs to somebody else.',
    link: BACK,
  },
};

const proofSchema = z.strictObject({ state: z.string(), nonce: z.string(), codeVerifier: z.string() });

/** It binds the answer to the browser that asked, which may know it: it proves nothing to anybody else. */
function written(proof: OidcProof): string {
  return Buffer.from(JSON.stringify(proof)).toString('base64url');
}

function read(cookie: string | undefined): OidcProof | undefined {
  if (cookie === undefined) return undefined;
  try {
    return proofSchema.parse(JSON.parse(Buffer.from(cookie, 'base64url').toString()));
  } catch {
    return undefined;
  }
}
