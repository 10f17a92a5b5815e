import type { RequestHandler } from 'express';

const ALLOWED_METHODS = 'GET, HEAD, POST';
const EXPOSED_HEADERS = 'Warning';
const REMEMBERED_SECONDS = '600';

/**
 * Lets pages of these origins read the answers (the CORS protocol of the Fetch Standard). Nothing is sent with a cookie,
 * so that a page has only what its own sign-in gives it.
 */
export function crossOrigin(origins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    if (origins.length > 0) response.vary('Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) {
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Methods', ALLOWED_METHODS);
    // Viewers send headers of their own besides Authorization.
    const headers = request.headers['access-control-request-headers'];
    if (headers !== undefined) response.setHeader('Access-Control-Allow-Headers', headers);
    response.setHeader('Access-Control-Max-Age', REMEMBERED_SECONDS);
    response.status(204).end();
  };
}
