import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { association } from 'dcmjs-dimse';
import { clientTlsOptions } from '../tls/client-tls.ts';
import { notConnected, type Peer, silentPeer } from './association-failure.ts';
import { ANNOUNCED_MAX_PDU_LENGTH, association as associations } from './dimse-library.ts';

/** What an association must be able to carry: a SOP Class in the transfer syntax in which it is stored. */
export interface StorageContext {
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
}

/** IDs are the odd numbers to 255 (PS3.8 table 9-13). */
export const MOST_CONTEXTS = 128;

/** One presentation context for each class in its one syntax, so that an archive cannot choose to have it converted. */
export function requestedAssociation(peer: Peer, contexts: readonly StorageContext[]): association.Association {
  const requested = new associations.Association(peer.callingAeTitle, peer.calledAeTitle);
  requested.setMaxPduLength(ANNOUNCED_MAX_PDU_LENGTH);
  for (const { sopClassUid, transferSyntaxUid } of contexts) {
    const id = requested.addPresentationContext(sopClassUid);
    requested.addTransferSyntaxToPresentationContext(id, transferSyntaxUid);
  }
  return requested;
}

/** A connection to the archive, over TLS with its certificate verified. @throws NodeError destination-unreachable */
export async function connected(peer: Peer, seconds: number): Promise<Socket> {
  const { host, port, tls } = peer;
  const socket =
    tls === undefined
      ? connect({ host, port, noDelay: true })
      : connectTls({ host, port, ...clientTlsOptions(tls, host) });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      reject(silentPeer(peer, 'connecting', seconds));
    }, seconds * 1_000);
    const failed = (error: Error): void => {
      clearTimeout(timer);
      reject(notConnected(peer, error));
    };
    socket.once('error', failed);
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}
