import express, { type RequestHandler, type Router } from 'express';
import type { EventLog } from '../../app/ports.ts';
import type { RateLimits } from '../rate-limits.ts';
import type { OnSignIn } from './events.ts';
import { identify } from './identify.ts';
import { type OidcSettings, oidcClient } from './oidc-client.ts';
import { oidcRouter } from './oidc-routes.ts';
import { type LocalUser, passwordCheck } from './passwords.ts';
import { type Product, sessionRouter } from './session-routes.ts';
import { Sessions } from './sessions.ts';
import { type ApiToken, OPERATOR, randomToken, sha256, tokenOwners } from './tokens.ts';

/** Who may sign in, and for how long. */
export interface Auth {
  readonly users?: readonly LocalUser[];
  readonly tokens?: readonly ApiToken[];
  readonly oidc?: Omit<OidcSettings, 'redirectUrl'> & { readonly redirectUrl?: string };
  readonly sessionMinutes: number;
  readonly sessionHours: number;
}

export interface SignInOptions {
  /** Undefined: one random token is made, valid until the node stops. */
  readonly auth: Auth | undefined;
  /** The origin by which people reach the node, where that is not its own. */
  readonly publicUrl?: string | undefined;
  readonly limits: RateLimits;
  readonly product: Product;
  readonly onEvent: OnSignIn;
  readonly log: EventLog;
  readonly now?: () => number;
}

export interface SignIn {
  /** Made at start where `http.auth` is not set, to be printed once to whoever started the node. */
  readonly oneTimeToken: string | undefined;
  /** Finds out who asks and refuses nobody; `mustBe` does. Comes before everything that wants to know. */
  readonly identify: RequestHandler;
  /** `/api/v1/session` and what is below it. */
  readonly router: Router;
}

const SESSION_PATH = '/api/v1/session';
const OIDC_PATH = `${SESSION_PATH}/oidc`;
const CALLBACK_PATH = `${OIDC_PATH}/callback`;
const SESSIONS_PER_PERSON = 10;
const SESSIONS = 1_000;
const WITHOUT_AUTH = { sessionMinutes: 30, sessionHours: 12 };
const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

export function createSignIn(options: SignInOptions): SignIn {
  const { auth, publicUrl, now = Date.now } = options;
  const { sessionMinutes, sessionHours } = auth ?? WITHOUT_AUTH;
  const oneTimeToken = auth === undefined ? randomToken() : undefined;
  const tokens = oneTimeToken === undefined ? (auth?.tokens ?? []) : [operatorsToken(oneTimeToken)];
  const sessions = new Sessions({
    idleMs: sessionMinutes * MINUTE_MS,
    absoluteMs: sessionHours * HOUR_MS,
    perPerson: SESSIONS_PER_PERSON,
    total: SESSIONS,
    now,
  });
  const parts = {
    ...options,
    publicUrl,
    sessions,
    ownerOf: tokenOwners(tokens),
    passwords: passwordCheck(auth?.users ?? []),
    methods: {
      password: auth?.users !== undefined,
      token: tokens.length > 0,
      oidc: auth?.oidc === undefined ? null : OIDC_PATH,
      oidcName: auth?.oidc?.name ?? null,
    },
  };
  const router = express.Router();
  if (auth?.oidc !== undefined) {
    const client = oidcClient({ ...auth.oidc, redirectUrl: auth.oidc.redirectUrl ?? `${publicUrl}${CALLBACK_PATH}` });
    const names = [...(auth.users ?? []), ...tokens].map(({ name }) => name);
    const isTaken = (name: string): boolean => names.includes(name) || RESERVED_NAMES.includes(name);
    router.use(OIDC_PATH, oidcRouter({ ...parts, client, mapping: auth.oidc, isTaken }));
  }
  router.use(SESSION_PATH, sessionRouter(parts));
  return { oneTimeToken, identify: identify(parts), router };
}

/** Who acts in the audit trail without being a person. */
const RESERVED_NAMES: readonly string[] = ['node', 'unknown', OPERATOR.name];

function operatorsToken(token: string): ApiToken {
  return { ...OPERATOR, tokenSha256: sha256(token).toString('hex') };
}
