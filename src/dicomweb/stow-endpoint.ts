import express, { type Request, type Response, type Router } from 'express';
import type { EventLog, Intake } from '../app/ports.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { parseMediaType } from './media-type.ts';
import { multipartParts } from './multipart-related.ts';
import { receivePart, type StoreContext } from './receive-part.ts';
import { refuse } from './refusal.ts';
import { type StoredOrNot, storeResponse, storeStatus } from './store-response.ts';

export interface StowOptions {
  readonly intake: Intake;
  readonly log: EventLog;
  /** The name that a request signed in with, to be recorded as its sender. */
  readonly userName?: (response: Response) => string;
  /** One request with more is broken off. */
  readonly partsPerUpload?: number;
}

/** How many instances of one request may wait for the disk at once. */
const GREATEST_PENDING = 8;
const PARTS_PER_UPLOAD = 100_000;
const RETRY_AFTER_SECONDS = 60;
const AE_TITLE_LENGTH = 16;
const TITLE = 'The instances cannot be stored';

/** STOW-RS (PS3.18 10.5): `POST /studies` and `POST /studies/{study}` with Part 10 files as parts. */
export function stowRouter(options: StowOptions): Router {
  const router = express.Router();
  router.post(['/studies', '/studies/:study'], async (request, response) => {
    const boundary = acceptedBoundary(request, response);
    if (boundary !== undefined) {
      const { partsPerUpload: most = PARTS_PER_UPLOAD } = options;
      await store(request, response, { boundary, most, context: contextOf(request, response, options) });
    }
  });
  return router;
}

function contextOf(request: Request, response: Response, options: StowOptions): StoreContext {
  const user = options.userName?.(response) ?? '';
  const study = request.params['study'];
  return {
    intake: options.intake,
    log: options.log,
    callingAeTitle: user.replace(/[^\x20-\x5b\x5d-\x7e]/g, '').slice(0, AE_TITLE_LENGTH),
    ...(typeof study === 'string' ? { studyInstanceUid: study } : {}),
  };
}

/** The boundary of a request that this endpoint can take and answer; otherwise the refusal has been sent. */
function acceptedBoundary(request: Request, response: Response): string | undefined {
  const contentType = parseMediaType(request.headers['content-type']);
  const partType = contentType?.parameters.get('type')?.toLowerCase() ?? 'application/dicom';
  if (contentType?.type !== 'multipart/related' || partType !== 'application/dicom') {
    refuse(response, 415, {
      title: TITLE,
      detail: 'send Part 10 files as multipart/related; type="application/dicom"',
    });
  } else if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    refuse(response, 415, { title: TITLE, detail: 'send the body without a content encoding' });
  } else if (request.accepts(['application/dicom+json', 'application/json']) === false) {
    refuse(response, 406, { title: TITLE, detail: 'answers are application/dicom+json only' });
  } else if (contentType.parameters.get('boundary') === undefined) {
    refuse(response, 400, { title: TITLE, detail: 'the content type names no boundary' });
  } else {
    return contentType.parameters.get('boundary');
  }
  return undefined;
}

async function store(
  request: Request,
  response: Response,
  { boundary, most, context }: { boundary: string; most: number; context: StoreContext },
): Promise<void> {
  const startedAt = performance.now();
  // One iterator for the parser and for draining: leaving it early would destroy the connection under the answer.
  const chunks: AsyncIterator<Uint8Array> = request[Symbol.asyncIterator]();
  const body: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: () => chunks.next() }) };
  const received: Promise<StoredOrNot>[] = [];
  try {
    await receiveParts(body, { boundary, most, context, received });
  } catch (error) {
    await Promise.all(received);
    await drain(chunks);
    context.log.warn('stow-request-broken', { parts: received.length, message: messageOf(error) });
    if (!request.destroyed || request.complete) {
      const detail = error instanceof NodeError ? error.message : 'the request could not be read';
      refuse(response, 400, { title: TITLE, detail });
    }
    return;
  }
  const outcomes = await Promise.all(received);
  answer(response, outcomes);
  const stored = outcomes.filter((one) => one.failureReason === undefined).length;
  const milliseconds = Math.round(performance.now() - startedAt);
  context.log.info('stow-request', { stored, notStored: outcomes.length - stored, milliseconds });
}

/** Receives a part while earlier ones are being made durable; versions of one SOP Instance UID stay in order. */
async function receiveParts(
  body: AsyncIterable<Uint8Array>,
  to: {
    readonly boundary: string;
    readonly most: number;
    readonly context: StoreContext;
    readonly received: Promise<StoredOrNot>[];
  },
): Promise<void> {
  const pending = new Map<Promise<StoredOrNot>, string>();
  for await (const part of multipartParts(body, to.boundary)) {
    if (to.received.length === to.most)
      throw new NodeError('bad-request', `the request has more than ${to.most} parts`);
    const { sopInstanceUid, keep } = await receivePart(part, to.context);
    await Promise.all([...pending].filter(([, uid]) => uid === sopInstanceUid).map(([earlier]) => earlier));
    const kept = keep();
    pending.set(kept, sopInstanceUid);
    to.received.push(kept);
    void kept.then(() => pending.delete(kept));
    if (pending.size >= GREATEST_PENDING) {
      await Promise.race(pending.keys());
    }
  }
  if (to.received.length === 0) {
    throw new NodeError('bad-request', 'the request holds no instance');
  }
}

/** Clients send everything before they read the answer. */
async function drain(chunks: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    while ((await chunks.next()).done !== true) {
      // Not wanted.
    }
  } catch {
    // The sender is gone: there is nobody left to answer.
  }
}

function answer(response: Response, outcomes: readonly StoredOrNot[]): void {
  const status = storeStatus(outcomes);
  if (status === 503) {
    response.setHeader('Retry-After', String(RETRY_AFTER_SECONDS));
  }
  response
    .status(status)
    .type('application/dicom+json')
    .send(JSON.stringify(storeResponse(outcomes)));
}
