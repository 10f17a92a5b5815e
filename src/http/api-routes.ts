import express, { type Router } from 'express';
import type { Handlers } from '../api/endpoints.ts';
import type { EventLog } from '../app/ports.ts';
import { type Status, status } from './answers.ts';
import { type ByteServices, pixelsRoute, resultsRoute } from './api/byte-routes.ts';
import { endpointRouter } from './api/endpoint-router.ts';
import { eventsRoute, type LiveSource } from './api/events-route.ts';
import { openApi } from './open-api.ts';
import { mustBe } from './sign-in/must-be.ts';

/** What stands behind the JSON interface. */
export interface ApiServices {
  readonly handlers: Handlers;
  readonly bytes: ByteServices;
  readonly live: LiveSource;
  readonly status: () => Promise<Status>;
}

export interface ApiOptions extends ApiServices {
  readonly version: string;
  readonly log: EventLog;
}

/** `/api/v1`: the description is open, the rest needs sign-in. */
export function apiRouter({ version, log, handlers, bytes, live, ...options }: ApiOptions): Router {
  const router = express.Router();
  const description = openApi(version);
  router.get('/openapi.json', (_request, response) => {
    response.json(description);
  });
  const mustRead = mustBe('viewer');
  router.get('/status', mustRead, async (_request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    response.json(status.parse(await options.status()));
  });
  router.get('/events', mustRead, eventsRoute({ live }));
  router.get('/instances/:id/pixels', mustRead, pixelsRoute(bytes.picturePixels));
  router.get('/batches/:id/results.csv', mustRead, resultsRoute(bytes.batchResults));
  router.use(endpointRouter({ handlers, log }));
  return router;
}
