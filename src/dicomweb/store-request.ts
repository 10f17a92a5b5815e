import { type ClientRequest, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { api } from 'dicomweb-client';
import XMLHttpRequest from 'xhr2';
import { NodeError } from '../core/errors.ts';
import { type ClientTls, clientTlsOptions } from '../tls/client-tls.ts';
import { tlsFailureInWords } from '../tls/failure-words.ts';
import { TLS_PROFILE } from '../tls/tls-profile.ts';
import type { StoreAnswer } from './store-answer.ts';

/** Where and how store requests are sent. */
export interface StoreTarget {
  readonly name: string;
  /** Base address of the DICOMweb service; `/studies` is appended. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How long the other side may be silent. */
  readonly timeoutMs: number;
  /** Certificates other than those that the system believes. */
  readonly tls?: ClientTls | undefined;
}

/** A line slower than this is as good as dead: it sets how long a request may take altogether. */
const SLOWEST_BYTES_PER_MILLISECOND = 50;

/** Connections that serve the requests of one batch, one after the other. */
export class Connections {
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https: HttpsAgent;

  constructor({ url, tls }: Pick<StoreTarget, 'url' | 'tls'>) {
    const options = tls && clientTlsOptions(tls, new URL(url).hostname.replace(/^\[|\]$/g, ''));
    this.#https = new HttpsAgent({ keepAlive: true, ...TLS_PROFILE, ...options, rejectUnauthorized: true });
  }

  use(request: XMLHttpRequest): void {
    request.nodejsSet({ httpAgent: this.#http, httpsAgent: this.#https });
  }

  agentFor(url: string): HttpAgent {
    return url.startsWith('https:') ? this.#https : this.#http;
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

/** xhr2, with what it hides from its caller brought to light. */
class StoreXhr extends XMLHttpRequest {
  failure: Error | undefined;
  redirected = false;

  /** xhr2 copies an ArrayBuffer byte by byte, which blocks the network loop; a Buffer it sends as it is. */
  override send(data?: unknown): void {
    super.send(data instanceof ArrayBuffer ? Buffer.from(data) : data);
  }

  /**
   * xhr2 follows a redirect with a GET, whose success would look like a store, takes Authorization along to the other
   * host, and throws from an event where there is no Location.
   */
  protected override _onHttpResponse(request: ClientRequest, response: IncomingMessage): void {
    if (isRedirect(response.statusCode)) {
      this.redirected = true;
      this._onHttpRequestError(request, new Error('redirected'));
    } else {
      super._onHttpResponse(request, response);
    }
  }

  protected override _onHttpRequestError(request: ClientRequest, error: Error): void {
    this.failure ??= error;
    super._onHttpRequestError(request, error);
  }
}

/**
 * Sends Part 10 files in one request through dicomweb-client and returns what was answered, whatever the status.
 * The client hides the body of a refusal and takes a broken-off answer for success, so the request object itself is
 * asked.
 * @throws NodeError destination-unreachable, destination-refused, destination-failed
 */
export async function sendStoreRequest(
  target: StoreTarget,
  files: readonly ArrayBuffer[],
  connections: Connections,
): Promise<StoreAnswer> {
  const request = new StoreXhr();
  connections.use(request);
  request.timeout = target.timeoutMs;
  let end: 'load' | 'error' | 'timeout' | 'abort' | undefined;
  for (const event of ['load', 'error', 'timeout', 'abort'] as const) {
    request.addEventListener(event, () => {
      end ??= event;
    });
  }
  const bytes = files.reduce((sum, file) => sum + file.byteLength, 0);
  const deadlineMs = target.timeoutMs + bytes / SLOWEST_BYTES_PER_MILLISECOND;
  const ended = await withDeadline(request, deadlineMs, storeThroughClient(target, files, request));
  if (ended === 'too late' || end === 'timeout' || end === 'abort') {
    throw noAnswer(target);
  }
  if (request.redirected) {
    throw redirected(target);
  }
  if (end !== 'load') {
    throw unreachable(target, request.failure ?? ended);
  }
  return { status: request.status, body: typeof request.response === 'string' ? request.response : '' };
}

/** Resolves when the request is over; the client's own idea of success is not looked at. */
async function storeThroughClient(
  target: StoreTarget,
  files: readonly ArrayBuffer[],
  request: XMLHttpRequest,
): Promise<unknown> {
  const headers = { Accept: 'application/dicom+json', ...target.headers };
  const client = new api.DICOMwebClient({ url: target.url, headers, singlepart: false, verbose: false });
  try {
    await client.storeInstances({
      datasets: [...files],
      // The types speak of the browser's class; the client only uses what xhr2 has as well.
      request: { instance: request as never, responseType: 'text' },
    });
    return undefined;
  } catch (error) {
    return error;
  }
}

async function withDeadline(
  request: XMLHttpRequest,
  milliseconds: number,
  ended: Promise<unknown>,
): Promise<unknown | 'too late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'too late'>((resolve) => {
    timer = setTimeout(() => {
      resolve('too late');
      request.abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function isRedirect(status: number | undefined): boolean {
  return status !== undefined && status >= 301 && status <= 308;
}

export function redirected(target: StoreTarget): NodeError {
  const message = 'the destination redirects to another address: configure that one';
  return new NodeError('destination-refused', message, { subject: { destination: target.name } });
}

export function noAnswer(target: StoreTarget): NodeError {
  const subject = { destination: target.name };
  return new NodeError('destination-failed', 'the destination did not answer in time', {
    subject,
    deliveryCause: 'timeout',
  });
}

const PLAIN_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at its address and port',
  ENOTFOUND: 'its host name is not known',
  EAI_AGAIN: 'its host name cannot be looked up',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no way to its network',
  ETIMEDOUT: 'its host does not answer',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
};

export function unreachable(target: StoreTarget, cause: unknown): NodeError {
  const code = errnoOf(cause);
  const why = PLAIN_WORDS[code] ?? tlsFailureInWords(code) ?? 'the connection failed';
  const message = `the destination cannot be reached: ${why}${code === '' ? '' : ` [${code}]`}`;
  return new NodeError('destination-unreachable', message, { subject: { destination: target.name }, cause });
}

/** fetch wraps the failure of the connection in a TypeError. */
function errnoOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return '';
  }
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : errnoOf(error.cause);
}
