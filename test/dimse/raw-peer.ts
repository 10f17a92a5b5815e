import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ExactCommandSet } from '../../src/dimse/command-set.ts';
import { EXPLICIT_LITTLE_ENDIAN, MR_IMAGE_STORAGE } from '../support/part10-sample.ts';

export interface ProposedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

export const MR_CONTEXT: ProposedContext = {
  id: 1,
  abstractSyntax: MR_IMAGE_STORAGE,
  transferSyntaxes: [EXPLICIT_LITTLE_ENDIAN],
};

/** A DICOM peer that does exactly what a test tells it, right or wrong, one PDU at a time. */
export class RawPeer {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #closed = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  static async connect(port: number): Promise<RawPeer> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    return new RawPeer(socket);
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** The next PDU, or undefined when the connection was closed instead. */
  async nextPdu(): Promise<Buffer | undefined> {
    for (;;) {
      const length = this.#received.length < 6 ? Infinity : 6 + this.#received.readUInt32BE(2);
      if (this.#received.length >= length) {
        const pdu = this.#received.subarray(0, length);
        this.#received = this.#received.subarray(length);
        return pdu;
      }
      if (this.#closed) {
        return undefined;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Waits for the other side to close. */
  async closed(): Promise<void> {
    while ((await this.nextPdu()) !== undefined) {
      // What is left is of no interest.
    }
  }

  /** Goes away without a word. */
  vanish(): void {
    this.#socket.resetAndDestroy();
  }

  end(): void {
    this.#socket.destroy();
  }
}

/** An association with one MR context, or those given. */
export async function associated(
  port: number,
  { called = 'NODE', contexts = [MR_CONTEXT] }: { called?: string; contexts?: readonly ProposedContext[] } = {},
): Promise<RawPeer> {
  const peer = await RawPeer.connect(port);
  peer.send(associateRequest(called, contexts));
  const answer = await peer.nextPdu();
  if (answer?.[0] !== 2) {
    throw new Error(`not accepted: PDU ${answer?.toString('hex')}`);
  }
  return peer;
}

export function pdu(type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt8(type);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

export function associateRequest(called: string, contexts: readonly ProposedContext[]): Buffer {
  const fixed = Buffer.alloc(68);
  fixed.writeUInt16BE(1);
  fixed.write(called.padEnd(16), 4, 'latin1');
  fixed.write('RAWPEER'.padEnd(16), 20, 'latin1');
  return pdu(
    1,
    Buffer.concat([
      fixed,
      item(0x10, Buffer.from('1.2.840.10008.3.1.1.1')),
      ...contexts.map(({ id, abstractSyntax, transferSyntaxes }) =>
        item(
          0x20,
          Buffer.concat([
            Buffer.from([id, 0, 0, 0]),
            item(0x30, Buffer.from(abstractSyntax)),
            ...transferSyntaxes.map((uid) => item(0x40, Buffer.from(uid))),
          ]),
        ),
      ),
      item(0x50, Buffer.concat([item(0x51, Buffer.from([0, 0, 0x40, 0])), item(0x52, Buffer.from('2.25.1'))])),
    ]),
  );
}

function item(type: number, value: Buffer): Buffer {
  const header = Buffer.from([type, 0, 0, 0]);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
}

/** A P-DATA-TF of one PDV. */
export function pData(contextId: number, control: { command: boolean; last: boolean }, value: Buffer): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt32BE(value.length + 2);
  header.writeUInt8(contextId, 4);
  header.writeUInt8((control.command ? 1 : 0) + (control.last ? 2 : 0), 5);
  return pdu(4, Buffer.concat([header, value]));
}

export interface StoreCommand {
  readonly sopInstanceUid: string;
  readonly sopClassUid?: string;
  readonly hasDataSet?: boolean;
}

export function storeCommand({ sopInstanceUid, sopClassUid, hasDataSet = true }: StoreCommand): Buffer {
  return new ExactCommandSet({
    CommandField: 1,
    MessageID: 7,
    Priority: 0,
    CommandDataSetType: hasDataSet ? 0x0102 : 0x0101,
    AffectedSOPClassUID: sopClassUid ?? MR_IMAGE_STORAGE,
    AffectedSOPInstanceUID: sopInstanceUid,
  }).getDenaturalizedCommandDataset();
}

export const VERIFICATION_CONTEXT: ProposedContext = {
  id: 1,
  abstractSyntax: '1.2.840.10008.1.1',
  transferSyntaxes: ['1.2.840.10008.1.2'],
};

export function echoCommand(): Buffer {
  return new ExactCommandSet({
    CommandField: 0x30,
    MessageID: 1,
    CommandDataSetType: 0x0101,
    AffectedSOPClassUID: VERIFICATION_CONTEXT.abstractSyntax,
  }).getDenaturalizedCommandDataset();
}

/** The two-byte value of an element of the command set in a P-DATA-TF, for example Status (0000,0900). */
export function commandShort(response: Buffer | undefined, element: number): number | undefined {
  return commandValue(response, element)?.readUInt16LE();
}

/** The value of an element of the command set in a P-DATA-TF. */
export function commandValue(response: Buffer | undefined, element: number): Buffer | undefined {
  if (response?.[0] !== 4) {
    throw new Error(`not a response: PDU ${response?.toString('hex')}`);
  }
  for (let at = 12; at < response.length; at += 8 + response.readUInt32LE(at + 4)) {
    if (response.readUInt16LE(at + 2) === element) {
      return response.subarray(at + 8, at + 8 + response.readUInt32LE(at + 4));
    }
  }
  return undefined;
}
