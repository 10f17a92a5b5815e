import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog, Intake } from '../app/ports.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { type SessionSurroundings, StorageSession } from './storage-session.ts';

export interface StorageScpLimits {
  /** Associations at once; one more is rejected as a transient local limit. */
  readonly maxAssociations: number;
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
  /** Calling AE titles that are let in; "*" for all. */
  readonly allowedCallers: readonly string[];
  readonly limits?: Partial<StorageScpLimits>;
  readonly intake: Intake;
  readonly log: EventLog;
}

export interface StorageScp {
  readonly port: number;
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
    const place = admitted.size < limits.maxAssociations;
    if (place) {
      admitted.add(session);
    }
    return place;
  });
  const server = createServer({ noDelay: true }, (socket: Socket) => {
    if (connections.size >= limits.maxAssociations + CONNECTIONS_IN_WAITING) {
      socket.destroy();
      return;
    }
    const session = new StorageSession(socket, surroundings);
    connections.add(session);
    session.on('close', () => {
      connections.delete(session);
      admitted.delete(session);
    });
  });
  try {
    server.listen({ host: options.host, port: options.port });
    await once(server, 'listening');
  } catch (cause) {
    const message = `${options.aeTitle} cannot listen on ${options.host}:${options.port}: ${messageOf(cause)}`;
    throw new NodeError('configuration-invalid', message, { cause });
  }
  server.on('error', (error) => options.log.error('dimse-listener-failed', { reason: error.message }));
  const closed = once(server, 'close');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      for (const session of connections) {
        session.endSoon();
      }
      await endWithin(limits.closeSeconds, connections, closed);
    },
  };
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
  const { aeTitle, acceptAnyCalledAe = false, allowedCallers, intake, log } = options;
  return {
    rules: { aeTitle, acceptAnyCalledAe, allowedCallers },
    limits: { associate: limits.maxAssociationRequestBytes, dataTransfer: limits.maxPduBytes },
    times: {
      requestMs: limits.associationRequestSeconds * 1_000,
      messageMs: limits.messageSeconds * 1_000,
      idleMs: limits.idleSeconds * 1_000,
    },
    intake,
    log,
    admit,
  };
}
