import type { Response } from 'express';
import type { Asker } from '../../api/endpoints.ts';

/** Who asks, and how that is known. */
export interface SignedIn extends Asker {
  readonly via: 'session' | 'token';
  /** False from when a session is over; for what goes on after a request was let in, such as a stream of events. */
  isStillSignedIn(): boolean;
}

/** What is known of who asks: somebody, nobody, or somebody whose request may be another page's doing. */
export type Identified = SignedIn | { readonly refused: string } | undefined;

const LOCAL = 'identified';

export function identified(response: Response): Identified {
  return response.locals[LOCAL] as Identified;
}

export function setIdentified(response: Response, who: Identified): void {
  response.locals[LOCAL] = who;
}

/** Who asks; undefined where nobody signed in, which only addresses without `mustBe` meet. */
export function askerOf(response: Response): SignedIn | undefined {
  const who = identified(response);
  return who !== undefined && 'name' in who ? who : undefined;
}

/** The name that a request signed in with; empty where sign-in was not asked for. */
export function signedInName(response: Response): string {
  return askerOf(response)?.name ?? '';
}
