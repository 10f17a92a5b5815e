import type { Asker } from '../../api/endpoints.ts';
import { randomToken, sha256 } from './tokens.ts';

export interface SessionLimits {
  /** Without a request. */
  readonly idleMs: number;
  /** From sign-in, whatever happens. */
  readonly absoluteMs: number;
  readonly perPerson: number;
  readonly total: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Session {
  readonly asker: Asker;
  /** Sent back with everything that changes something: another site's page does not know it. */
  readonly csrfToken: string;
  /** When it ends if nothing more is asked, milliseconds since 1970. */
  readonly expiresAt: number;
}

interface Kept extends Session {
  readonly endsAt: number;
  expiresAt: number;
}

/**
 * Who is signed in with a browser. In memory: a restart signs everybody out. Ids are looked up by their digests, so that
 * the time of a look-up tells nothing of an id, nor does a copy of the memory give one away.
 */
export class Sessions {
  readonly #limits: SessionLimits;
  /** The one that was used longest ago comes first. */
  readonly #kept = new Map<string, Kept>();

  constructor(limits: SessionLimits) {
    this.#limits = limits;
  }

  /** Begins a session with an id that was never used. Beyond a limit the session ends that was used longest ago. */
  begin(asker: Asker): { readonly id: string; readonly session: Session } {
    const { now, idleMs, absoluteMs, perPerson, total } = this.#limits;
    this.#dropExpired();
    const theirs = [...this.#kept].filter(([, session]) => session.asker.name === asker.name).map(([key]) => key);
    for (const key of theirs.slice(0, Math.max(0, theirs.length - perPerson + 1))) this.#kept.delete(key);
    for (const key of [...this.#kept.keys()].slice(0, Math.max(0, this.#kept.size - total + 1))) this.#kept.delete(key);
    const id = randomToken();
    const endsAt = now() + absoluteMs;
    const session: Kept = { asker, csrfToken: randomToken(), endsAt, expiresAt: Math.min(now() + idleMs, endsAt) };
    this.#kept.set(keyOf(id), session);
    return { id, session };
  }

  /** The session of an id, while it lasts. */
  find(id: string): Session | undefined {
    return this.#living(keyOf(id));
  }

  /** The same, used now: its idle time begins anew. */
  use(id: string): Session | undefined {
    const key = keyOf(id);
    const session = this.#living(key);
    if (session === undefined) return undefined;
    session.expiresAt = Math.min(this.#limits.now() + this.#limits.idleMs, session.endsAt);
    this.#kept.delete(key);
    this.#kept.set(key, session);
    return session;
  }

  end(id: string): void {
    this.#kept.delete(keyOf(id));
  }

  #living(key: string): Kept | undefined {
    const session = this.#kept.get(key);
    if (session === undefined || session.expiresAt > this.#limits.now()) return session;
    this.#kept.delete(key);
    return undefined;
  }

  #dropExpired(): void {
    for (const key of [...this.#kept.keys()]) this.#living(key);
  }
}

function keyOf(id: string): string {
  return sha256(id).toString('base64url');
}
