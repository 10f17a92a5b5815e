import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { messageOf } from '../core/errors.ts';
import { ABORT_REASON, type AbortReason, abortPdu, PDU_TYPE, ProtocolError } from './pdu.ts';
import { PduFramer, type PduLimits } from './pdu-framer.ts';
import { withContextsInOrder } from './presentation-context-order.ts';

export interface GuardTimes {
  /** From the connection to the whole A-ASSOCIATE-RQ. */
  readonly requestMs: number;
  /** For a whole PDU once it has begun, and silence between the PDUs of a message. */
  readonly messageMs: number;
  /** Silence between two messages: scanners keep an association open while they acquire. */
  readonly idleMs: number;
}

export interface GuardOptions {
  readonly role: 'acceptor' | 'requestor';
  readonly limits: PduLimits;
  readonly times: GuardTimes;
  /** Checks a P-DATA-TF before it goes on. @throws ProtocolError */
  readonly inspect: (pdu: Buffer) => void;
  /** Whether a message has begun and not ended. */
  readonly midway: () => boolean;
}

type State = 'connected' | 'requested' | 'established' | 'releasing' | 'closed';
type Role = GuardOptions['role'];

/** What the peer may send in which state; anything else is answered with A-ABORT (PS3.8 table 9-10). */
const MAY_COME: Record<Role, Record<State, readonly number[]>> = {
  acceptor: {
    connected: [PDU_TYPE.associateRequest, PDU_TYPE.abort],
    requested: [PDU_TYPE.abort],
    established: [PDU_TYPE.dataTransfer, PDU_TYPE.releaseRequest, PDU_TYPE.abort],
    releasing: [],
    closed: [],
  },
  requestor: {
    connected: [],
    requested: [PDU_TYPE.associateAccept, PDU_TYPE.associateReject, PDU_TYPE.abort],
    established: [PDU_TYPE.dataTransfer, PDU_TYPE.abort],
    releasing: [PDU_TYPE.releaseResponse, PDU_TYPE.abort],
    closed: [],
  },
};

/** Beyond what the system takes for a connection; an answer has some hundred bytes. */
const MOST_UNTAKEN_BYTES = 65_536;
/** How long a peer may take to close the connection after the last PDU (the ARTIM timer, PS3.8 9.1.5). */
const CLOSING_MS = 2_000;

/**
 * The socket that dcmjs-dimse is given in place of the real one. Only whole, checked PDUs pass, in an order that
 * PS3.8 allows, one at a time and only while their consumer keeps up; a peer that breaks the protocol or falls
 * silent is answered with A-ABORT.
 */
export class GuardedSocket extends EventEmitter {
  /** Asked after every PDU: the next one waits for the promise, and the peer for us (TCP flow control). */
  holdAfterPdu: () => Promise<unknown> | undefined = () => undefined;

  readonly #socket: Socket;
  readonly #options: GuardOptions;
  readonly #framer: PduFramer;
  #state: State = 'connected';
  /** PDUs that were taken from the peer. */
  #passed = 0;
  #held = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, options: GuardOptions) {
    super();
    this.#socket = socket;
    this.#options = options;
    this.#framer = new PduFramer(options.limits);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => this.emit('drain'));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      this.#state = 'closed';
      clearTimeout(this.#timer);
      this.emit('close');
    });
    this.#armTimer();
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get established(): boolean {
    return this.#state === 'established';
  }

  /** Bytes that the peer has not taken yet. */
  get writableLength(): number {
    return this.#socket.writableLength;
  }

  write(pdu: Buffer): boolean {
    if (this.#state === 'closed' || !this.#socket.writable) {
      return true;
    }
    const full = !this.#socket.write(pdu);
    this.#sent(pdu.readUInt8(0));
    return !full;
  }

  /** Several buffers that make up whole P-DATA-TFs, in as few packets as possible. */
  writeAll(parts: readonly Buffer[]): boolean {
    if (this.#state !== 'established' || !this.#socket.writable) {
      return true;
    }
    this.#socket.cork();
    for (const part of parts) {
      this.#socket.write(part);
    }
    this.#socket.uncork();
    return !this.#socket.writableNeedDrain;
  }

  /** Sends A-ABORT and closes. `source` 0: this node's own wish, 2: the peer broke the protocol. */
  abort(message: string, source: 0 | 2, reason: AbortReason): void {
    if (this.#state === 'closed') {
      return;
    }
    if (this.#socket.writable) {
      this.#socket.write(abortPdu(source, reason));
    }
    this.#close();
    this.emit('error', new Error(message));
  }

  end(): void {
    this.#close();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** dcmjs-dimse sets a timeout of its own; the timers here are stricter and know the state. */
  setTimeout(): this {
    return this;
  }

  #receive(chunk: Buffer): void {
    if (this.#state === 'closed') {
      return;
    }
    const continued = this.#framer.midway;
    const passedBefore = this.#passed;
    this.#framer.push(chunk);
    this.#advance();
    // The time for the association request, and for each PDU, is absolute: a peer must not make it last by dripping.
    if (this.#state !== 'connected' && (!continued || this.#passed > passedBefore)) {
      this.#armTimer();
    }
  }

  #advance(): void {
    try {
      while (!this.#held && this.#state !== 'closed') {
        const pdu = this.#framer.next();
        if (pdu === undefined) {
          return;
        }
        this.#pass(pdu);
        this.#passed += 1;
        this.#assertAnswersTaken();
        const hold = this.holdAfterPdu();
        if (hold !== undefined) {
          void this.#holdUntil(hold);
        }
      }
    } catch (error) {
      const reason = error instanceof ProtocolError ? error.abortReason : ABORT_REASON.notSpecified;
      this.abort(messageOf(error), 2, reason);
    }
  }

  /** A requestor sends as much as it has; an acceptor only answers, and does not keep answers that nobody takes. */
  #assertAnswersTaken(): void {
    if (this.#options.role === 'acceptor' && this.#socket.writableLength > MOST_UNTAKEN_BYTES) {
      throw new ProtocolError('the peer does not take its answers', ABORT_REASON.notSpecified);
    }
  }

  #pass(pdu: Buffer): void {
    const type = pdu.readUInt8(0);
    if (!MAY_COME[this.#options.role][this.#state].includes(type)) {
      throw new ProtocolError(`PDU type ${type} was not expected while ${this.#state}`, ABORT_REASON.unexpectedPdu);
    }
    if (type === PDU_TYPE.dataTransfer) {
      this.#options.inspect(pdu);
    } else if (type === PDU_TYPE.associateRequest) {
      this.#state = 'requested';
    } else if (type === PDU_TYPE.associateAccept) {
      this.#state = 'established';
    }
    this.emit('data', type === PDU_TYPE.associateRequest ? withContextsInOrder(pdu) : pdu);
    const last: readonly number[] = [PDU_TYPE.associateReject, PDU_TYPE.releaseResponse, PDU_TYPE.abort];
    if (last.includes(type)) {
      this.#close();
    }
  }

  async #holdUntil(ready: Promise<unknown>): Promise<void> {
    this.#held = true;
    this.#socket.pause();
    clearTimeout(this.#timer);
    await ready.catch(() => undefined);
    this.#held = false;
    this.#advance();
    if (!this.#held && !this.#socket.destroyed) {
      this.#socket.resume();
      this.#armTimer();
    }
  }

  /** Follows the state by what dcmjs-dimse sends. */
  #sent(type: number): void {
    if (type === PDU_TYPE.associateRequest) {
      this.#state = 'requested';
    } else if (type === PDU_TYPE.associateAccept) {
      this.#state = 'established';
    } else if (type === PDU_TYPE.releaseRequest) {
      this.#state = 'releasing';
    } else if (type !== PDU_TYPE.dataTransfer) {
      this.#close();
    }
  }

  /** No more PDUs either way; what was written still goes out. */
  #close(): void {
    if (this.#state === 'closed') {
      return;
    }
    this.#state = 'closed';
    clearTimeout(this.#timer);
    this.#socket.end();
    // Read to the end, or the system answers unread bytes with a reset that can overtake the last PDU.
    this.#socket.resume();
    const artim = setTimeout(() => this.#socket.destroy(), CLOSING_MS);
    this.#socket.once('close', () => clearTimeout(artim));
  }

  #fail(error: Error): void {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    this.#socket.destroy();
    this.emit('error', error);
  }

  #armTimer(): void {
    clearTimeout(this.#timer);
    if (this.#held || this.#state === 'closed') {
      return;
    }
    const { requestMs, messageMs, idleMs } = this.#options.times;
    const midway = this.#framer.midway || this.#options.midway();
    const ms = this.#state === 'connected' ? requestMs : midway ? messageMs : idleMs;
    this.#timer = setTimeout(() => {
      this.abort(`the peer was silent for ${ms / 1000} s`, 2, ABORT_REASON.notSpecified);
    }, ms);
  }
}
