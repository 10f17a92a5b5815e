import type { Request, RequestHandler } from 'express';

/**
 * Ends connections on which the body of a request comes too slowly: under `/api` from its beginning, elsewhere once the
 * request has been answered, so that nobody holds a connection by a body that nobody reads.
 */
export function bodyInTime(milliseconds: number): RequestHandler {
  return (request, response, next) => {
    if (request.path.startsWith('/api/')) endUnlessComplete(request, milliseconds);
    else response.once('finish', () => endUnlessComplete(request, milliseconds));
    next();
  };
}

function endUnlessComplete(request: Request, milliseconds: number): void {
  if (request.complete) return;
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, milliseconds);
  request.once('close', () => clearTimeout(timer));
}
