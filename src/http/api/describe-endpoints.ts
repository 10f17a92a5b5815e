import { z } from 'zod';
import * as audit from '../../api/audit.ts';
import * as batches from '../../api/batches.ts';
import * as deliveries from '../../api/deliveries.ts';
import { ENDPOINTS, type Endpoint } from '../../api/endpoints.ts';
import { liveChange } from '../../api/live.ts';
import { overview } from '../../api/overview.ts';
import * as reviews from '../../api/reviews.ts';
import * as series from '../../api/series.ts';
import * as seriesDetail from '../../api/series-detail.ts';
import { session, signInOrder } from '../../api/session.ts';
import type { Json } from '../dicomweb-description.ts';
import { ETAG, IF_NONE_MATCH, NOT_MODIFIED, refusals } from './described-parts.ts';

/** What is answered, by the name that the description gives it; what is not here is named after its endpoint. */
const ANSWERED: readonly (readonly [z.ZodType, string])[] = [
  [overview, 'Overview'],
  [series.seriesRow, 'SeriesRow'],
  [series.seriesPage, 'SeriesPage'],
  [seriesDetail.seriesDetail, 'SeriesDetail'],
  [seriesDetail.decisionDetail, 'Decision'],
  [seriesDetail.picture, 'Picture'],
  [seriesDetail.seriesPictures, 'SeriesPictures'],
  [reviews.actPreview, 'ActPreview'],
  [reviews.actOutcome, 'ActOutcome'],
  [batches.batch, 'Batch'],
  [batches.batchPage, 'BatchPage'],
  [batches.batchSeries, 'BatchSeries'],
  [batches.batchSeriesPage, 'BatchSeriesPage'],
  [deliveries.delivery, 'Delivery'],
  [deliveries.deliveryPage, 'DeliveryPage'],
  [deliveries.destinations, 'Destinations'],
  [audit.auditRow, 'AuditRow'],
  [audit.auditPage, 'AuditPage'],
  [liveChange, 'LiveChange'],
  [session, 'Session'],
];
/** What is sent. */
const SENT: readonly (readonly [z.ZodType, string])[] = [
  [series.seriesFilter, 'SeriesFilter'],
  [reviews.actOrder, 'ActOrder'],
  [reviews.decidedAct, 'DecidedAct'],
  [batches.batchOrder, 'BatchOrder'],
  [deliveries.retryOrder, 'RetryOrder'],
  [signInOrder, 'SignInOrder'],
];

const endpoints = Object.entries<Endpoint>(ENDPOINTS);
const answered = new Map([
  ...endpoints.map(([name, { answer }]) => [answer, `${capital(name)}Answer`] as const),
  ...ANSWERED,
]);
const sent = new Map([
  ...endpoints.flatMap(([name, { body }]) => (body === undefined ? [] : [[body, `${capital(name)}Order`] as const])),
  ...SENT,
]);

/** The components that the operations refer to. */
export function endpointSchemas(): Json {
  return { ...componentsOf(answered, 'output'), ...componentsOf(sent, 'input') };
}

/** One operation for each of `ENDPOINTS`, by address. */
export function endpointPaths(security: readonly Json[]): Readonly<Record<string, Json>> {
  const paths: Record<string, Json> = {};
  for (const [name, endpoint] of endpoints) {
    const path = `/api/v1${endpoint.path}`;
    const operation = { ...operationOf(name, endpoint), security };
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation };
  }
  return paths;
}

function operationOf(name: string, { method, role, summary, params, query, body, answer }: Endpoint): Json {
  const isRead = method === 'GET';
  const json = (schema: string): Json => ({ 'application/json': { schema: { $ref: reference(schema) } } });
  return {
    operationId: name,
    summary,
    description: role === 'viewer' ? 'For everybody who is signed in.' : `For the role ${role}, and those above it.`,
    parameters: [...parametersOf('path', params), ...parametersOf('query', query), ...(isRead ? [IF_NONE_MATCH] : [])],
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(sent.get(body) as string) } }),
    responses: {
      200: {
        description: 'The answer',
        ...(isRead ? { headers: { ETag: ETAG } } : {}),
        content: json(answered.get(answer) as string),
      },
      ...(isRead ? { 304: NOT_MODIFIED } : {}),
      ...refusals(body === undefined ? [] : [409, 415]),
    },
  };
}

/** Of a schema that is an object, a parameter for each of its properties. */
function parametersOf(where: 'path' | 'query', schema: z.ZodType | undefined): readonly Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', override: plainer }) as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

function componentsOf(names: ReadonlyMap<z.ZodType, string>, io: 'input' | 'output'): Json {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io, uri: reference, override: plainer });
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema: _, $id: __, ...rest }]) => [id, rest]));
}

/** The format says it; the pattern of a date that respects leap years is for no reader. */
function plainer({ jsonSchema }: { readonly jsonSchema: { format?: unknown; pattern?: unknown } }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}

function reference(name: string): string {
  return `#/components/schemas/${name}`;
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
