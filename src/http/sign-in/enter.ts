import type { Request, Response } from 'express';
import type { Asker } from '../../api/endpoints.ts';
import { clearCookie, isSecure, readCookie, SESSION_COOKIE, setCookie } from './cookies.ts';
import type { OnSignIn, SignInFailure, SignInMethod } from './events.ts';
import type { Session, Sessions } from './sessions.ts';

export interface EnterContext {
  readonly sessions: Sessions;
  readonly publicUrl: string | undefined;
  readonly onEvent: OnSignIn;
}

/** Begins a session for somebody who proved to be who they are, in place of the one that the browser had. */
export async function enter(
  { request, response }: { readonly request: Request; readonly response: Response },
  who: { readonly asker: Asker; readonly by: SignInMethod; readonly subject?: string },
  { sessions, publicUrl, onEvent }: EnterContext,
): Promise<Session> {
  await onEvent({ event: 'sign-in', ...who, address: addressOf(request) });
  const secure = isSecure(request, publicUrl);
  const before = readCookie(request, SESSION_COOKIE, { secure });
  if (before !== undefined) sessions.end(before);
  const { id, session } = sessions.begin(who.asker);
  setCookie(response, SESSION_COOKIE, { value: id, secure });
  return session;
}

/** Ends the session of the browser, where it has one. */
export async function leave(
  { request, response }: { readonly request: Request; readonly response: Response },
  { sessions, publicUrl, onEvent }: EnterContext,
): Promise<void> {
  const secure = isSecure(request, publicUrl);
  const id = readCookie(request, SESSION_COOKIE, { secure });
  const session = id === undefined ? undefined : sessions.find(id);
  if (id !== undefined) sessions.end(id);
  clearCookie(response, SESSION_COOKIE, { secure });
  if (session !== undefined) {
    await onEvent({ event: 'sign-out', asker: session.asker, address: addressOf(request) });
  }
}

export function refused(
  request: Request,
  { user = null, by, why }: { readonly user?: string | null; readonly by: SignInMethod; readonly why: SignInFailure },
  { onEvent }: EnterContext,
): Promise<void> {
  return onEvent({ event: 'sign-in-failed', user, by, why, address: addressOf(request) });
}

/** The asker's network address, as far as the proxies in between are believed. */
function addressOf(request: Request): string {
  return (request.ip ?? '').replace(/^::ffff:/, '');
}
