import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { messageOf, NodeError } from '../core/errors.ts';
import type { StoreAnswer } from './store-answer.ts';
import { type Connections, isRedirect, noAnswer, redirected, type StoreTarget, unreachable } from './store-request.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * Sends one Part 10 file straight from the disk. dicomweb-client needs a request whole, several times over, in
 * memory, and Node's fetch gathers a streamed body faster than it sends it (1 GB of file became 1.1 GB of process):
 * what is larger than a batch goes this way instead, a chunk at a time.
 * @throws NodeError destination-unreachable, destination-refused, destination-failed; storage-failed where the file cannot be read
 */
export async function streamStoreRequest(
  target: StoreTarget,
  { file, length }: { readonly file: string; readonly length: number },
  connections: Connections,
): Promise<StoreAnswer> {
  const boundary = randomUUID();
  const head = Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const request = requestTo(target, connections, {
    Accept: 'application/dicom+json',
    'Content-Type': `multipart/related; type="application/dicom"; boundary="${boundary}"`,
    // Some servers refuse a request of unknown length.
    'Content-Length': String(head.length + length + tail.length),
    ...target.headers,
  });
  async function* body(): AsyncGenerator<Uint8Array> {
    yield head;
    try {
      yield* createReadStream(file, { highWaterMark: CHUNK_BYTES });
    } catch (cause) {
      throw new NodeError('storage-failed', messageOf(cause), { subject: { file }, cause });
    }
    yield tail;
  }
  const answered = answerOf(request, target);
  const sent = pipeline(body, request).catch((error: unknown) => error);
  try {
    // A destination may answer before it has read everything: the answer counts, the pipe that then breaks does not.
    return await answered;
  } catch (error) {
    request.destroy();
    throw firstCause(await sent, error, target);
  } finally {
    request.destroy();
  }
}

/** A file that cannot be read breaks the request as well. */
function firstCause(whileSending: unknown, whileAnswering: unknown, target: StoreTarget): NodeError {
  const known = [whileSending, whileAnswering].find((error) => error instanceof NodeError);
  return known ?? unreachable(target, whileAnswering);
}

function requestTo(target: StoreTarget, connections: Connections, headers: Record<string, string>): ClientRequest {
  const url = `${target.url}/studies`;
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const request = send(url, { method: 'POST', headers, agent: connections.agentFor(url) });
  request.setTimeout(target.timeoutMs, () => request.destroy(noAnswer(target)));
  return request;
}

async function answerOf(request: ClientRequest, target: StoreTarget): Promise<StoreAnswer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
  });
  if (isRedirect(response.statusCode)) {
    throw redirected(target);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
}
