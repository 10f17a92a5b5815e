import type { WrittenConfig } from './config-schema.ts';
import type { Fault } from './faults.ts';

type Http = WrittenConfig['http'];

/** Who acts in the audit trail without being a person. */
const RESERVED_NAMES = ['node', 'unknown'];

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** What of `http` no key can know by itself. */
export function httpFaults(http: Http | undefined): readonly Fault[] {
  const { auth } = http ?? {};
  if (http === undefined || auth === undefined) return [];
  const nobody = auth.users === undefined && auth.tokens === undefined && auth.oidc === undefined;
  const problem = 'lets nobody in: give users, tokens or oidc';
  return [
    ...(nobody ? [{ path: ['http', 'auth'], problem, showValue: false }] : []),
    ...nameFaults(auth),
    ...sameTokenFaults(auth),
    ...oidcFaults(http),
  ];
}

/** The audit trail names people and machines by these names alone: no two may share one. */
function nameFaults({ users = [], tokens = [] }: NonNullable<Http['auth']>): readonly Fault[] {
  const named = [
    ...users.map(({ name }, index) => ({ name, path: ['http', 'auth', 'users', index, 'name'] })),
    ...tokens.map(({ name }, index) => ({ name, path: ['http', 'auth', 'tokens', index, 'name'] })),
  ];
  return named.flatMap(({ name, path }, index): Fault[] => {
    if (RESERVED_NAMES.includes(name))
      return [{ path, problem: 'is a name of the audit trail itself', showValue: true }];
    const isRepeated = named.findIndex((other) => other.name === name) < index;
    return isRepeated ? [{ path, problem: 'is the name of somebody else', showValue: true }] : [];
  });
}

function sameTokenFaults({ tokens = [] }: NonNullable<Http['auth']>): readonly Fault[] {
  return tokens.flatMap(({ tokenSha256 }, index) =>
    tokens.findIndex((other) => other.tokenSha256 === tokenSha256) < index
      ? [
          {
            path: ['http', 'auth', 'tokens', index, 'tokenSha256'],
            problem: 'is the token of somebody else',
            showValue: false,
          },
        ]
      : [],
  );
}

function oidcFaults({ auth, publicUrl }: Http): readonly Fault[] {
  const oidc = auth?.oidc;
  if (oidc === undefined) return [];
  const at = (key: string, problem: string): Fault => ({
    path: ['http', 'auth', 'oidc', key],
    problem,
    showValue: false,
  });
  const faults: Fault[] = [];
  if (!isPrivate(oidc.issuer)) faults.push(at('issuer', 'must be https, but for a provider on this machine'));
  if (oidc.clientSecret !== undefined && oidc.clientSecretFile !== undefined) {
    faults.push(at('clientSecretFile', 'and clientSecret cannot both be given'));
  }
  if (oidc.redirectUrl === undefined && publicUrl === undefined) {
    faults.push(at('redirectUrl', 'must be given, or http.publicUrl, below which it then lies'));
  }
  if (!isPrivate(oidc.redirectUrl ?? publicUrl ?? 'https:')) {
    faults.push(at('redirectUrl', 'must be https, but on this machine'));
  }
  if (!oidc.scopes.includes('openid')) faults.push(at('scopes', 'must name openid'));
  if (Object.values(oidc.roles).every((names) => names.length === 0)) {
    faults.push(at('roles', 'gives nobody a role'));
  }
  return faults;
}

/** What goes over it is read by nobody else: encrypted, or never on a wire. */
function isPrivate(address: string): boolean {
  return address.startsWith('https:') || isLoopback(new URL(address).hostname);
}
