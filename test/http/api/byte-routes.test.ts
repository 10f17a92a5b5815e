import { describe, expect, test } from 'vitest';
import { NodeError } from '../../../src/core/errors.ts';
import { servedApi } from './served-api.ts';

describe('the samples of a picture', () => {
  test('are of the result that is asked for, and are not sent twice', async () => {
    const asked: unknown[] = [];
    const picturePixels = async (one: object) => {
      asked.push(one);
      return Uint8Array.of(1, 2, 255);
    };
    const { url } = await servedApi({ bytes: { picturePixels } }, 'viewer');
    const answer = await fetch(`${url}/instances/4/pixels?result=7`);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(Uint8Array.of(1, 2, 255));
    const again = await fetch(`${url}/instances/4/pixels`, {
      headers: { 'If-None-Match': answer.headers.get('etag') as string },
    });
    expect(again.status).toBe(304);
    expect(asked).toMatchObject([
      { instanceId: 4, resultId: 7, asker: { name: 'anna' } },
      { instanceId: 4, resultId: undefined },
    ]);
  });

  test('are not to be had of what is none, or of nobody', async () => {
    const picturePixels = () => Promise.reject(new NodeError('not-found', 'no such picture'));
    const { url } = await servedApi({ bytes: { picturePixels } }, 'viewer');
    expect((await fetch(`${url}/instances/4/pixels`)).status).toBe(404);
    for (const path of ['x/pixels', '4/pixels?result=0', '4/pixels?results=1']) {
      expect((await fetch(`${url}/instances/${path}`)).status).toBe(400);
    }
    const nobody = await servedApi({ bytes: { picturePixels } }, 'nobody');
    expect((await fetch(`${nobody.url}/instances/4/pixels`)).status).toBe(401);
  });
});

describe('the results of a batch', () => {
  test('come line by line, however many', async () => {
    const LINES = 20_000;
    const batchResults = () =>
      (async function* () {
        yield 'series,state\r\n';
        for (let i = 0; i < LINES; i += 1) yield `1.2.${i},done\r\n`;
      })();
    const { url } = await servedApi({ bytes: { batchResults } }, 'viewer');
    const answer = await fetch(`${url}/batches/3/results.csv`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toContain('batch-3.csv');
    const lines = (await answer.text()).split('\r\n');
    expect([lines[0], lines.length, lines[LINES]]).toEqual(['series,state', LINES + 2, `1.2.${LINES - 1},done`]);
  });

  test('break off, and do not seem whole, where they cannot be read', async () => {
    const batchResults = () =>
      (async function* () {
        yield 'series,state\r\n';
        throw new NodeError('database-failed', 'the disk is gone');
      })();
    const { url } = await servedApi({ bytes: { batchResults } }, 'viewer');
    const answer = await fetch(`${url}/batches/3/results.csv`);
    await expect(answer.text()).rejects.toThrow();
  });

  test('of a batch that is none are a problem', async () => {
    const batchResults = async function* () {
      yield* [];
      throw new NodeError('not-found', 'there is no batch 3');
    };
    const { url } = await servedApi({ bytes: { batchResults } }, 'viewer');
    expect((await fetch(`${url}/batches/3/results.csv`)).status).toBe(404);
  });
});
