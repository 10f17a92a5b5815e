/** Where in the page somebody is. The address says it all, so that it can be sent to a colleague. */
export type Route =
  | { readonly view: 'overview' }
  | { readonly view: 'series-list' }
  | { readonly view: 'series'; readonly id: number }
  | { readonly view: 'batches' }
  | { readonly view: 'batch'; readonly id: number }
  | { readonly view: 'delivery' }
  | { readonly view: 'audit' }
  | { readonly view: 'sign-in' }
  | { readonly view: 'nowhere' };

const ROUTES: Readonly<Record<string, Route>> = {
  '/': { view: 'overview' },
  '/series': { view: 'series-list' },
  '/batches': { view: 'batches' },
  '/delivery': { view: 'delivery' },
  '/audit': { view: 'audit' },
  '/sign-in': { view: 'sign-in' },
};

/** The view at a path; a trailing slash means the same. */
export function routeOf(path: string): Route {
  const plain = path.length > 1 ? path.replace(/\/+$/, '') || '/' : path;
  if (Object.hasOwn(ROUTES, plain)) return ROUTES[plain] as Route;
  const [, list, id] = /^\/(series|batches)\/([1-9]\d{0,14})$/.exec(plain) ?? [];
  if (id === undefined) return { view: 'nowhere' };
  return { view: list === 'series' ? 'series' : 'batch', id: Number(id) };
}
