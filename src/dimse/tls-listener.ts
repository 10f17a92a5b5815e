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
  /** `reason` is a code, and no word of the peer's. */
  readonly onFailed: (address: string | undefined, reason: string) => void;
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
    // Judged below, where it is still known whose certificate it was.
    rejectUnauthorized: false,
  });
  credentials.onChange(() => encrypted.setSecureContext(credentials.options));
  const handshakes = new Handshakes(encrypted, options.handshakeMs);
  encrypted.on('tlsClientError', (error: NodeJS.ErrnoException, { remoteAddress }) => {
    onFailed(remoteAddress, error.code ?? 'unknown');
  });
  encrypted.on('secureConnection', (socket) => {
    const fault = certificateFault(socket, clientCertificate);
    if (fault === undefined) {
      onConnection(socket);
    } else {
      onFailed(socket.remoteAddress, fault);
      socket.destroy();
    }
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

function certificateFault(socket: TLSSocket, wanted: ClientCertificate): string | undefined {
  if (wanted === 'none' || socket.authorized) return undefined;
  if (socket.getPeerCertificate().raw === undefined) return wanted === 'required' ? 'NO_CERTIFICATE' : undefined;
  return String(socket.authorizationError);
}
