import type { Asker } from '../../api/endpoints.ts';

export type SignInMethod = 'password' | 'token' | 'oidc';

/** Why somebody was not let in. */
export type SignInFailure =
  | 'unknown-user'
  | 'wrong-password'
  | 'unknown-token'
  /** The identity provider refused, or what came back from it does not belong to what was asked. */
  | 'not-proven'
  | 'no-role'
  /** The provider's name for somebody is none, or that of a user or token of this node. */
  | 'no-name';

/** For the audit trail. Addresses are of the network. */
export type SignInEvent =
  | {
      readonly event: 'sign-in';
      readonly asker: Asker;
      readonly by: SignInMethod;
      readonly address: string;
      /** Who this is to the identity provider. */
      readonly subject?: string;
    }
  | { readonly event: 'sign-out'; readonly asker: Asker; readonly address: string }
  | {
      readonly event: 'sign-in-failed';
      /** Null for a name that nobody has: people type their password there. */
      readonly user: string | null;
      readonly by: SignInMethod;
      readonly why: SignInFailure;
      readonly address: string;
    };

/** Puts it on record; only then it is answered. */
export type OnSignIn = (event: SignInEvent) => Promise<void>;
