import { Writable } from 'node:stream';
import type { Reception } from '../app/ports.ts';
import type { NodeError } from '../core/errors.ts';

/** Above this many bytes not yet taken by the intake the peer has to wait; below half of it, it may go on. */
const MOST_WAITING_BYTES = 1_048_576;
/** The same for PDUs, which may be tiny. */
const MOST_WAITING_PDUS = 64;

/**
 * The data set of one C-STORE on its way from dcmjs-dimse, which knows no back-pressure, to the intake, which does.
 * Exactly one of `complete` and `abandon` takes effect; either way the reception is closed once.
 */
export class IncomingDataSet extends Writable {
  readonly #reception: Promise<Reception>;
  readonly #refusal: NodeError | undefined;
  #failure: { readonly thrown: unknown } | undefined;
  #closed = false;
  #waitingPdus = 0;
  #roomWanted: (() => void) | undefined;

  /** With a `refusal` it is taken in all the same, and kept in quarantine. */
  constructor(reception: Promise<Reception>, refusal?: NodeError) {
    // dcmjs-dimse handles a full stream wrongly, so that this one never says that it is full.
    super({ highWaterMark: Number.MAX_SAFE_INTEGER, decodeStrings: false });
    this.#reception = reception;
    this.#refusal = refusal;
    reception.catch((thrown: unknown) => this.#fail(thrown));
  }

  /** To be asked after every PDU: resolves when there is room again; undefined while there is. */
  room(): Promise<void> | undefined {
    this.#waitingPdus = this.writableLength === 0 ? 0 : this.#waitingPdus + 1;
    if (this.writableLength <= MOST_WAITING_BYTES && this.#waitingPdus <= MOST_WAITING_PDUS) {
      return undefined;
    }
    return new Promise((resolve) => {
      this.#roomWanted = resolve;
    });
  }

  /** Resolves when the instance is durable. @throws what the intake throws */
  async complete(): Promise<void> {
    await new Promise<void>((resolve) => this.end(resolve));
    if (this.#failure === undefined && !this.#closed) {
      this.#closed = true;
      // A reception that refuses at the end has closed itself.
      await this.#close(await this.#reception);
      return;
    }
    await this.#abort();
    throw this.#failure?.thrown ?? new Error('the data set was abandoned');
  }

  async #close(reception: Reception): Promise<void> {
    if (this.#refusal === undefined) return reception.finish();
    await reception.refuse(this.#refusal);
    throw this.#refusal;
  }

  /** The peer is gone or broke the protocol: what arrived is dropped. */
  async abandon(): Promise<void> {
    this.#fail(new Error('the data set was abandoned'));
    await new Promise<void>((resolve) => (this.writableFinished ? resolve() : this.end(resolve)));
    await this.#abort();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, taken: () => void): void {
    void this.#take(chunk).finally(() => {
      taken();
      if (this.writableLength <= MOST_WAITING_BYTES / 2) {
        this.#waitingPdus = 0;
        this.#roomWanted?.();
        this.#roomWanted = undefined;
      }
    });
  }

  /** After a failure the rest of the data set is read and dropped, so that the peer hears the status. */
  async #take(chunk: Buffer): Promise<void> {
    if (this.#failure !== undefined || chunk.length === 0) {
      return;
    }
    try {
      await (await this.#reception).write(chunk);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    this.#failure ??= { thrown };
  }

  async #abort(): Promise<void> {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    // What cannot be dropped now is dropped when the intake starts again; the reason for the failure matters more.
    await this.#reception.then((reception) => reception.abort()).catch(() => undefined);
  }
}
