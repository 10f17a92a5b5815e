import { z } from 'zod';
import { reviewAct } from './reviews.ts';
import {
  code,
  cursor,
  decisionKind,
  decisionReason,
  flag,
  id,
  kind,
  limit,
  mode,
  moment,
  pageOf,
  uid,
} from './words.ts';

export const DELIVERY_STATES = ['none', 'waiting', 'failing', 'dead', 'delivered'] as const;
/** Of all deliveries of a series: the first of these that any of them is in, from `dead` over `failing` and `waiting`. */
const deliveryState = z.enum(DELIVERY_STATES);
export const SERIES_ORDERS = ['received', 'confidence', 'code', 'scanner', 'kind', 'decision'] as const;

/** Which series: what is not given does not narrow it. The same words on the command line. */
export const seriesFilter = z.object({
  from: moment.optional().describe('First instance received then or later'),
  to: moment.optional().describe('… and before this'),
  scanner: z.string().max(16).optional().describe('Calling AE title'),
  station: z.string().max(64).optional().describe('Station Name (0008,1010)'),
  kind: kind.optional(),
  code: code.optional().describe('Observed code of the decision that stands'),
  decision: decisionKind.optional(),
  reason: decisionReason.optional(),
  flag: flag.optional(),
  confidenceBelow: z.coerce.number().min(0).max(1).optional(),
  confidenceFrom: z.coerce.number().min(0).max(1).optional(),
  delivery: deliveryState.optional(),
  destination: z.string().max(64).optional(),
  review: z.enum(['needed', 'done', 'none']).optional(),
  reviewer: z.string().max(64).optional(),
  modelVersion: z.string().max(64).optional(),
  study: uid.max(64).optional(),
  series: uid.max(64).optional().describe('As received, or as derived'),
  text: z
    .string()
    .max(100)
    .optional()
    .describe('In name, number, accession number, descriptions, protocol, station, AE title or UIDs'),
});
export type SeriesFilter = z.infer<typeof seriesFilter>;

export const seriesQuery = seriesFilter.extend({
  order: z.enum(SERIES_ORDERS).default('received'),
  descending: z.stringbool().default(true).describe('true, which is the default, or false'),
  limit: limit.default(50),
  cursor: cursor.optional(),
});
export type SeriesQuery = z.infer<typeof seriesQuery>;

/** One line of the list. */
export const seriesRow = z.object({
  id,
  version: z.string().describe('Changes with every decision and review of the series'),
  studyInstanceUid: uid,
  seriesInstanceUid: uid,
  state: z.enum(['receiving', 'decided']),
  receivedAt: moment,
  lastReceivedAt: moment,
  patient: z.object({ name: z.string(), id: z.string() }),
  studyDate: z.string().nullable(),
  accessionNumber: z.string().nullable(),
  seriesNumber: z.int().nullable(),
  seriesDescription: z.string().nullable(),
  scanner: z.object({
    callingAeTitle: z.string(),
    stationName: z.string().nullable(),
    manufacturer: z.string().nullable(),
    modelName: z.string().nullable(),
  }),
  kind: kind.nullable(),
  instances: z.int(),
  decision: decisionKind.nullable(),
  mode: mode.nullable(),
  observedCode: code.nullable(),
  correction: code.nullable(),
  confidence: z.number().nullable().describe('Probability of the most probable code, picture and header together'),
  metricReason: decisionReason.nullable(),
  flags: z.array(flag),
  modelVersion: z.string().nullable(),
  review: z.object({ act: reviewAct, by: z.string(), at: moment }).nullable().describe('The last one'),
  reviewNeeded: z.boolean(),
  delivery: deliveryState,
});
export type SeriesRow = z.infer<typeof seriesRow>;

export const seriesPage = pageOf(seriesRow).extend({
  total: z.int().describe('How many the filter lets through, counted up to 10000'),
  totalIsLeast: z.boolean().describe('There are more than that'),
});
export type SeriesPage = z.infer<typeof seriesPage>;
