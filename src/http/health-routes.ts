import express, { type Router } from 'express';
import type { EventLog } from '../app/ports.ts';
import { messageOf } from '../core/errors.ts';
import { type Health, health } from './answers.ts';

/**
 * `failed` for a check without which nothing can be accepted and kept (the spool, the database); what only delays
 * delivery (a dead destination) is `degraded`.
 */
export type HealthChecks = () => Promise<Health['checks']>;

/** `/health/live`: the process answers. `/health/ready`: 200 while it can accept and keep, 503 otherwise. */
export function healthRouter(checks: HealthChecks, log: EventLog): Router {
  const router = express.Router();
  router.get('/health/live', (_request, response) => {
    response.json({ status: 'ok', checks: {} } satisfies Health);
  });
  router.get('/health/ready', async (_request, response) => {
    const answer = await overall(checks, log);
    response.status(answer.status === 'failed' ? 503 : 200).json(health.parse(answer));
  });
  return router;
}

async function overall(checks: HealthChecks, log: EventLog): Promise<Health> {
  try {
    const found = await checks();
    const states = new Set(Object.values(found).map((one) => one.status));
    return { status: states.has('failed') ? 'failed' : states.has('degraded') ? 'degraded' : 'ok', checks: found };
  } catch (error) {
    // This answer is open to everybody; what went wrong is for the log.
    log.error('health-checks-failed', { message: messageOf(error) });
    return { status: 'failed', checks: { health: { status: 'failed', detail: 'the checks could not be made' } } };
  }
}
