import type { RequestHandler } from 'express';
import type { EventLog } from '../app/ports.ts';
import type { Status } from './answers.ts';
import { apiRouter } from './api-routes.ts';
import { type HealthChecks, healthRouter } from './health-routes.ts';
import { type Metrics, metricsRouter } from './metrics.ts';
import type { Mount } from './server.ts';
import type { SignIn } from './sign-in.ts';
import { startPageRouter } from './start-page.ts';

export interface NodeRoutes {
  readonly version: string;
  readonly signIn: SignIn;
  readonly checks: HealthChecks;
  readonly status: () => Promise<Status>;
  readonly metrics: Pick<Metrics, 'expose'>;
  /** The STOW-RS endpoint. */
  readonly dicomWeb: RequestHandler;
  /** The site accepts that anybody who reaches the port may store. */
  readonly allowOpenAccess: boolean;
  readonly log: EventLog;
}

/** Everything that the node serves over HTTP, and which of it needs sign-in. */
export function nodeMounts(routes: NodeRoutes): readonly Mount[] {
  const { version, signIn, checks, status, metrics, dicomWeb, allowOpenAccess, log } = routes;
  return [
    { path: '/', router: startPageRouter(version) },
    { path: '/', router: healthRouter(checks, log) },
    { path: '/', router: metricsRouter(metrics, signIn) },
    { path: '/', router: apiRouter({ version, signIn, status }) },
    { path: '/dicomweb', router: dicomWeb, ...(allowOpenAccess ? {} : { guard: signIn.required }) },
  ];
}
