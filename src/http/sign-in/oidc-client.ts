import * as oidc from 'openid-client';
import type { Claims, RoleMapping } from './oidc-person.ts';

/** The site's own sign-in (OpenID Connect Core 1.0, authorization code flow with PKCE). */
export interface OidcSettings extends RoleMapping {
  readonly issuer: string;
  readonly clientId: string;
  /** Without one the client is public. */
  readonly clientSecret?: string;
  /** For the button. */
  readonly name: string;
  readonly redirectUrl: string;
  readonly scopes: readonly string[];
}

/** What only the browser that began knows, and what the answer must fit. */
export interface OidcProof {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface OidcClient {
  /** Where the browser is to go, and what it has to bring back. @throws where the provider cannot be reached */
  begin(): Promise<{ readonly address: string; readonly proof: OidcProof }>;
  /** Who came back. @throws where the provider refused, or its answer is not to this question */
  finish(query: URLSearchParams, proof: OidcProof): Promise<Claims>;
}

const TIMEOUT_SECONDS = 10;

export function oidcClient(settings: OidcSettings): OidcClient {
  let known: Promise<oidc.Configuration> | undefined;
  // The provider may be away when the node starts, and is asked again until it answers.
  const provider = (): Promise<oidc.Configuration> => {
    known ??= discovered(settings).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return {
    begin: async () => {
      const configuration = await provider();
      const proof = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        codeVerifier: oidc.randomPKCECodeVerifier(),
      };
      const address = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: settings.redirectUrl,
        scope: settings.scopes.join(' '),
        state: proof.state,
        nonce: proof.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(proof.codeVerifier),
        code_challenge_method: 'S256',
      });
      return { address: address.href, proof };
    },
    finish: async (query, { state, nonce, codeVerifier }) => {
      const configuration = await provider();
      const answered = new URL(settings.redirectUrl);
      answered.search = query.toString();
      const tokens = await oidc.authorizationCodeGrant(configuration, answered, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims() as oidc.IDToken;
      // Many providers tell of groups only when asked for the user.
      if (configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
      return { ...(await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub)), ...claims };
    },
  };
}

function discovered({ issuer, clientId, clientSecret }: OidcSettings): Promise<oidc.Configuration> {
  const authentication = clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret);
  const isPlain = issuer.startsWith('http:');
  return oidc.discovery(new URL(issuer), clientId, undefined, authentication, {
    timeout: TIMEOUT_SECONDS,
    // The configuration allows it for a provider on this machine alone. Signatures are checked always.
    execute: [...(isPlain ? [oidc.allowInsecureRequests] : []), oidc.enableNonRepudiationChecks],
  });
}
