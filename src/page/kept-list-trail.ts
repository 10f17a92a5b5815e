import type { ListTrail } from './list-trail.ts';

const KEY = 'list-trail';

export function keepListTrail(trail: ListTrail): void {
  sessionStorage.setItem(KEY, JSON.stringify(trail));
}

export function listTrail(): ListTrail | undefined {
  const kept = sessionStorage.getItem(KEY);
  return kept === null ? undefined : (JSON.parse(kept) as ListTrail);
}
