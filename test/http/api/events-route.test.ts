import express from 'express';
import { describe, expect, test } from 'vitest';
import { eventsRoute } from '../../../src/http/api/events-route.ts';
import { setIdentified } from '../../../src/http/sign-in/asker.ts';
import { eventually } from '../../support/eventually.ts';
import { servedApi, ToldChanges } from './served-api.ts';

/** What a stream has told so far. */
async function opened(url: string) {
  const abort = new AbortController();
  const answer = await fetch(url, { signal: abort.signal });
  const said = { text: '', ended: false };
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) said.text += decoder.decode(chunk as Uint8Array, { stream: true });
  })()
    .catch(() => undefined)
    .finally(() => {
      said.ended = true;
    });
  return { answer, said, close: () => abort.abort() };
}

describe('the stream of events', () => {
  test('tells what changed, to everybody who listens, until they go', async () => {
    const { url, live } = await servedApi({}, 'viewer');
    const [one, other] = [await opened(`${url}/events`), await opened(`${url}/events`)];
    expect(one.answer.headers.get('content-type')).toBe('text/event-stream');
    expect(one.answer.headers.get('cache-control')).toBe('no-store');
    await eventually(
      () => live.listeners.size,
      (size) => size === 2,
      { what: 'two listeners' },
    );
    live.tell('series', 'decisions');
    for (const { said } of [one, other]) {
      await eventually(
        () => said.text,
        (text) => text.includes('event: changed'),
        { what: 'an event' },
      );
      expect(said.text).toContain('event: changed\ndata: {"topics":["series","decisions"]}\n\n');
    }
    one.close();
    await eventually(
      () => live.listeners.size,
      (size) => size === 1,
      { what: 'one to go' },
    );
    other.close();
  });

  test('ends with the session, before anything more is told', async () => {
    const { url, live, signOut } = await servedApi({}, 'viewer');
    const { said } = await opened(`${url}/events`);
    await eventually(
      () => live.listeners.size,
      (size) => size === 1,
      { what: 'a listener' },
    );
    signOut();
    live.tell('reviews');
    await eventually(() => said.ended, Boolean, { what: 'the end' });
    expect(said.text).not.toContain('reviews');
    await eventually(
      () => live.listeners.size,
      (size) => size === 0,
      { what: 'nobody listening' },
    );
  });

  test('ends when the node stops', async () => {
    const { url, live } = await servedApi({}, 'viewer');
    const { said } = await opened(`${url}/events`);
    await eventually(
      () => live.listeners.size,
      (size) => size === 1,
      { what: 'a listener' },
    );
    for (const listener of live.listeners) listener.ended();
    await eventually(() => said.ended, Boolean, { what: 'the end' });
  });

  test('is for who is signed in, and so many for each only', async () => {
    const nobody = await servedApi({}, 'nobody');
    expect((await fetch(`${nobody.url}/events`)).status).toBe(401);
    const { url } = await servedApi({}, 'viewer');
    for (let i = 0; i < 20; i += 1) expect((await fetch(`${url}/events`, { method: 'HEAD' })).status).toBe(200);
    const streams = [];
    for (let i = 0; i < 4; i += 1) streams.push(await opened(`${url}/events`));
    const refused = await fetch(`${url}/events`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30']);
    for (const { close } of streams) close();
    await eventually(
      async () => {
        const stream = await opened(`${url}/events`);
        stream.close();
        return stream.answer.status;
      },
      (status) => status === 200,
      { what: 'room for another stream' },
    );
  });

  test('says from time to time that it goes on, and ends with the session then too', async () => {
    let isIn = true;
    const application = express();
    application.use((_request, response, next) => {
      setIdentified(response, { name: 'anna', role: 'viewer', via: 'session', isStillSignedIn: () => isIn });
      next();
    });
    application.get('/events', eventsRoute({ live: new ToldChanges(), heartbeatMs: 20 }));
    const server = application.listen(0, '127.0.0.1');
    try {
      await new Promise((resolve) => server.once('listening', resolve));
      const { said } = await opened(`http://127.0.0.1:${(server.address() as { port: number }).port}/events`);
      await eventually(
        () => said.text,
        (text) => text.split(': goes on\n\n').length > 2,
        { what: 'signs of life' },
      );
      isIn = false;
      await eventually(() => said.ended, Boolean, { what: 'the end' });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
