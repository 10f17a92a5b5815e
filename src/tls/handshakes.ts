import type { Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';

/**
 * The handshakes under way at one TLS server. Each has to end within a time that no byte prolongs: Node's own limit is
 * for silence alone, and a peer that drips would hold its place for ever.
 */
export class Handshakes {
  readonly #underWay = new Map<string, { readonly socket: Socket; readonly timer: NodeJS.Timeout }>();
  readonly #milliseconds: number;

  constructor(server: TlsServer, milliseconds: number) {
    this.#milliseconds = milliseconds;
    server.on('secureConnection', (socket) => this.#end(endpointOf(socket)));
  }

  get count(): number {
    return this.#underWay.size;
  }

  /** A connection has come in. */
  begin(socket: Socket): void {
    const endpoint = endpointOf(socket);
    const timer = setTimeout(() => socket.destroy(), this.#milliseconds);
    this.#underWay.set(endpoint, { socket, timer });
    socket.once('close', () => {
      clearTimeout(timer);
      if (this.#underWay.get(endpoint)?.socket === socket) this.#underWay.delete(endpoint);
    });
  }

  /** Breaks off all that are under way. */
  destroy(): void {
    for (const { socket } of this.#underWay.values()) socket.destroy();
  }

  #end(endpoint: string): void {
    clearTimeout(this.#underWay.get(endpoint)?.timer);
    this.#underWay.delete(endpoint);
  }
}

/** The one thing that a connection and its encrypted side have in common. */
function endpointOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
