import { z } from 'zod';
import { auditPage, auditQuery } from './audit.ts';
import { batch, batchOrder, batchPage, batchQuery, batchSeriesPage } from './batches.ts';
import { deliveryPage, deliveryQuery, destinations, retried, retryOrder } from './deliveries.ts';
import { overview, overviewQuery } from './overview.ts';
import { actOrder, actOutcome, actPreview, decidedAct } from './reviews.ts';
import { seriesPage, seriesQuery } from './series.ts';
import { attributeChanges, seriesDetail, seriesPictures } from './series-detail.ts';
import type { Role } from './words.ts';

/** One thing that can be asked of `/api/v1`. Routes, their checks, their description and their client are made of this. */
export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** Below `/api/v1`, with `{name}` for its parameters. */
  readonly path: string;
  readonly role: Role;
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
}

/** What a path names. */
export const byId = z.object({ id: z.coerce.number().int().min(1) });
const instanceOfSeries = byId.extend({ instance: z.coerce.number().int().min(1) });
const many = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) });

export const ENDPOINTS = {
  overview: {
    method: 'GET',
    path: '/overview',
    role: 'viewer',
    summary: 'What came in, what was done with it, what waits, and whether scanners changed their habits',
    query: overviewQuery,
    answer: overview,
  },
  listSeries: {
    method: 'GET',
    path: '/series',
    role: 'viewer',
    summary: 'Series by filter, in pages',
    query: seriesQuery,
    answer: seriesPage,
  },
  series: {
    method: 'GET',
    path: '/series/{id}',
    role: 'viewer',
    summary: 'All that is known of one series',
    params: byId,
    answer: seriesDetail,
  },
  seriesPictures: {
    method: 'GET',
    path: '/series/{id}/pictures',
    role: 'viewer',
    summary: 'Its pictures as received and as turned, for a viewer',
    params: byId,
    answer: seriesPictures,
  },
  attributeChanges: {
    method: 'GET',
    path: '/series/{id}/instances/{instance}/changes',
    role: 'viewer',
    summary: 'Attributes of one instance, old and new',
    params: instanceOfSeries,
    answer: attributeChanges,
  },
  previewAct: {
    method: 'POST',
    path: '/acts/preview',
    role: 'reviewer',
    summary: 'What an act would do; nothing is done',
    body: actOrder,
    answer: many(actPreview),
  },
  act: {
    method: 'POST',
    path: '/acts',
    role: 'reviewer',
    summary: "A person's act on one series or on several",
    body: decidedAct,
    answer: many(actOutcome),
  },
  listBatches: {
    method: 'GET',
    path: '/batches',
    role: 'viewer',
    summary: 'Batches, newest first',
    query: batchQuery,
    answer: batchPage,
  },
  createBatch: {
    method: 'POST',
    path: '/batches',
    role: 'administrator',
    summary: 'Begins a batch, or a dry run of one',
    body: batchOrder,
    answer: batch,
  },
  batch: { method: 'GET', path: '/batches/{id}', role: 'viewer', summary: 'One batch', params: byId, answer: batch },
  batchSeries: {
    method: 'GET',
    path: '/batches/{id}/series',
    role: 'viewer',
    summary: 'What became of each series of a batch',
    params: byId,
    query: batchQuery,
    answer: batchSeriesPage,
  },
  pauseBatch: {
    method: 'POST',
    path: '/batches/{id}/pause',
    role: 'administrator',
    summary: 'Stops for a while',
    params: byId,
    answer: batch,
  },
  resumeBatch: {
    method: 'POST',
    path: '/batches/{id}/resume',
    role: 'administrator',
    summary: 'Goes on',
    params: byId,
    answer: batch,
  },
  cancelBatch: {
    method: 'POST',
    path: '/batches/{id}/cancel',
    role: 'administrator',
    summary: 'Stops for good; what is queued already is still sent',
    params: byId,
    answer: batch,
  },
  listDeliveries: {
    method: 'GET',
    path: '/deliveries',
    role: 'viewer',
    summary: 'Instances on their way, oldest first',
    query: deliveryQuery,
    answer: deliveryPage,
  },
  destinations: {
    method: 'GET',
    path: '/destinations',
    role: 'viewer',
    summary: 'Archives, what waits for them, and what is wrong with them',
    answer: destinations,
  },
  retryDeliveries: {
    method: 'POST',
    path: '/deliveries/retry',
    role: 'administrator',
    summary: 'Tries again at once',
    body: retryOrder,
    answer: retried,
  },
  audit: {
    method: 'GET',
    path: '/audit',
    role: 'administrator',
    summary: 'The audit trail, newest first; looking at it is an entry of its own',
    query: auditQuery,
    answer: auditPage,
  },
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof ENDPOINTS;

type Parsed<Name extends EndpointName, Part extends 'params' | 'query' | 'body'> =
  (typeof ENDPOINTS)[Name] extends Record<Part, infer Schema extends z.ZodType> ? z.output<Schema> : undefined;

/** Who asks: what the audit trail will name. */
export interface Asker {
  readonly name: string;
  readonly role: Role;
}

/** A request whose parts are checked. */
export interface Asked<Name extends EndpointName> {
  readonly params: Parsed<Name, 'params'>;
  readonly query: Parsed<Name, 'query'>;
  readonly body: Parsed<Name, 'body'>;
  readonly asker: Asker;
}

export type Answer<Name extends EndpointName> = z.input<(typeof ENDPOINTS)[Name]['answer']>;

/** What answers. @throws NodeError not-found, conflict, bad-request, … */
export type Handlers = { readonly [Name in EndpointName]: (asked: Asked<Name>) => Promise<Answer<Name>> };
