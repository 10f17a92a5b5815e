import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Connections } from '../../src/dicomweb/store-request.ts';
import { streamStoreRequest } from '../../src/dicomweb/store-stream.ts';

const LENGTH = 64 * 1024 * 1024;
let folder: string;
let file: string;
let connections: Connections;
let server: Server | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-stream-'));
  file = join(folder, 'large.dcm');
  await writeFile(file, Buffer.alloc(LENGTH, 1));
  connections = new Connections({ url: 'http://127.0.0.1' });
});
afterEach(async () => {
  connections.close();
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true });
});

async function targetThat(answers: RequestListener) {
  const started = createServer(answers);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  return { name: 'web', url, headers: {}, timeoutMs: 5000 };
}

describe('an instance that is streamed', () => {
  test('is read from the disk only as fast as the destination takes it', async () => {
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    const target = await targetThat(async (request, response) => {
      let length = 0;
      for await (const chunk of request) {
        length += (chunk as Buffer).length;
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      }
      response.end(String(length));
    });
    const answer = await streamStoreRequest(target, { file, length: LENGTH }, connections);
    expect(Number(answer.body)).toBeGreaterThan(LENGTH);
    expect(most).toBeLessThan(LENGTH * 0.8);
  });

  test('and refused before it was read is refused with the status that was answered', async () => {
    const target = await targetThat((_request, response) => response.writeHead(401).end());
    expect(await streamStoreRequest(target, { file, length: LENGTH }, connections)).toMatchObject({ status: 401 });
  });

  test('from a file that cannot be read is not blamed on the destination', async () => {
    const target = await targetThat((request) => request.resume().on('error', () => {}));
    const gone = { file: join(folder, 'gone.dcm'), length: LENGTH };
    await expect(streamStoreRequest(target, gone, connections)).rejects.toMatchObject({ code: 'storage-failed' });
  });
});
