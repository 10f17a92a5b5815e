import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommitmentService, EventLog, Intake } from '../app/ports.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import type { TlsCredentials } from '../tls/tls-credentials.ts';
import type { CallerRule } from './caller-rules.ts';
import type { RejectionCause } from './negotiation.ts';
import { type SessionSurroundings, StorageSession } from './storage-session.ts';
import { type ClientCertificate, tlsListener } from './tls-listener.ts';

export interface StorageScpLimits {
  /** Associations at once; one more is rejected as a transient local limit. */
  readonly maxAssociations: number;
  /** Of these from one address, so that one sender alone cannot take all places. */
  readonly maxAssociationsPerAddress: number;
  /** P-DATA-TF; 131072 are announced, some peers send more. */
  readonly maxPduBytes: number;
  /** A-ASSOCIATE-RQ. */
  readonly maxAssociationRequestBytes: number;
  readonly associationRequestSeconds: number;
  readonly messageSeconds: number;
  readonly idleSeconds: number;
  /** How long `close` waits for C-STOREs under way. */
  readonly closeSeconds: number;
}

export const DEFAULT_STORAGE_SCP_LIMITS: StorageScpLimits = {
  maxAssociations: 100,
  maxAssociationsPerAddress: 50,
  maxPduBytes: 1_048_576,
  maxAssociationRequestBytes: 524_288,
  associationRequestSeconds: 10,
  messageSeconds: 60,
  idleSeconds: 600,
  closeSeconds: 10,
};

export interface StorageScpOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly aeTitle: string;
  /** Answer to every called AE title; the default is to `aeTitle` alone. */
  readonly acceptAnyCalledAe?: boolean;
  /** Who is let in; "*" for all. */
  readonly allowedCallers: readonly CallerRule[];
  /** Without a port of its own it takes the place of clear text. */
  readonly tls?: StorageScpTls | undefined;
  readonly limits?: Partial<StorageScpLimits>;
  readonly intake: Intake;
  /** Without it the abstract syntax is refused. */
  readonly commitment?: CommitmentService;
  readonly log: EventLog;
  readonly onRejected?: (cause: RejectionCause) => void;
}

export interface StorageScpTls {
  readonly credentials: TlsCredentials;
  readonly clientCertificate: ClientCertificate;
  /** 0 for any free port. */
  readonly port?: number;
}

export interface StorageScp {
  readonly port: number;
  /** Where it speaks TLS, if it does; `port` itself where it speaks nothing else. */
  readonly tlsPort: number | undefined;
  /** Stops listening, lets the C-STOREs under way end, aborts what is left. */
  close(): Promise<void>;
}

/** Connections that have not asked for an association yet, beyond the places for associations. */
const CONNECTIONS_IN_WAITING = 64;

/**
 * Listens for associations and hands every data set that is stored to the intake.
 * @throws NodeError configuration-invalid where it cannot listen
 */
export async function startStorageScp(options: StorageScpOptions): Promise<StorageScp> {
  const limits = { ...DEFAULT_STORAGE_SCP_LIMITS, ...options.limits };
  const connections = new Set<StorageSession>();
  const admitted = new Set<StorageSession>();
  const surroundings = surroundingsOf(options, limits, (session) => {
    const ofAddress = [...admitted].filter(({ address }) => address === session.address).length;
    const place = admitted.size < limits.maxAssociations && ofAddress < limits.maxAssociationsPerAddress;
    if (place) {
      admitted.add(session);
    }
    return place;
  });
  const accept = (socket: Socket): void => {
    const session = new StorageSession(socket, surroundings);
    connections.add(session);
    session.on('close', () => {
      connections.delete(session);
      admitted.delete(session);
    });
  };
  const { tls, log } = options;
  const secure = tls && {
    port: tls.port ?? options.port,
    ...tlsListener({
      ...tls,
      handshakeMs: limits.associationRequestSeconds * 1_000,
      hasRoom: () => hasRoom(),
      onConnection: accept,
      onFailed: (address, reason) => {
        log.warn('tls-handshake-failed', { address, reason });
        surroundings.onRejected('tls');
      },
    }),
  };
  const hasRoom = (): boolean =>
    connections.size + (secure?.handshakes.count ?? 0) < limits.maxAssociations + CONNECTIONS_IN_WAITING;
  const plain =
    tls === undefined || tls.port !== undefined
      ? {
          port: options.port,
          server: createServer({ noDelay: true }, (socket) => void (hasRoom() ? accept(socket) : socket.destroy())),
        }
      : undefined;
  const listeners = [plain, secure].filter((one) => one !== undefined);
  const { all: closed } = await listening(listeners, options);
  return {
    port: portOf(listeners[0]!.server),
    tlsPort: secure && portOf(secure.server),
    close: async () => {
      for (const { server } of listeners) server.close();
      secure?.handshakes.destroy();
      for (const session of connections) {
        session.endSoon();
      }
      await endWithin(limits.closeSeconds, connections, closed);
    },
  };
}

interface Listener {
  readonly server: Server;
  readonly port: number;
}

/** Resolves, once all listen, with the promise that all are closed. */
async function listening(
  listeners: readonly Listener[],
  { host, aeTitle, log }: StorageScpOptions,
): Promise<{ readonly all: Promise<unknown> }> {
  for (const { server, port } of listeners) {
    try {
      server.listen({ host, port });
      await once(server, 'listening');
    } catch (cause) {
      for (const one of listeners) one.server.close();
      const message = `${aeTitle} cannot listen on ${host}:${port}: ${messageOf(cause)}`;
      throw new NodeError('configuration-invalid', message, { cause });
    }
    server.on('error', (error) => log.error('dimse-listener-failed', { reason: error.message }));
  }
  return { all: Promise.all(listeners.map(({ server }) => once(server, 'close'))) };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Waits for the associations to end by themselves, then ends them. */
async function endWithin(
  seconds: number,
  connections: ReadonlySet<StorageSession>,
  closed: Promise<unknown>,
): Promise<void> {
  await Promise.race([closed, delay(seconds * 1_000, undefined, { ref: false })]);
  for (const session of connections) {
    session.endNow();
  }
  await closed;
}

function surroundingsOf(
  options: StorageScpOptions,
  limits: StorageScpLimits,
  admit: SessionSurroundings['admit'],
): SessionSurroundings {
  const {
    aeTitle,
    acceptAnyCalledAe = false,
    allowedCallers,
    intake,
    commitment,
    log,
    onRejected = () => undefined,
  } = options;
  return {
    rules: { aeTitle, acceptAnyCalledAe, allowedCallers },
    limits: { associate: limits.maxAssociationRequestBytes, dataTransfer: limits.maxPduBytes },
    times: {
      requestMs: limits.associationRequestSeconds * 1_000,
      messageMs: limits.messageSeconds * 1_000,
      idleMs: limits.idleSeconds * 1_000,
    },
    intake,
    commitment,
    log,
    admit,
    onRejected,
  };
}
