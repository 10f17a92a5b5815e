import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Storescp } from '../dimse/dcmtk.ts';

/** What stands between the node and an archive that in itself is well. */
export type Mood =
  | { readonly kind: 'well' }
  /** Nobody listens: every connection is reset. */
  | { readonly kind: 'away' }
  /** Takes connections and says nothing. */
  | { readonly kind: 'silent' }
  /** Breaks off after so many bytes from the node: in the middle of an instance. */
  | { readonly kind: 'breaks-off'; readonly afterBytes: number }
  /** Stores, and its answer is lost with the connection. */
  | { readonly kind: 'loses-answers' }
  /** Stores, and answers this status all the same. */
  | { readonly kind: 'answers'; readonly status: number };

/** (0000,0900) Status with its length, implicit little endian: two bytes of value follow (PS3.7 E.1). */
const STATUS_ELEMENT = Buffer.from([0x00, 0x00, 0x00, 0x09, 0x02, 0x00, 0x00, 0x00]);
/** (0000,0100) Command Field of a C-STORE-RSP, 8001H. */
const STORE_RESPONSE = Buffer.from([0x00, 0x00, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x01, 0x80]);
const P_DATA_TF = 4;
const PDU_HEADER_BYTES = 6;

/** A DICOM archive whose network, or whose mind, is not what it should be. Knows nothing of the product. */
export class UnsteadyArchive {
  mood: Mood = { kind: 'well' };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(archive: Storescp) {
    this.#server = createServer((node) => this.#join(node, archive));
  }

  static async before(archive: Storescp): Promise<UnsteadyArchive> {
    const unsteady = new UnsteadyArchive(archive);
    unsteady.#server.listen(0, '127.0.0.1');
    await once(unsteady.#server, 'listening');
    return unsteady;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on; connections that are there end, as those of an archive that was restarted. */
  turn(mood: Mood): void {
    this.mood = mood;
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.turn({ kind: 'away' });
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(node: Socket, archive: Storescp): void {
    const { mood } = this;
    this.#watch(node);
    if (mood.kind === 'away') {
      node.resetAndDestroy();
      return;
    }
    if (mood.kind === 'silent') return;
    const inside = connect(archive.port, '127.0.0.1');
    this.#watch(inside);
    const end = (): void => {
      node.destroy();
      inside.destroy();
    };
    node.on('close', end);
    inside.on('close', end);
    let passed = 0;
    node.on('data', (bytes: Buffer) => {
      passed += bytes.length;
      inside.write(bytes);
      if (mood.kind === 'breaks-off' && passed > mood.afterBytes) end();
    });
    const told = pdus((pdu) => {
      if (mood.kind === 'loses-answers' && pdu.includes(STORE_RESPONSE)) end();
      else node.write(mood.kind === 'answers' ? withStatus(pdu, mood.status) : pdu);
    });
    inside.on('data', told);
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

/** Cuts a stream into PDUs: type, a reserved byte, length of four bytes, big endian (PS3.8 9.3.1). */
function pdus(each: (pdu: Buffer) => void): (bytes: Buffer) => void {
  let waiting = Buffer.alloc(0);
  return (bytes) => {
    waiting = Buffer.concat([waiting, bytes]);
    while (waiting.length >= PDU_HEADER_BYTES) {
      const length = PDU_HEADER_BYTES + waiting.readUInt32BE(2);
      if (waiting.length < length) return;
      each(waiting.subarray(0, length));
      waiting = waiting.subarray(length);
    }
  };
}

function withStatus(pdu: Buffer, status: number): Buffer {
  const at = pdu[0] === P_DATA_TF && pdu.includes(STORE_RESPONSE) ? pdu.indexOf(STATUS_ELEMENT) : -1;
  if (at < 0) return pdu;
  const changed = Buffer.from(pdu);
  changed.writeUInt16LE(status, at + STATUS_ELEMENT.length);
  return changed;
}
