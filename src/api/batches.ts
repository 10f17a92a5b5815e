import { z } from 'zod';
import { seriesFilter } from './series.ts';
import { because, code, cursor, decisionKind, id, limit, moment, pageOf, uid } from './words.ts';

const batchState = z.enum(['running', 'paused', 'cancelled', 'done']);

/** An order for many series. A dry run looks at each and changes nothing. */
export const batchOrder = z.object({
  action: z
    .enum(['resend', 'decide-again'])
    .describe('decide-again: with the present model and settings; where that changes nothing, nothing is sent'),
  filter: seriesFilter,
  destination: z.string().max(64).optional().describe('Only what went, or is to go, to this one'),
  to: z.string().max(64).optional().describe('To this one instead'),
  dryRun: z.boolean(),
  because,
  key: z.string().min(8).max(64).optional().describe('Chosen by the caller: the same order again gives the same batch'),
});
export type BatchOrder = z.infer<typeof batchOrder>;

export const batch = z.object({
  id,
  order: batchOrder,
  by: z.string(),
  createdAt: moment,
  endedAt: moment.nullable(),
  state: batchState,
  series: z.object({ all: z.int(), done: z.int(), failed: z.int(), changed: z.int() }),
  instances: z.object({
    queued: z.int().describe('In a dry run: that would be'),
    delivered: z.int(),
    gone: z.int().describe('Not on the disk any more'),
  }),
  sentence: z.string().describe('Such as: with the present model 14 of 1203 series would change'),
});
export type Batch = z.infer<typeof batch>;
export const batchPage = pageOf(batch);
export type BatchPage = z.infer<typeof batchPage>;
export const batchQuery = z.object({ limit: limit.default(50), cursor: cursor.optional() });

export const batchSeries = z.object({
  seriesId: id,
  studyInstanceUid: uid,
  seriesInstanceUid: uid,
  state: z.enum(['waiting', 'done', 'failed']),
  before: z.object({ decision: decisionKind, observedCode: code.nullable() }).nullable(),
  after: z
    .object({ decision: decisionKind, observedCode: code.nullable() })
    .nullable()
    .describe('By the present model; null where it was not asked'),
  changed: z.boolean(),
  queued: z.record(z.string(), z.int()).describe('Instances by destination'),
  gone: z.int(),
  sentence: z.string().nullable(),
});
export type BatchSeries = z.infer<typeof batchSeries>;
export const batchSeriesPage = pageOf(batchSeries);
export type BatchSeriesPage = z.infer<typeof batchSeriesPage>;
