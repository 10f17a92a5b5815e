import type { CookieOptions, Request, Response } from 'express';

/** What the browser is given to keep. */
export interface Cookie {
  readonly name: string;
  /** `strict`: never with a request that another site's page began. `lax`: also when it leads here as a whole. */
  readonly sameSite: 'strict' | 'lax';
}

export const SESSION_COOKIE: Cookie = { name: 'cmr-node', sameSite: 'strict' };
/** The way back from the identity provider begins at another site: a strict cookie would stay behind. */
export const OIDC_COOKIE: Cookie = { name: 'cmr-node-oidc', sameSite: 'lax' };

/** Whether people reach this node encrypted: by a proxy that is believed, by itself, or by its address. */
export function isSecure(request: Request, publicUrl: string | undefined): boolean {
  return request.secure || publicUrl?.startsWith('https:') === true;
}

export function setCookie(
  response: Response,
  cookie: Cookie,
  { value, secure }: { value: string; secure: boolean },
): void {
  response.cookie(nameOf(cookie, secure), value, optionsOf(cookie, secure));
}

export function clearCookie(response: Response, cookie: Cookie, { secure }: { secure: boolean }): void {
  response.clearCookie(nameOf(cookie, secure), optionsOf(cookie, secure));
}

export function readCookie(request: Request, cookie: Cookie, { secure }: { secure: boolean }): string | undefined {
  const name = `${nameOf(cookie, secure)}=`;
  const found = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
  return found.find((part) => part.startsWith(name))?.slice(name.length);
}

/** The prefix keeps other hosts of the domain, and pages without encryption, from setting it (RFC 6265bis 4.1.3.2). */
function nameOf({ name }: Cookie, secure: boolean): string {
  return secure ? `__Host-${name}` : name;
}

function optionsOf({ sameSite }: Cookie, secure: boolean): CookieOptions {
  return { httpOnly: true, sameSite, secure, path: '/' };
}
