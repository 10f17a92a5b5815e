import { open, stat } from 'node:fs/promises';
import type { DeliveryOutcome, Destination, EventLog, OutgoingInstance } from '../app/ports.ts';
import { NodeError } from '../core/errors.ts';
import { unreadableFile } from '../core/unreadable-file.ts';
import type { ClientTls } from '../tls/client-tls.ts';
import { outcomesIn, type StoreAnswer, tellsOutcomes } from './store-answer.ts';
import { Connections, type StoreTarget, sendStoreRequest } from './store-request.ts';
import { streamStoreRequest } from './store-stream.ts';

export interface StowDestinationOptions {
  readonly name: string;
  /** Base address of the DICOMweb service, without `/studies`. */
  readonly url: string;
  readonly concurrency: number;
  /** For example Authorization. Never logged. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Certificates other than those that the system believes. */
  readonly tls?: ClientTls | undefined;
  /** How many bytes go into one request. A single instance beyond that is streamed. */
  readonly requestBytes?: number;
  readonly log: EventLog;
}

/** Held in memory about three times over while a request is under way. */
const REQUEST_BYTES = 8 * 1024 * 1024;

interface Entry {
  readonly index: number;
  readonly instance: OutgoingInstance;
  readonly bytes: number;
}
type NotStored = Extract<DeliveryOutcome, { readonly stored: false }>;
type Tell = (index: number, outcome: DeliveryOutcome) => void;

/** An archive over STOW-RS (PS3.18 10.5). The stored Part 10 files are sent as they are. */
export function stowDestination(options: StowDestinationOptions): Destination {
  const { name, concurrency, headers = {}, timeoutMs, tls, log } = options;
  const target: StoreTarget = { name, url: options.url.replace(/\/+$/, ''), headers, timeoutMs, tls };
  const requestBytes = options.requestBytes ?? REQUEST_BYTES;
  return {
    name,
    concurrency,
    deliver: async (batch, outcome) => {
      const connections = new Connections(target);
      try {
        const delivery = new Delivery({ target, requestBytes, log, connections, tell: outcome });
        await delivery.send(await measured(batch, outcome));
      } finally {
        connections.close();
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Instances whose file is gone or cut short get their outcome now, and hold up nobody else. */
async function measured(batch: readonly OutgoingInstance[], tell: Tell): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const [index, instance] of batch.entries()) {
    try {
      const bytes = (await stat(instance.file)).size;
      if (bytes < instance.dataSetOffset + instance.dataSetLength) throw new Error('the stored file is cut short');
      entries.push({ index, instance, bytes });
    } catch (error) {
      tell(index, { stored: false, cause: 'file-unreadable', reason: unreadableFile(error) });
    }
  }
  return entries;
}

interface DeliveryContext {
  readonly target: StoreTarget;
  readonly requestBytes: number;
  readonly log: EventLog;
  readonly connections: Connections;
  readonly tell: Tell;
}

/** One batch on its way, in order. */
class Delivery {
  readonly #context: DeliveryContext;

  constructor(context: DeliveryContext) {
    this.#context = context;
  }

  async send(entries: readonly Entry[]): Promise<void> {
    for (const group of groupsOf(entries, this.#context.requestBytes)) {
      await this.#sendGroup(group);
    }
  }

  async #sendGroup(group: readonly Entry[]): Promise<void> {
    const { target, tell } = this.#context;
    const answer = await this.#request(group).catch((error: unknown) => unreadable(error));
    if ('cause' in answer) return this.#narrowDown(group, answer);
    if (tellsOutcomes(answer.status)) {
      const outcomes = outcomesIn(
        answer,
        group.map((one) => one.instance),
      );
      for (const [position, entry] of group.entries()) {
        tell(entry.index, outcomes[position]!);
      }
      return;
    }
    throwUnlessAboutContent(target, answer.status);
    const reason = `the destination refused it with HTTP status ${answer.status}`;
    await this.#narrowDown(group, { stored: false, cause: 'content-refused', reason });
  }

  /** The whole request failed for its content: halves find the instance that is at fault, the others go on. */
  async #narrowDown(group: readonly Entry[], failure: NotStored): Promise<void> {
    const { tell, target, log } = this.#context;
    const { cause, reason } = failure;
    log.warn('stow-request-refused', { destination: target.name, cause, reason, instances: group.length });
    if (group.length === 1) return tell(group[0]!.index, failure);
    const half = Math.ceil(group.length / 2);
    await this.#sendGroup(group.slice(0, half));
    await this.#sendGroup(group.slice(half));
  }

  async #request(group: readonly Entry[]): Promise<StoreAnswer> {
    const { target, connections, requestBytes } = this.#context;
    const [first] = group;
    if (first !== undefined && group.length === 1 && first.bytes > requestBytes) {
      return streamStoreRequest(target, { file: first.instance.file, length: first.bytes }, connections);
    }
    const files = await Promise.all(group.map((one) => readWhole(one.instance.file, one.bytes)));
    return sendStoreRequest(target, files, connections);
  }
}

/** What a file of this node is at fault for. @throws whatever else was thrown */
function unreadable(error: unknown): NotStored {
  if (!(error instanceof NodeError) || error.code !== 'storage-failed') throw error;
  return { stored: false, cause: 'file-unreadable', reason: unreadableFile(error.cause ?? error) };
}

/** In the order of the batch, as many as fit into one request. */
function groupsOf(entries: readonly Entry[], requestBytes: number): readonly (readonly Entry[])[] {
  const groups: Entry[][] = [];
  let room = 0;
  for (const entry of entries) {
    if (groups.length === 0 || entry.bytes > room) {
      groups.push([]);
      room = requestBytes;
    }
    groups.at(-1)!.push(entry);
    room -= entry.bytes;
  }
  return groups;
}

/** An ArrayBuffer of its own, which dicomweb-client takes without a further copy. @throws NodeError storage-failed */
async function readWhole(path: string, bytes: number): Promise<ArrayBuffer> {
  const subject = { file: path };
  const failed = (cause: unknown): never => {
    throw new NodeError('storage-failed', unreadableFile(cause), { subject, cause });
  };
  const file = await open(path).catch(failed);
  try {
    const whole = new Uint8Array(bytes);
    for (let offset = 0; offset < bytes; ) {
      const { bytesRead } = await file.read(whole, offset).catch(failed);
      if (bytesRead === 0) throw new NodeError('storage-failed', 'the stored file is shorter than it was', { subject });
      offset += bytesRead;
    }
    return whole.buffer;
  } finally {
    await file.close();
  }
}

/** Returns for the statuses that can be the fault of one instance. */
function throwUnlessAboutContent(target: StoreTarget, status: number): void {
  const subject = { destination: target.name };
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return;
    case 401:
    case 403:
      throw new NodeError('destination-refused', `the destination does not accept the sign-in (HTTP ${status})`, {
        subject,
        deliveryCause: 'not-authorized',
      });
    case 404:
    case 405:
      throw new NodeError('destination-refused', `there is no STOW-RS service at its address (HTTP ${status})`, {
        subject,
      });
    case 406:
      throw new NodeError('destination-refused', 'the destination cannot answer in application/dicom+json (HTTP 406)', {
        subject,
      });
    case 429:
    case 503:
    case 507:
      throw new NodeError('destination-failed', `the destination is busy or out of room (HTTP ${status})`, {
        subject,
        deliveryCause: 'out-of-resources',
      });
    case 408:
    case 504:
      throw new NodeError('destination-failed', `the destination took too long (HTTP ${status})`, {
        subject,
        deliveryCause: 'timeout',
      });
    default:
      throw new NodeError('destination-failed', `the destination answered with HTTP status ${status}`, {
        subject,
        deliveryCause: status < 500 ? 'association-refused' : 'server-error',
      });
  }
}
