import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { sendBody, written } from '../../src/dicomweb/response-body.ts';

async function* chunks(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(1000, i);
}

test('a body is written as fast as it is read, and nobody is left listening', async () => {
  const response = new PassThrough({ highWaterMark: 1 });
  const before = response.listenerCount('close') + response.listenerCount('drain');
  const read: Buffer[] = [];
  const sent = sendBody(response, chunks(40));
  for await (const chunk of response) read.push(chunk as Buffer);
  expect(await sent).toBe(true);
  expect(Buffer.concat(read)).toHaveLength(40_000);
  expect(response.listenerCount('close') + response.listenerCount('drain')).toBeLessThan(before + 3);
});

test('a body stops where nobody reads any more', async () => {
  const response = new PassThrough({ highWaterMark: 1 });
  const sent = sendBody(response, chunks(40));
  setTimeout(() => response.destroy(), 5);
  expect(await sent).toBe(false);
  expect(await written(response, 'more')).toBe(false);
});
