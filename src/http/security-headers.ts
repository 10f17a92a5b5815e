import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** What a browser may do with what is served: nothing but what the review page needs, and nothing of other hosts. */
const DIRECTIVES = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  // The viewer draws into canvases and keeps pictures of them.
  imgSrc: ["'self'", 'data:', 'blob:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  workerSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
  // No text becomes markup: whatever stands in a DICOM attribute stays text.
  requireTrustedTypesFor: ["'script'"],
};

const UNUSED_FEATURES = ['camera', 'microphone', 'geolocation', 'payment', 'usb', 'serial', 'midi', 'hid'];

export function securityHeaders({ isEncrypted }: { readonly isEncrypted: boolean }): RequestHandler {
  const set = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: DIRECTIVES },
    // Over plain HTTP a browser must not be told to come back by HTTPS.
    strictTransportSecurity: isEncrypted,
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
  });
  const permissions = UNUSED_FEATURES.map((feature) => `${feature}=()`).join(', ');
  return (request, response, next) => {
    response.setHeader('Permissions-Policy', permissions);
    set(request, response, next);
  };
}

/** For answers about patients: nobody in between keeps them. Routes that know better say so. */
export const notKept: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};
