import type { DeliveryCause } from '../core/delivery/delivery-cause.ts';
import type { ErrorCode } from '../core/errors.ts';

/** Failure Reason (0008,1197) of an instance that STOW-RS did not store: the statuses of C-STORE (PS3.18 I.2.2, PS3.4 B.2.3). */
export const OUT_OF_RESOURCES = 0xa700;
export const DATA_SET_DOES_NOT_MATCH = 0xa900;
/** From the same range, the value that other web archives use for an instance of another study than the address names. */
export const NOT_OF_THIS_STUDY = 0xa901;
export const CANNOT_UNDERSTAND = 0xc000;
export const NOT_AUTHORISED = 0x0124;
export const PROCESSING_FAILURE = 0x0110;

/** What this node answers. Complete on purpose: a new error code without a reason does not compile. */
export const FAILURE_REASON = {
  'not-an-instance': CANNOT_UNDERSTAND,
  truncated: CANNOT_UNDERSTAND,
  'bad-request': CANNOT_UNDERSTAND,
  'contradicts-context': DATA_SET_DOES_NOT_MATCH,
  'caller-not-allowed': NOT_AUTHORISED,
  unauthorized: NOT_AUTHORISED,
  'storage-full': OUT_OF_RESOURCES,
  'storage-failed': PROCESSING_FAILURE,
  'database-failed': PROCESSING_FAILURE,
  'database-newer': PROCESSING_FAILURE,
  'geometry-missing': PROCESSING_FAILURE,
  'geometry-invalid': PROCESSING_FAILURE,
  'pixel-data-mismatch': PROCESSING_FAILURE,
  'cannot-reorient': PROCESSING_FAILURE,
  'proof-failed': PROCESSING_FAILURE,
  'model-invalid': PROCESSING_FAILURE,
  'provider-unavailable': PROCESSING_FAILURE,
  'classifier-failed': PROCESSING_FAILURE,
  'destination-refused': PROCESSING_FAILURE,
  'destination-unreachable': PROCESSING_FAILURE,
  'destination-failed': PROCESSING_FAILURE,
  'configuration-invalid': PROCESSING_FAILURE,
  forbidden: NOT_AUTHORISED,
  'not-found': PROCESSING_FAILURE,
  conflict: PROCESSING_FAILURE,
  'too-many-requests': OUT_OF_RESOURCES,
} as const satisfies Record<ErrorCode, number>;

/** Plain words for the reasons and warnings that archives answer (PS3.18 I.2.2, PS3.7 C.5). */
export function reasonInWords(reason: number): string {
  const hexadecimal = reason.toString(16).toUpperCase().padStart(4, '0');
  return `${EXACT_WORDS[reason] ?? rangeInWords(reason)} (${hexadecimal})`;
}

/** The same reasons as causes of a delivery that failed. */
export function causeOfReason(reason: number): DeliveryCause {
  const ofRange = CAUSE_OF_RANGE[reason >> 8] ?? (reason >> 12 === 0xc ? 'not-understood' : 'processing-failure');
  return EXACT_CAUSES[reason] ?? ofRange;
}

const CAUSE_OF_RANGE: Readonly<Record<number, DeliveryCause>> = { 167: 'out-of-resources', 169: 'mismatch' };
const EXACT_CAUSES: Readonly<Record<number, DeliveryCause>> = {
  290: 'not-supported',
  [NOT_AUTHORISED]: 'not-authorized',
  531: 'out-of-resources',
  49442: 'not-supported',
};

/** Archives that keep the first of two equal SOP Instance UIDs say so with one of these: the instance is there. */
export function saysAlreadyStored(reason: number): boolean {
  return reason === DUPLICATE_SOP_INSTANCE || reason === ALREADY_EXISTS;
}

const DUPLICATE_SOP_INSTANCE = 0x0111;
/** Not in the standard; answered by a widely used web archive. */
const ALREADY_EXISTS = 0xb00e;

const EXACT_WORDS: Readonly<Record<number, string>> = {
  [PROCESSING_FAILURE]: 'the destination failed to process it',
  [DUPLICATE_SOP_INSTANCE]: 'the destination already holds this SOP Instance UID',
  [ALREADY_EXISTS]: 'the destination already holds this SOP Instance UID',
  290: 'the destination does not support its SOP Class',
  [NOT_AUTHORISED]: 'the destination does not authorise this node',
  531: 'the destination is short of resources',
  [NOT_OF_THIS_STUDY]: 'the destination says that it does not belong to the study',
  45056: 'the destination changed some of its attributes',
  45062: 'the destination discarded some of its attributes',
  45063: 'the destination says that it does not match its SOP Class',
  49442: 'the destination does not support its transfer syntax',
};

function rangeInWords(reason: number): string {
  switch (reason >> 8) {
    case 0xa7:
      return 'the destination is out of resources';
    case 0xa9:
      return 'the destination says that it does not match its SOP Class';
    case 0xb0:
      return 'the destination stored it with a warning';
    default:
      return reason >> 12 === 0xc ? 'the destination cannot understand it' : 'the destination did not store it';
  }
}
