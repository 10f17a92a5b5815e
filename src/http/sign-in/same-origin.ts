import type { Request } from 'express';

/** Why a request that changes something may be the doing of another site's page; undefined where it is not. */
export function foreignOrigin(request: Request, publicUrl: string | undefined): string | undefined {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return 'This request comes from a page of another site';
  const { origin, host = '' } = request.headers;
  if (origin === undefined || origin === publicUrl || origin === `${request.protocol}://${host}`) return undefined;
  return 'This request comes from a page of another address than this node knows as its own (http.publicUrl)';
}

/** Whether a cookie counts: pages of other ports of this host send it along, too. */
export function mayShowSession(request: Request): boolean {
  const site = request.headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}
