import express, { type Router } from 'express';
import { type Status, status } from './answers.ts';
import { openApi } from './open-api.ts';
import { mustBe } from './sign-in/must-be.ts';

export interface ApiOptions {
  readonly version: string;
  readonly status: () => Promise<Status>;
}

/** `/api/v1`: the description is open, the rest needs sign-in. */
export function apiRouter(options: ApiOptions): Router {
  const router = express.Router();
  const description = openApi(options.version);
  router.get('/api/v1/openapi.json', (_request, response) => {
    response.json(description);
  });
  router.get('/api/v1/status', mustBe('viewer'), async (_request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    response.json(status.parse(await options.status()));
  });
  return router;
}
