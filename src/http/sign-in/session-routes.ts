import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type { Asker } from '../../api/endpoints.ts';
import { type Session as SessionAnswer, type SignInOrder, session, signInOrder } from '../../api/session.ts';
import type { EventLog } from '../../app/ports.ts';
import { NodeError } from '../../core/errors.ts';
import { sendProblem } from '../problem.ts';
import { failedSignInLimits, type RateLimits } from '../rate-limits.ts';
import { askerOf, identified } from './asker.ts';
import { isSecure, readCookie, SESSION_COOKIE } from './cookies.ts';
import { type EnterContext, enter, leave, refused } from './enter.ts';
import type { SignInFailure } from './events.ts';
import type { PasswordCheck } from './passwords.ts';
import { foreignOrigin } from './same-origin.ts';
import type { Session } from './sessions.ts';

/** What the page says of the node; the rest of it only to who is signed in. */
export interface Product {
  readonly name: string;
  readonly version: string;
  readonly inside: () => Omit<SessionAnswer['product'], 'name' | 'version'>;
}

export interface SessionRoutesOptions extends EnterContext {
  readonly passwords: PasswordCheck;
  readonly ownerOf: (token: string) => Asker | undefined;
  readonly methods: SessionAnswer['methods'];
  readonly product: Product;
  readonly limits: RateLimits;
  readonly log: EventLog;
}

const ORDER = 'signInOrder';

/** `/api/v1/session`: who is signed in with this browser, signing in and signing out. */
export function sessionRouter(options: SessionRoutesOptions): Router {
  const { perAddress, perUser } = failedSignInLimits(options.limits, options.log, (response) => {
    const order = orderOf(response);
    return 'user' in order ? order.user : '';
  });
  const ofUser: RequestHandler = (request, response, next) =>
    'user' in orderOf(response) ? perUser(request, response, next) : next();
  return express
    .Router()
    .get('/', (request, response) => {
      response.json(answer(sessionOf(request, response, options), options));
    })
    .post('/', ownPageOnly(options.publicUrl), readOrder, perAddress, ofUser, async (request, response) => {
      const order = orderOf(response);
      const found = 'user' in order ? await byPassword(order, options.passwords) : byToken(order.token, options);
      if ('why' in found) {
        await refused(request, found, options);
        const title = 'user' in order ? 'User and password do not fit' : 'This token is not known here';
        sendProblem(response, { status: 401, title, code: 'unauthorized' });
        return;
      }
      response.json(answer(await enter({ request, response }, found, options), options));
    })
    .delete('/', async (request, response) => {
      const who = identified(response);
      if (who !== undefined && 'refused' in who) throw new NodeError('forbidden', who.refused);
      await leave({ request, response }, options);
      response.status(204).end();
    });
}

type Found =
  | { readonly asker: Asker; readonly by: 'password' | 'token' }
  | { readonly by: 'password' | 'token'; readonly user?: string; readonly why: SignInFailure };

async function byPassword(
  { user, password }: Extract<SignInOrder, { user: string }>,
  passwords: PasswordCheck,
): Promise<Found> {
  const asker = await passwords.check(user, password);
  if (asker !== undefined) return { asker, by: 'password' };
  return passwords.isUser(user)
    ? { by: 'password', user, why: 'wrong-password' }
    : { by: 'password', why: 'unknown-user' };
}

function byToken(token: string, { ownerOf }: SessionRoutesOptions): Found {
  const asker = ownerOf(token);
  return asker === undefined ? { by: 'token', why: 'unknown-token' } : { asker, by: 'token' };
}

/** Signing somebody else's browser in would let them work under a name that is not theirs. */
function ownPageOnly(publicUrl: string | undefined): RequestHandler {
  return (request, _response, next) => {
    const foreign = foreignOrigin(request, publicUrl);
    if (foreign !== undefined) throw new NodeError('forbidden', foreign);
    next();
  };
}

const readOrder: RequestHandler = (request, response, next) => {
  const order = signInOrder.safeParse(request.body);
  // Never what was found: it holds a password.
  if (!order.success) throw new NodeError('bad-request', 'Give user and password, or a token, as application/json');
  response.locals[ORDER] = order.data;
  next();
};

function orderOf(response: Response): SignInOrder {
  return response.locals[ORDER] as SignInOrder;
}

/** The session that counts for this request; not that of a cookie which another site's page sent along. */
function sessionOf(request: Request, response: Response, { sessions, publicUrl }: EnterContext): Session | undefined {
  if (askerOf(response)?.via !== 'session') return undefined;
  const id = readCookie(request, SESSION_COOKIE, { secure: isSecure(request, publicUrl) });
  return id === undefined ? undefined : sessions.find(id);
}

function answer(now: Session | undefined, { methods, product }: SessionRoutesOptions): SessionAnswer {
  const { name, version, inside } = product;
  const signedIn = now && {
    name: now.asker.name,
    role: now.asker.role,
    csrfToken: now.csrfToken,
    expiresAt: new Date(now.expiresAt).toISOString(),
  };
  const outside = { model: null, usage: null, mode: null };
  return session.parse({
    signedIn: signedIn ?? null,
    methods,
    product: { name, version, ...(now === undefined ? outside : inside()) },
  });
}
