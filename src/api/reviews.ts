import { z } from 'zod';
import { REVIEW_ACTS } from '../core/review/review-acts.ts';
import { because, code, decisionKind, edgeLetters, id, method, mode, uid } from './words.ts';

export const reviewAct = z.enum(REVIEW_ACTS);

/** A person's act on one series or on several. */
export const actOrder = z.object({
  act: reviewAct,
  code: code.optional().describe('What the picture shows; for `overrule`, and only there'),
  series: z
    .array(
      z.object({
        id,
        version: z.string().describe('`version` of the series that the person looked at; another: refused'),
      }),
    )
    .min(1)
    .max(500),
});
export type ActOrder = z.infer<typeof actOrder>;

export const decidedAct = actOrder.extend({
  because,
  confirmedLetters: edgeLetters
    .optional()
    .describe('For `trust-image`: the letters that the pictures will have, confirmed by name'),
});
export type DecidedAct = z.infer<typeof decidedAct>;

const state = z.object({
  decision: decisionKind,
  mode,
  method,
  observedCode: code.nullable(),
  correction: code.nullable(),
  letters: edgeLetters.nullable().describe('Of the pictures as they leave'),
});

/** What an act would do to one series; nothing was done. */
export const actPreview = z.object({
  id,
  seriesInstanceUid: uid,
  possible: z.boolean(),
  why: z.string().describe('Plain words: what will happen, or why the act is not possible'),
  before: state.nullable(),
  after: state.nullable(),
  send: z.array(z.object({ destination: z.string(), instances: z.int() })),
  supersedes: uid.nullable().describe('Series Instance UID of a result in the archives that will no longer be valid'),
});
export type ActPreview = z.infer<typeof actPreview>;

export const actOutcome = z.object({
  id,
  seriesInstanceUid: uid,
  done: z.boolean(),
  why: z.string().describe('Plain words: what was done, or why nothing was'),
  reviewId: id.nullable(),
  decisionId: id.nullable().describe('The decision that stands now'),
});
export type ActOutcome = z.infer<typeof actOutcome>;
