import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type ClientTls, clientTlsOptions } from '../tls/client-tls.ts';
import { octetCounted } from './syslog-message.ts';

/** Where a syslog server listens, and how it is spoken to. */
export type SyslogServer = {
  readonly host: string;
  readonly port: number;
  /** Without a sign of life for so long, it is given up. */
  readonly timeoutMs: number;
} & ({ readonly transport: 'tls'; readonly tls: ClientTls } | { readonly transport: 'tcp' | 'udp' });

/**
 * Sends messages in order. Syslog knows no answer, but a connection has an end: over TLS and TCP the promise resolves
 * when the server, told that nothing more comes, ended its side without an error, and so has read everything (a system
 * that is closed with bytes unread resets the connection). Over UDP it resolves when all was handed to the network.
 * @throws Error of the connection: then any of the messages may be lost
 */
export function sendToSyslog(messages: readonly Uint8Array[], server: SyslogServer): Promise<void> {
  return server.transport === 'udp' ? sendDatagrams(messages, server) : sendOverConnection(messages, server);
}

/** RFC 5425 and RFC 6587 with octet counting. */
async function sendOverConnection(messages: readonly Uint8Array[], server: SyslogServer): Promise<void> {
  const { host, port, timeoutMs } = server;
  const isTls = server.transport === 'tls';
  const socket: Socket = isTls
    ? connectTls({ host, port, ...clientTlsOptions(server.tls, host) })
    : connectTcp({ host, port });
  const over = new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    const broken = (): void => reject(new Error('it broke the connection off'));
    socket.once('close', broken);
    socket.once('end', () => (socket.writableFinished ? resolve() : broken()));
    socket.setTimeout(timeoutMs, () => reject(new Error(`it did not answer for ${timeoutMs / 1000} s`)));
  });
  try {
    await Promise.race([over, once(socket, isTls ? 'secureConnect' : 'connect')]);
    // What a server sends means nothing; read, it does not keep its end from being seen.
    socket.resume();
    socket.end(Buffer.concat(messages.map(octetCounted)));
    await over;
  } finally {
    socket.destroy();
  }
}

/** RFC 5426: one datagram, one message. */
async function sendDatagrams(messages: readonly Uint8Array[], { host, port }: SyslogServer): Promise<void> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
  try {
    const failed = once(socket, 'error').then(([error]) => Promise.reject(error as Error));
    failed.catch(() => undefined);
    socket.connect(port, host);
    await Promise.race([failed, once(socket, 'connect')]);
    for (const message of messages) {
      const sent = new Promise<void>((resolve, reject) =>
        socket.send(message, (error) => (error === null ? resolve() : reject(error))),
      );
      await Promise.race([failed, sent]);
    }
  } finally {
    socket.close();
  }
}
