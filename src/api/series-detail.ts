import { z } from 'zod';
import { reviewAct } from './reviews.ts';
import { seriesRow } from './series.ts';
import { code, decisionKind, edgeLetters, flag, id, kind, method, mode, moment, uid } from './words.ts';

const probabilities = z.array(z.number()).length(8).describe('In code order 000 … 111');

export const decisionDetail = z.object({
  id,
  decidedAt: moment,
  decision: decisionKind,
  mode,
  method,
  by: z.string().nullable().describe('The person whose decision it is; null: the node'),
  observedCode: code.nullable(),
  correction: code.nullable(),
  kind,
  reason: z.string().describe('Plain sentences'),
  flags: z.array(flag),
  probabilities: probabilities.nullable().describe('Picture and header together'),
  picture: z
    .object({ probabilities, code, positions: z.int(), correlation: z.number() })
    .nullable()
    .describe('The pooled picture alone'),
  sax: z.number().nullable(),
  angleDegrees: z.number().nullable(),
  angleDifferenceDegrees: z.number().nullable(),
  header: z.object({ code, angleDegrees: z.number(), side: z.number(), geodesicDegrees: z.number() }).nullable(),
  settled: z.object({ code, geodesicDegrees: z.number() }).nullable().describe('What the study settled on before'),
  thresholds: z.record(z.string(), z.number()),
  modelName: z.string().nullable(),
  modelVersion: z.string().nullable(),
  modelSha256: z.string().nullable(),
  manifestSha256: z.string().nullable(),
  provider: z.string().nullable(),
  softwareVersion: z.string(),
  supersedes: id.nullable(),
});
export type DecisionDetail = z.infer<typeof decisionDetail>;

const slice = z.object({
  instanceId: id,
  sopInstanceUid: uid,
  instanceNumber: z.int().nullable(),
  positionMm: z.number().nullable().describe('Along the normal, from the first slice'),
  probabilities,
  sax: z.number().nullable(),
  angleDegrees: z.number().nullable(),
  quality: z.record(z.string(), z.number()).nullable(),
  kinds: z.record(z.string(), z.number()).nullable(),
});

const sibling = z.object({
  id,
  seriesInstanceUid: uid,
  seriesNumber: z.int().nullable(),
  seriesDescription: z.string().nullable(),
  kind: kind.nullable(),
  decision: decisionKind.nullable(),
  observedCode: code.nullable(),
  sameStack: z.boolean().describe('It was decided together with this one'),
  samePatientFrame: z
    .boolean()
    .nullable()
    .describe('Same Frame of Reference: what is turned here lies right there too; null where either has none'),
});

/** What one archive was sent of the series, by what was sent. */
const sent = z.object({
  destination: z.string(),
  what: z.enum(['received', 'result']),
  seriesInstanceUid: uid,
  decisionId: id.nullable().describe('Of the result'),
  stands: z.boolean().describe('False: superseded by a later decision'),
  instances: z.int(),
  delivered: z.int(),
  confirmed: z.int().describe('Of those delivered: committed to, or not asked about'),
  waiting: z.int(),
  dead: z.int(),
  lastDeliveredAt: moment.nullable(),
  reason: z.string().nullable().describe('Why the last attempt failed, in plain words'),
});

const historyEntry = z.object({
  at: moment,
  actor: z.string(),
  event: z.string(),
  sentence: z.string().describe('Plain words'),
  reason: z.string().nullable(),
  decisionId: id.nullable(),
  seq: z.int().nullable().describe('Of the audit trail'),
});

export const seriesDetail = seriesRow.extend({
  frameOfReferenceUid: uid.nullable(),
  kindRule: z.string().nullable(),
  decisionOnRecord: decisionDetail.nullable(),
  result: z
    .object({ seriesInstanceUid: uid, method, correction: code, instances: z.int() })
    .nullable()
    .describe('The turned series that stands'),
  slices: z.array(slice),
  uidPairs: z.array(z.object({ received: uid, derived: uid })),
  stalePrivate: z.array(z.string()).describe('Private geometry that was kept and no longer holds'),
  /** Edges of the picture as received, and as it leaves. */
  letters: z.object({ received: edgeLetters.nullable(), leaving: edgeLetters.nullable() }),
  study: z.array(sibling),
  sent: z.array(sent),
  history: z.array(historyEntry).describe('Oldest first'),
  acts: z.array(z.object({ act: reviewAct, possible: z.boolean(), why: z.string() })),
});
export type SeriesDetail = z.infer<typeof seriesDetail>;

/** Attributes of one instance, old and new. */
export const attributeChanges = z.object({
  sopInstanceUid: uid.nullable(),
  changes: z.array(
    z.object({
      tag: z.string().describe('gggg,eeee'),
      keyword: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
    }),
  ),
});
export type AttributeChanges = z.infer<typeof attributeChanges>;

const planePlace = z.object({
  imagePositionPatient: z.array(z.number()).length(3),
  rowCosines: z.array(z.number()).length(3),
  columnCosines: z.array(z.number()).length(3),
  rowSpacingMm: z.number(),
  columnSpacingMm: z.number(),
});

/** One stored picture and what a viewer needs to show it. */
export const picture = z.object({
  instanceId: id,
  resultId: id.nullable().describe('Null: as received'),
  sopInstanceUid: uid,
  slice: z.int().describe('Which slice position, from 0; from the apex or the base as the normal goes'),
  phase: z.int().describe('Which picture of the position in time, from 0'),
  triggerTimeMs: z.number().nullable(),
  rows: z.int(),
  columns: z.int(),
  photometric: z.enum(['MONOCHROME1', 'MONOCHROME2']),
  sample: z
    .enum(['uint8', 'int8', 'uint16', 'int16', 'float32'])
    .describe('Of the bytes, little endian, modality LUT not applied'),
  slope: z.number(),
  intercept: z.number(),
  window: z
    .object({ center: z.number(), width: z.number(), function: z.enum(['LINEAR', 'LINEAR_EXACT', 'SIGMOID']) })
    .nullable(),
  voiLut: z.object({ firstMapped: z.int(), bits: z.int(), values: z.array(z.int()) }).nullable(),
  /** Height of a pixel by its width. */
  pixelAspect: z.number(),
  plane: planePlace.nullable(),
  letters: edgeLetters.nullable(),
  pixels: z.string().describe('Address of the bytes'),
});
export type Picture = z.infer<typeof picture>;

export const seriesPictures = z.object({
  received: z.array(picture),
  result: z.array(picture).nullable().describe('The result that stands, in the order of what was received'),
  notShown: z.array(z.object({ sopInstanceUid: uid, why: z.string() })),
});
export type SeriesPictures = z.infer<typeof seriesPictures>;
