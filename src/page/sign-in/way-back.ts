import { useEffect } from 'preact/hooks';
import { navigate, placeNow } from '../navigation.tsx';
import type { Route } from '../route.ts';

const WANTED = 'wanted';

/** Keeps where a person wanted to go, before signing in elsewhere leads away from the page. */
export function rememberPlace(): void {
  const { path, search } = placeNow();
  if (path !== '/sign-in') sessionStorage.setItem(WANTED, path + search);
}

/** Leads who has signed in to where they wanted to go. */
export function useWayBack(signedIn: boolean, route: Route): void {
  const atSignIn = route.view === 'sign-in';
  useEffect(() => {
    if (!signedIn) return;
    const wanted = sessionStorage.getItem(WANTED);
    sessionStorage.removeItem(WANTED);
    // Only within this page: `//host` would be another one.
    if (wanted !== null && /^\/(?!\/)/.test(wanted)) navigate(wanted, { replace: true });
    else if (atSignIn) navigate('/', { replace: true });
  }, [signedIn, atSignIn]);
}
