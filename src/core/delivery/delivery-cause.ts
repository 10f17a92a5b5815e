import { type ErrorCode, NodeError } from '../errors.ts';

/** The closed list of reasons why an instance did not arrive at a destination. Edges translate what they were answered. */
export const DELIVERY_CAUSES = [
  'unreachable', // no route, nothing listens, the name is not known, no TLS
  'association-refused', // the AE title is not known there, or there is no such service at the address
  'not-authorized',
  'aborted', // it broke off in the middle
  'timeout',
  'out-of-resources', // A7xx, too many associations, busy: it will take it later
  'server-error',
  'processing-failure', // 0110 and its like: it does not say what is wrong
  'no-outcome', // it answered, and did not say what became of the instance
  'file-unreadable', // the stored file cannot be read on this node
  'mismatch', // A9xx: the data set does not match its SOP Class
  'not-understood', // Cxxx
  'not-supported', // its SOP Class or transfer syntax
  'content-refused', // the request with this instance alone was refused for what is in it
] as const;
export type DeliveryCause = (typeof DELIVERY_CAUSES)[number];

/**
 * Whose trouble a cause is. `destination`: it goes away there, and other instances have it too. `instance`: waiting does
 * not help, since the same bytes are sent again. `unclear`: nobody can tell.
 */
export const CAUSE_KINDS = ['destination', 'unclear', 'instance'] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

const KIND_OF: Readonly<Record<DeliveryCause, CauseKind>> = {
  unreachable: 'destination',
  'association-refused': 'destination',
  'not-authorized': 'destination',
  aborted: 'destination',
  timeout: 'destination',
  'out-of-resources': 'destination',
  'server-error': 'destination',
  'processing-failure': 'unclear',
  'no-outcome': 'unclear',
  'file-unreadable': 'unclear',
  mismatch: 'instance',
  'not-understood': 'instance',
  'not-supported': 'instance',
  'content-refused': 'instance',
};

export function kindOfCause(cause: DeliveryCause): CauseKind {
  return KIND_OF[cause];
}

/** What an error says where it does not name a cause. */
const CAUSE_OF_CODE: Partial<Readonly<Record<ErrorCode, DeliveryCause>>> = {
  'destination-unreachable': 'unreachable',
  'destination-refused': 'association-refused',
  'destination-failed': 'aborted',
  'storage-failed': 'file-unreadable',
};

/** Why a whole delivery ended with this. What nobody thought of is not held against the instance. */
export function causeOfError(thrown: unknown): DeliveryCause {
  if (!(thrown instanceof NodeError)) return 'processing-failure';
  return thrown.deliveryCause ?? CAUSE_OF_CODE[thrown.code] ?? 'processing-failure';
}
