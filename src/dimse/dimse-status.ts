import type { DeliveryCause } from '../core/delivery/delivery-cause.ts';
import { type ErrorCode, NodeError } from '../core/errors.ts';

const CANNOT_UNDERSTAND = 0xc000;
const DATA_SET_DOES_NOT_MATCH = 0xa900;
const OUT_OF_RESOURCES = 0xa700;
const NOT_AUTHORIZED = 0x0124;
const PROCESSING_FAILURE = 0x0110;

/** The status that a C-STORE is answered with (PS3.4 table B.2-1, PS3.7 annex C). */
export const STORE_STATUS = {
  'not-an-instance': CANNOT_UNDERSTAND,
  truncated: CANNOT_UNDERSTAND,
  'contradicts-context': DATA_SET_DOES_NOT_MATCH,
  'caller-not-allowed': NOT_AUTHORIZED,
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
  'bad-request': PROCESSING_FAILURE,
  unauthorized: NOT_AUTHORIZED,
  forbidden: NOT_AUTHORIZED,
  'not-found': PROCESSING_FAILURE,
  conflict: PROCESSING_FAILURE,
  'too-many-requests': OUT_OF_RESOURCES,
} as const satisfies Record<ErrorCode, number>;

export interface StoreAnswer {
  readonly status: number;
  /** For Error Comment (0000,0902): fixed words, since a message could quote the data set. */
  readonly errorComment?: string;
}

export const STORED: StoreAnswer = { status: 0 };

/** What a C-STORE is answered with after this was thrown. */
export function storeAnswerFor(thrown: unknown): StoreAnswer {
  const code: ErrorCode = thrown instanceof NodeError ? thrown.code : 'storage-failed';
  return { status: STORE_STATUS[code], errorComment: code.replaceAll('-', ' ') };
}

/** What a peer's C-STORE status means, for a person (PS3.4 table B.2-1, PS3.7 annex C). */
export function storeStatusInWords(status: number): string {
  const exact = EXACT_WORDS.get(status);
  const words = exact ?? RANGE_WORDS.find(([mask, value]) => (status & mask) === value)?.[2] ?? 'unknown failure';
  return `${words} (${hex(status)})`;
}

/** Why a status that is neither success nor warning was answered. */
export function causeOfStoreStatus(status: number): DeliveryCause {
  const ofRange = RANGE_CAUSES.find(([mask, value]) => (status & mask) === value)?.[2];
  return EXACT_CAUSES.get(status) ?? ofRange ?? 'processing-failure';
}

const EXACT_CAUSES: ReadonlyMap<number, DeliveryCause> = new Map([
  [0x0118, 'not-supported'],
  [0x0119, 'mismatch'],
  [0x0122, 'not-supported'],
  [NOT_AUTHORIZED, 'not-authorized'],
  [0x0213, 'out-of-resources'],
]);

const RANGE_CAUSES: readonly (readonly [mask: number, value: number, cause: DeliveryCause])[] = [
  [0xff00, OUT_OF_RESOURCES, 'out-of-resources'],
  [0xff00, 0xa800, 'not-supported'],
  [0xff00, DATA_SET_DOES_NOT_MATCH, 'mismatch'],
  [0xf000, CANNOT_UNDERSTAND, 'not-understood'],
];

/** The instance is stored, though not without remark. */
export function isStoreWarning(status: number): boolean {
  return (status & 0xf000) === 0xb000 || WARNINGS.includes(status);
}

/** Duplicate SOP Instance means that the peer holds this UID already, as after a send whose answer was lost. */
const WARNINGS: readonly number[] = [0x0001, 0x0107, 0x0111, 0x0116];

const EXACT_WORDS: ReadonlyMap<number, string> = new Map([
  [0x0107, 'attribute list error'],
  [0x0110, 'processing failure'],
  [0x0111, 'it holds this SOP Instance UID already'],
  [0x0115, 'invalid argument value'],
  [0x0116, 'attribute value out of range'],
  [0x0117, 'invalid SOP Instance UID'],
  [0x0118, 'no such SOP Class'],
  [0x0119, 'SOP Class and instance do not belong together'],
  [0x0122, 'SOP Class not supported'],
  [0x0124, 'not authorized'],
  [0x0210, 'duplicate invocation'],
  [0x0211, 'unrecognized operation'],
  [0x0212, 'mistyped argument'],
  [0x0213, 'resource limitation'],
  [0xb000, 'it changed attribute values'],
  [0xb006, 'it discarded elements'],
  [0xb007, 'the data set does not match its SOP Class'],
]);

const RANGE_WORDS: readonly (readonly [mask: number, value: number, words: string])[] = [
  [0xff00, 0xa700, 'out of resources'],
  [0xff00, 0xa800, 'SOP Class not supported'],
  [0xff00, 0xa900, 'the data set does not match its SOP Class'],
  [0xf000, 0xc000, 'it cannot understand the data set'],
  [0xf000, 0xb000, 'stored with a warning'],
];

function hex(status: number): string {
  return status.toString(16).toUpperCase().padStart(4, '0');
}
