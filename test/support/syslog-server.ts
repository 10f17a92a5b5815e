import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A syslog server that keeps every message. */
export interface SyslogPeer {
  readonly port: number;
  readonly messages: readonly string[];
  /** Faults of the framing. */
  readonly faults: readonly string[];
  readonly connections: () => number;
  close(): Promise<void>;
}

interface PeerOptions {
  readonly tls?: TlsOptions;
  readonly port?: number;
  /** Breaks so many connections off without reading anything. */
  readonly breakOff?: number;
  /** Never ends its side. */
  readonly keepOpen?: boolean;
  /** Ends its side before it has read anything. */
  readonly endAtOnce?: boolean;
}

/** Reads frames of RFC 5425 4.3 (RFC 6587 3.4.1): length, blank, so many octets. */
export async function syslogPeer({
  tls,
  port = 0,
  breakOff = 0,
  keepOpen = false,
  endAtOnce = false,
}: PeerOptions = {}): Promise<SyslogPeer> {
  const messages: string[] = [];
  const faults: string[] = [];
  let connections = 0;
  const sockets = new Set<Socket>();
  const take = (socket: Socket): void => {
    connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    if (connections <= breakOff) {
      socket.resetAndDestroy();
      return;
    }
    if (endAtOnce) {
      socket.pause();
      socket.end();
      return;
    }
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', () => {
      const { framed, fault } = framesOf(Buffer.concat(chunks));
      messages.push(...framed);
      if (fault !== undefined) faults.push(fault);
    });
  };
  const server: Server =
    tls === undefined ? createServer({ allowHalfOpen: keepOpen || endAtOnce }, take) : createTlsServer(tls, take);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    faults,
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** RFC 5426: each datagram is a message. */
export async function syslogUdpPeer(): Promise<SyslogPeer> {
  const messages: string[] = [];
  const socket = createSocket('udp4', (message) => messages.push(message.toString()));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    messages,
    faults: [],
    connections: () => 0,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function framesOf(bytes: Buffer): { readonly framed: readonly string[]; readonly fault?: string } {
  const framed: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const blank = bytes.indexOf(' ', at);
    const length = bytes.toString('latin1', at, blank);
    const end = blank + 1 + Number(length);
    if (blank === -1 || !/^[1-9]\d*$/.test(length) || end > bytes.length) {
      return { framed, fault: `no frame at octet ${at} of ${bytes.length}` };
    }
    framed.push(bytes.toString('utf8', blank + 1, end));
    at = end;
  }
  return { framed };
}
