import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Session } from '../api/session.ts';
import { GlobalKeys } from './global-keys.tsx';
import { Link } from './navigation.tsx';
import type { Route } from './route.ts';
import { useMay, useSession } from './session.tsx';
import { ThemeChoice } from './theme-choice.tsx';

const VIEWS = [
  { to: '/', name: 'Overview', views: ['overview'] },
  { to: '/series', name: 'Series', views: ['series-list', 'series'] },
  { to: '/batches', name: 'Batches', views: ['batches', 'batch'] },
  { to: '/delivery', name: 'Delivery', views: ['delivery'] },
  { to: '/audit', name: 'Audit', views: ['audit'] },
] as const;

/** Undefined where everything is turned that should be, and for who is not signed in. */
function observingInWords({ model, mode }: Session['product']): string | undefined {
  if (mode === 'observe') return 'observe: nothing is turned';
  return mode === null && model !== null ? 'some routes only observe' : undefined;
}

/** What stands around every view: where one is, who one is, and what this product is not. */
export function Shell({ route, children }: { readonly route: Route; readonly children: ComponentChildren }) {
  const { session, signOut } = useSession();
  const mayAudit = useMay('administrator');
  const person = session?.signedIn ?? null;
  const main = useArrival(route);
  const observing = session === undefined ? undefined : observingInWords(session.product);
  return (
    <>
      {person !== null && <GlobalKeys />}
      <a class="skip" href="#main">
        To the content
      </a>
      <header class="top">
        <p class="brand">
          CMR orientation node
          {observing !== undefined && <span class="tag tag-warn">{observing}</span>}
        </p>
        {person !== null && (
          <nav aria-label="Views">
            {VIEWS.filter(({ to }) => to !== '/audit' || mayAudit).map(({ to, name, views }) => (
              <Link key={to} to={to} current={(views as readonly string[]).includes(route.view)}>
                {name}
              </Link>
            ))}
          </nav>
        )}
        <div class="top-end">
          <ThemeChoice />
          {person !== null && (
            <>
              <span class="who">
                <bdi>{person.name}</bdi> · {person.role}
              </span>
              <button type="button" class="quiet" onClick={() => void signOut()}>
                Sign out
              </button>
            </>
          )}
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <footer class="bottom">
        <strong>Not a medical device.</strong>
        {session !== undefined && (
          <span>
            {session.product.name} {session.product.version}
            {session.product.model !== null && <> · model {session.product.model}</>}
          </span>
        )}
        {session?.product.usage != null && <span class="usage">{session.product.usage}</span>}
        {person !== null && (
          <span class="keys-hint">
            Keys: <kbd>?</kbd>
          </span>
        )}
      </footer>
    </>
  );
}

/** Names the window after the view, and lets who came to another view by key or link begin at its content. */
function useArrival({ view }: Route) {
  const main = useRef<HTMLElement>(null);
  const last = useRef(view);
  useEffect(() => {
    const name = VIEWS.find(({ views }) => (views as readonly string[]).includes(view))?.name;
    document.title = name === undefined ? 'CMR orientation node' : `${name} – CMR orientation node`;
    if (last.current !== view) main.current?.focus({ preventScroll: true });
    last.current = view;
  }, [view]);
  return main;
}
