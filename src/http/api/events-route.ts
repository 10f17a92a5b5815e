import type { RequestHandler, Response } from 'express';
import type { LiveChange, LiveTopic } from '../../api/live.ts';
import { sendProblem } from '../problem.ts';
import type { SignedIn } from '../sign-in/asker.ts';
import { whoAsks } from './who-asks.ts';

/** Where changes are told of. */
export interface LiveSource {
  /** @returns what ends it. */
  listen(listener: { changed(topics: readonly LiveTopic[]): void; ended(): void }): () => void;
}

export interface EventsOptions {
  readonly live: LiveSource;
  readonly heartbeatMs?: number;
}

/** Shorter than proxies and this server let a connection be silent. */
const HEARTBEAT_MS = 15_000;
/** Browsers open six connections to a host (HTTP/1.1), for all their tabs: some must be left for requests. */
const STREAMS_PER_PERSON = 4;
/** A page that does not read is cut off, and comes back when it does. */
const MOST_UNREAD_BYTES = 64 * 1024;

/** `text/event-stream` (HTML Standard 9.2): `changed` with the topics, for as long as the person is signed in. */
export function eventsRoute({ live, heartbeatMs = HEARTBEAT_MS }: EventsOptions): RequestHandler {
  const open = new Map<string, number>();
  return (_request, response) => {
    const asker = whoAsks(response);
    const { name } = asker;
    const streams = open.get(name) ?? 0;
    if (streams >= STREAMS_PER_PERSON) {
      response.setHeader('Retry-After', '30');
      const title = `${STREAMS_PER_PERSON} streams of ${name} are open already`;
      sendProblem(response, { status: 429, title, code: 'too-many-requests' });
      return;
    }
    open.set(name, streams + 1);
    const end = stream(response, asker, { live, heartbeatMs });
    response.on('close', () => {
      end();
      const left = (open.get(name) ?? 1) - 1;
      if (left > 0) open.set(name, left);
      else open.delete(name);
    });
  };
}

/** @returns what ends it. */
function stream(response: Response, asker: SignedIn, { live, heartbeatMs }: Required<EventsOptions>): () => void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // Reverse proxies (nginx) would collect them.
    'X-Accel-Buffering': 'no',
  });
  const write = (text: string): void => {
    if (response.writableEnded) return;
    if (!asker.isStillSignedIn()) response.end();
    else if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
    else response.write(text);
  };
  write(': begins\n\n');
  // Nobody reads on.
  if (response.req.method === 'HEAD') response.end();
  const heartbeat = setInterval(() => write(': goes on\n\n'), heartbeatMs);
  const unlisten = live.listen({
    changed: (topics) =>
      write(`event: changed\ndata: ${JSON.stringify({ topics: [...topics] } satisfies LiveChange)}\n\n`),
    ended: () => response.end(),
  });
  return () => {
    clearInterval(heartbeat);
    unlisten();
  };
}
