import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { Handshakes } from '../tls/handshakes.ts';
import type { TlsCredentials } from '../tls/tls-credentials.ts';

export type ClientCertificate = 'required' | 'optional' | 'none';

export interface TlsListenerOptions {
  readonly credentials: TlsCredentials;
  /** `optional`: one that is shown must be good. */
  readonly clientCertificate: ClientCertificate;
  readonly handshakeMs: number;
  /** Asked for each connection before any of its bytes is looked at. */
  readonly hasRoom: () => boolean;
  /** The handshake is over, and the certificate, where one has to be, is verified. */
  readonly onConnection: (socket: Socket) => void;
  /** A code or a few words, none of them the peer's. */
  readonly onFailed: (socket: TLSSocket, reason: string) => void;
}

export interface TlsListener {
  readonly server: Server;
  readonly handshakes: Handshakes;
}

/** A server of connections that are encrypted from their first byte (PS3.15 B.12). */
export function tlsListener(options: TlsListenerOptions): TlsListener {
  const { credentials, clientCertificate, hasRoom, onConnection, onFailed } = options;
  const encrypted = createTlsServer({
    ...credentials.options,
    requestCert: clientCertificate !== 'none',
    rejectUnauthorized: clientCertificate === 'required',
  });
  credentials.onChange(() => encrypted.setSecureContext(credentials.options));
  const handshakes = new Handshakes(encrypted, options.handshakeMs);
  encrypted.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => onFailed(socket, error.code ?? 'unknown'));
  encrypted.on('secureConnection', (socket) => {
    if (!socket.authorized && clientCertificate === 'optional' && socket.getPeerCertificate().raw !== undefined) {
      onFailed(socket, String(socket.authorizationError));
      socket.destroy();
      return;
    }
    onConnection(socket);
  });
  const server = createServer({ noDelay: true }, (socket) => {
    if (!hasRoom()) {
      socket.destroy();
      return;
    }
    handshakes.begin(socket);
    encrypted.emit('connection', socket);
  });
  return { server, handshakes };
}
