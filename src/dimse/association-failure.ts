import { NodeError } from '../core/errors.ts';
import type { ClientTls } from '../tls/client-tls.ts';
import { tlsFailureInWords } from '../tls/failure-words.ts';
import { constants } from './dimse-library.ts';

/** Whom an association is with, in words that a person knows. */
export interface Peer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  /** Without it the association is in clear text. */
  readonly tls?: ClientTls | undefined;
}

const { RejectReason, RejectResult, RejectSource } = constants;

/** An A-ASSOCIATE-RJ, in words that say whom to call (PS3.8 table 9-21). */
export function rejectedBy(peer: Peer, rejection: { result: number; source: number; reason: number }): NodeError {
  const { result, source, reason } = rejection;
  const subject = { destination: peer.name };
  if (result === RejectResult.Transient) {
    const words = `${peer.name} takes no association at the moment (temporary congestion or too many associations)`;
    return new NodeError('destination-unreachable', words, { subject, deliveryCause: 'out-of-resources' });
  }
  if (source === RejectSource.ServiceUser && reason === RejectReason.CallingAeNotRecognized) {
    const words = `${peer.name} refused the AE title ${peer.callingAeTitle}: it must be made known there`;
    return new NodeError('destination-refused', words, { subject });
  }
  if (source === RejectSource.ServiceUser && reason === RejectReason.CalledAeNotRecognized) {
    const words = `${peer.name} does not answer to the called AE title ${peer.calledAeTitle}`;
    return new NodeError('destination-refused', words, { subject });
  }
  const words = `${peer.name} refused the association (source ${source}, reason ${reason})`;
  return new NodeError('destination-refused', words, { subject });
}

/** The connection could not be made. */
export function notConnected(peer: Peer, cause: unknown): NodeError {
  const why = tlsWordsFor(peer, cause) ?? CONNECTION_WORDS.get(codeOf(cause))?.(peer) ?? `${at(peer)} did not connect`;
  const words = `${peer.name} cannot be reached: ${why}`;
  return new NodeError('destination-unreachable', words, { subject: { destination: peer.name }, cause });
}

const CONNECTION_WORDS: ReadonlyMap<string, (peer: Peer) => string> = new Map([
  ['ECONNREFUSED', (peer) => `nothing listens at ${at(peer)} (connection refused)`],
  ['ENOTFOUND', (peer) => `the host name ${peer.host} is not known`],
  ['EAI_AGAIN', (peer) => `the host name ${peer.host} could not be looked up`],
  ['EHOSTUNREACH', (peer) => `there is no route to ${at(peer)}`],
  ['ENETUNREACH', (peer) => `there is no route to ${at(peer)}`],
  ['ETIMEDOUT', (peer) => `${at(peer)} did not answer`],
  ['ECONNRESET', (peer) => `${at(peer)} hung up`],
]);

/** Nothing came within the time: where the silence began tells what to look at. */
export function silentPeer(peer: Peer, phase: 'connecting' | 'negotiating' | 'answering', seconds: number): NodeError {
  const about = { subject: { destination: peer.name }, deliveryCause: 'timeout' } as const;
  switch (phase) {
    case 'connecting':
      return new NodeError(
        'destination-unreachable',
        `${peer.name} cannot be reached: ${at(peer)} did not answer within ${seconds} s`,
        about,
      );
    case 'negotiating':
      return new NodeError(
        'destination-unreachable',
        `${peer.name} took the connection but did not answer the association request within ${seconds} s`,
        about,
      );
    case 'answering':
      return new NodeError('destination-failed', `${peer.name} did not answer a C-STORE within ${seconds} s`, about);
  }
}

/**
 * The association ended before everything was answered. Over TLS 1.3 a server judges the certificate of this node after
 * the handshake is over for this node.
 */
export function brokenOff(peer: Peer, cause?: unknown): NodeError {
  const tls = tlsWordsFor(peer, cause);
  if (tls !== undefined) {
    const subject = { destination: peer.name };
    return new NodeError('destination-unreachable', `${peer.name} cannot be reached: ${tls}`, { subject, cause });
  }
  return new NodeError('destination-failed', `${peer.name} broke off the association`, {
    subject: { destination: peer.name },
    ...(cause === undefined ? {} : { cause }),
  });
}

function tlsWordsFor({ tls }: Peer, cause: unknown): string | undefined {
  return tls && tlsFailureInWords(codeOf(cause));
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

function at(peer: Peer): string {
  return `${peer.host}:${peer.port}`;
}
