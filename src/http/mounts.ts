import type { RequestHandler } from 'express';
import type { EventLog } from '../app/ports.ts';
import { type ApiServices, apiRouter } from './api-routes.ts';
import { crossOrigin } from './cross-origin.ts';
import { type DicomWebRead, readsOnRecord } from './dicomweb-reads.ts';
import { type HealthChecks, healthRouter } from './health-routes.ts';
import { type Metrics, metricsRouter } from './metrics.ts';
import { pageRouter } from './page-routes.ts';
import { type RateLimits, requestLimit } from './rate-limits.ts';
import { notKept } from './security-headers.ts';
import type { Mount } from './server.ts';
import { mustBe, mustHaveToken } from './sign-in/must-be.ts';
import type { SignIn } from './sign-in/sign-in.ts';
import { startPageRouter } from './start-page.ts';

export interface NodeRoutes {
  readonly version: string;
  readonly signIn: SignIn;
  readonly checks: HealthChecks;
  readonly api: ApiServices;
  /** Where the review page lies, if it was built. */
  readonly pageFolder: string;
  readonly metrics: Pick<Metrics, 'expose'>;
  /** STOW-RS, QIDO-RS and WADO-RS. */
  readonly dicomWeb: RequestHandler;
  /** Origins whose pages may use DICOMweb. */
  readonly corsOrigins: readonly string[];
  /** The site accepts that anybody who reaches the port may store, search and retrieve. */
  readonly allowOpenAccess: boolean;
  readonly limits: RateLimits;
  /** Puts on record who searched or retrieved. */
  readonly onRead: (read: DicomWebRead) => Promise<void>;
  readonly log: EventLog;
}

/** Everything that the node serves over HTTP, and which of it needs sign-in. */
export function nodeMounts(routes: NodeRoutes): readonly Mount[] {
  const { version, signIn, checks, api, pageFolder, metrics, dicomWeb, log } = routes;
  const { corsOrigins, allowOpenAccess, limits, onRead } = routes;
  const { identify } = signIn;
  const limit = requestLimit(limits, log);
  return [
    { path: '/api', router: notKept },
    // Before sign-in: browsers ask first whether they may, and do not sign in for that.
    { path: '/dicomweb', router: crossOrigin(corsOrigins) },
    ...['/api', '/dicomweb', '/metrics'].map((path) => ({ path, router: identify })),
    ...['/api', '/dicomweb'].map((path) => ({ path, router: limit })),
    { path: '/', router: pageRouter(pageFolder) ?? startPageRouter(version) },
    { path: '/', router: healthRouter(checks, log) },
    { path: '/', router: metricsRouter(metrics) },
    { path: '/', router: signIn.router },
    { path: '/api/v1', router: apiRouter({ version, log, ...api }) },
    ...(allowOpenAccess ? [] : [{ path: '/dicomweb', router: dicomWebGuard }]),
    { path: '/dicomweb', router: readsOnRecord(onRead) },
    { path: '/dicomweb', router: dicomWeb },
  ];
}

const mustRead = mustBe('viewer');

/** Whoever may look may search and retrieve; storing is for machines, which have a token. */
const dicomWebGuard: RequestHandler = (request, response, next) => {
  (request.method === 'POST' ? mustHaveToken : mustRead)(request, response, next);
};
