import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** The part of the address that this page is about. */
export interface Place {
  readonly path: string;
  /** With its question mark, or empty. */
  readonly search: string;
}

const MOVED = 'page:moved';

export function placeNow(): Place {
  return { path: location.pathname, search: location.search };
}

/** Goes to an address of this page; `replace` leaves no step back, for what is typed. */
export function navigate(address: string, how: { readonly replace?: boolean } = {}): void {
  if (address === location.pathname + location.search) return;
  history[how.replace === true ? 'replaceState' : 'pushState'](null, '', address);
  dispatchEvent(new Event(MOVED));
}

export function usePlace(): Place {
  const [place, setPlace] = useState(placeNow);
  useEffect(() => {
    const moved = () => setPlace(placeNow());
    addEventListener(MOVED, moved);
    addEventListener('popstate', moved);
    return () => {
      removeEventListener(MOVED, moved);
      removeEventListener('popstate', moved);
    };
  }, []);
  return place;
}

interface LinkProps {
  readonly to: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly title?: string;
  readonly current?: boolean;
}

/** An anchor: opens in a new tab where the person asks the browser for that. */
export function Link({ to, current, children, ...rest }: LinkProps) {
  return (
    <a
      href={to}
      {...rest}
      {...(current === true ? { 'aria-current': 'page' as const } : {})}
      onClick={(event: MouseEvent) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}
