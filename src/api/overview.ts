import { z } from 'zod';
import { code, kind } from './words.ts';

const counts = z.object({
  received: z.int(),
  turned: z.int(),
  wouldTurn: z.int().describe('Observe mode'),
  leftAlone: z.int(),
  flagged: z.int().describe('With a flag that asks for a person'),
  needReview: z.int().describe('Flagged so, or held, and nobody acted on that decision yet'),
  held: z.int(),
  receiving: z.int(),
  failing: z.int().describe('With a delivery that was refused or is dead'),
  reviewed: z.int(),
});

const distribution = z.record(code, z.int());

/** What came in since a moment, by default since midnight of the node's day. */
export const overview = z.object({
  since: z.iso.datetime(),
  counts,
  scanners: z.array(
    counts.extend({
      callingAeTitle: z.string(),
      stationName: z.string().nullable(),
      kind: kind.nullable(),
    }),
  ),
  hours: z
    .array(z.object({ hour: z.iso.datetime(), instances: z.int(), series: z.int(), delivered: z.int() }))
    .describe('The last 24, oldest first'),
  queues: z.array(
    z.object({
      destination: z.string(),
      waiting: z.int(),
      dead: z.int(),
      oldestSeconds: z.number().nullable(),
      problem: z.string().nullable(),
    }),
  ),
  drift: z
    .array(
      z.object({
        callingAeTitle: z.string(),
        stationName: z.string().nullable(),
        kind,
        recent: distribution.describe('Studies of the last 7 days by observed code; one that showed two counts twice'),
        before: distribution.describe('… of the 56 days before them'),
        pValue: z.number(),
        changed: z.boolean(),
        sentence: z.string(),
      }),
    )
    .describe('Scanners whose distribution of codes can be compared, the most changed first'),
});
export type Overview = z.infer<typeof overview>;
export const overviewQuery = z.object({ since: z.iso.datetime().optional() });
