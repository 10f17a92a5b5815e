import { z } from 'zod';
import { DELIVERY_CAUSES } from '../core/delivery/delivery-cause.ts';
import { because, cursor, id, limit, moment, pageOf, uid } from './words.ts';

const deliveryStateNow = z.enum(['waiting', 'failing', 'dead', 'delivered']);

export const deliveryQuery = z.object({
  destination: z.string().max(64).optional(),
  state: deliveryStateNow
    .optional()
    .describe('failing: tried, and to be tried again. Not given: all that have not arrived; of one series, all'),
  series: z.coerce.number().int().optional().describe('`id` of a series'),
  limit: limit.default(100),
  cursor: cursor.optional(),
});
export type DeliveryQuery = z.infer<typeof deliveryQuery>;

export const delivery = z.object({
  id,
  destination: z.string(),
  seriesId: id,
  sopInstanceUid: uid,
  what: z.enum(['received', 'result']),
  state: deliveryStateNow,
  attempts: z.int(),
  queuedAt: moment,
  nextAttemptAt: moment.nullable(),
  deliveredAt: moment.nullable(),
  reason: z.string().nullable().describe('Plain words, with the status that the archive answered'),
  cause: z.enum(DELIVERY_CAUSES).nullable().describe('Why the last try failed'),
});
export type Delivery = z.infer<typeof delivery>;
export const deliveryPage = pageOf(delivery);
export type DeliveryPage = z.infer<typeof deliveryPage>;

const destinationState = z.object({
  name: z.string(),
  configured: z.boolean().describe('False: something still waits for a destination that is no longer there'),
  waiting: z.int(),
  failing: z.int(),
  dead: z.int(),
  delivered: z.int(),
  closed: z.boolean().describe('Nothing is sent at the moment: outside of its time windows'),
  problem: z.string().nullable(),
  lastFailure: z.object({ at: moment, reason: z.string() }).nullable(),
  causes: z
    .array(z.object({ reason: z.string(), instances: z.int() }))
    .describe('Of what fails or is dead, most first'),
});
export const destinations = z.object({ items: z.array(destinationState) });
export type Destinations = z.infer<typeof destinations>;

/** Tries again: these, or all that fail or are dead of one destination. */
export const retryOrder = z.object({
  ids: z.array(id).max(10_000).optional(),
  destination: z.string().max(64).optional(),
  to: z.string().max(64).optional().describe('To this one instead'),
  because,
});
export type RetryOrder = z.infer<typeof retryOrder>;
export const retried = z.object({ queued: z.int() });
