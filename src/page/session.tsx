import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useEffect, useMemo, useState } from 'preact/hooks';
import type { Session, SignInOrder } from '../api/session.ts';
import type { Role } from '../api/words.ts';
import { carrySession, send } from './client.ts';
import { REFUSED } from './live.ts';
import { type Problem, problemFrom } from './problem.ts';

const ADDRESS = '/api/v1/session';

export interface SessionNow {
  /** Undefined until the node answered. */
  readonly session: Session | undefined;
  readonly problem: Problem | undefined;
  /** @throws Problem where the node does not let the person in. */
  readonly signIn: (order: SignInOrder) => Promise<void>;
  readonly signOut: () => Promise<void>;
  readonly again: () => void;
}

const SessionContext = createContext<SessionNow | undefined>(undefined);

/** Who is signed in, for everything below; the token against forged requests goes to the client from here. */
export function SessionProvider({ children }: { readonly children: ComponentChildren }) {
  const [session, setSession] = useState<Session>();
  const [problem, setProblem] = useState<Problem>();

  const look = useCallback(async () => {
    try {
      const response = await send(ADDRESS, { method: 'GET' });
      const now = (await response.json()) as Session;
      carrySession(now.signedIn?.csrfToken, () => setSession((before) => before && { ...before, signedIn: null }));
      setSession(now);
      setProblem(undefined);
    } catch (error) {
      setProblem(problemFrom(error));
    }
  }, []);
  useEffect(() => {
    const lookAgain = () => void look();
    lookAgain();
    addEventListener(REFUSED, lookAgain);
    return () => removeEventListener(REFUSED, lookAgain);
  }, [look]);

  const now = useMemo<SessionNow>(
    () => ({
      session,
      problem,
      signIn: async (order) => {
        await send(ADDRESS, { method: 'POST', body: order });
        await look();
      },
      signOut: async () => {
        // Where that fails, the page goes on to show who is signed in.
        await send(ADDRESS, { method: 'DELETE' }).catch(() => undefined);
        await look();
      },
      again: () => void look(),
    }),
    [session, problem, look],
  );
  return <SessionContext.Provider value={now}>{children}</SessionContext.Provider>;
}

export function useSession(): SessionNow {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('useSession needs a SessionProvider above it');
  return session;
}

const ORDER: readonly Role[] = ['viewer', 'reviewer', 'administrator'];

/** Whether who is signed in may what this role may. */
export function useMay(role: Role): boolean {
  const { session } = useSession();
  const mine = session?.signedIn?.role;
  return mine !== undefined && ORDER.indexOf(mine) >= ORDER.indexOf(role);
}
