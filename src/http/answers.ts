import { z } from 'zod';
import { ERROR_CODES } from '../core/errors.ts';

/** What the JSON interface answers. The served description of the interface is made from these schemas. */
export const checkState = z.enum(['ok', 'degraded', 'failed']);

export const health = z.object({
  status: checkState.describe(
    'failed: instances cannot be accepted and kept. degraded: they can, but look at the checks',
  ),
  checks: z.record(
    z.string(),
    z.object({ status: checkState, detail: z.string().optional().describe('Plain words, without patient data') }),
  ),
});
export type Health = z.infer<typeof health>;

export const status = z.object({
  product: z.string(),
  version: z.string(),
  startedAt: z.iso.datetime(),
  mode: z.enum(['observe', 'standardize']),
  dimse: z.object({ aeTitle: z.string(), host: z.string(), port: z.int() }),
  recogniser: z
    .object({
      model: z.string(),
      sha256: z.string(),
      provider: z.string(),
      usage: z.string().nullable().describe('What the model may be used for, where its licence sets a limit'),
    })
    .nullable(),
  instances: z.object({ received: z.int(), quarantined: z.int() }),
  disk: z.object({
    freeBytes: z.number(),
    fullInHours: z
      .number()
      .nullable()
      .describe('Until nothing more is accepted, at the rate of the last 24 hours; null where that is not in sight'),
  }),
  series: z.object({
    open: z.int().describe('Still being received'),
    decided: z.record(z.string(), z.int()).describe('Number of series by decision'),
    flagged: z.record(z.string(), z.int()).describe('Number of series by flag'),
  }),
  destinations: z.array(
    z.object({
      name: z.string(),
      pending: z.int().describe('Instances waiting to be delivered'),
      failed: z.int().describe('Instances that are not tried again by themselves'),
      lastFailure: z.object({ at: z.iso.datetime(), reason: z.string() }).nullable(),
    }),
  ),
});
export type Status = z.infer<typeof status>;

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.enum(ERROR_CODES).optional(),
  faults: z
    .array(z.object({ in: z.enum(['path', 'query', 'body']), name: z.string(), why: z.string() }))
    .optional()
    .describe('What is wrong with which parameter or part of the body'),
});
