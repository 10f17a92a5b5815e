import type { Request } from 'express';

/** Headers of a proxy: the connection is local then, the asker need not be. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** Whether a host is this very machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Whether a request was made on this very machine, and not by way of a proxy on it. */
export function isFromLoopback(request: Request): boolean {
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return isLoopback(address) && PROXY_HEADERS.every((header) => request.headers[header] === undefined);
}
