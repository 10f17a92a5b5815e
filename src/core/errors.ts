import type { DeliveryCause } from './delivery/delivery-cause.ts';

/**
 * The closed list of things that can go wrong and be told to somebody. Edges translate a code into their own
 * protocol (a DIMSE status, an HTTP status, an exit code) by one exhaustive table each.
 */
export const ERROR_CODES = [
  'not-an-instance', // the bytes cannot be read as one DICOM data set
  'truncated', // the data set ends before it says that it does
  'contradicts-context', // the data set is not what the presentation context or command set announced
  'caller-not-allowed',
  'storage-full',
  'storage-failed',
  'database-failed',
  'database-newer', // written by a later version of this software
  'geometry-missing',
  'geometry-invalid',
  'pixel-data-mismatch', // Rows × Columns × … does not equal the length of Pixel Data
  'cannot-reorient', // a known reason why this instance must not or cannot be turned
  'proof-failed', // a rewritten instance did not keep its patient coordinates
  'model-invalid', // manifest or weights do not match
  'provider-unavailable', // an ONNX Runtime execution provider that is required cannot be used
  'classifier-failed',
  'destination-refused',
  'destination-unreachable',
  'destination-failed',
  'configuration-invalid',
  'bad-request',
  'unauthorized',
  'forbidden', // signed in, but not as somebody who may
  'not-found',
  'conflict', // it contradicts what is: somebody else was faster, or something stands where it would stand
  'too-many-requests',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What an error is about. UIDs and attribute names only: never a value that could identify a patient. */
export interface ErrorSubject {
  readonly sopInstanceUid?: string;
  readonly seriesInstanceUid?: string;
  /** DICOM keyword of the attribute at fault, for example `ImageOrientationPatient`. */
  readonly attribute?: string;
  readonly file?: string;
  readonly destination?: string;
}

/** The one error class of the product: coded, about somebody, and it keeps its cause. */
export class NodeError extends Error {
  readonly code: ErrorCode;
  /** Of a delivery that failed, where the code alone does not say why. */
  readonly deliveryCause: DeliveryCause | undefined;
  readonly subject: ErrorSubject;
  /** The message without the subject, for where that is told beside it. */
  readonly words: string;

  constructor(
    code: ErrorCode,
    message: string,
    options: { subject?: ErrorSubject; cause?: unknown; deliveryCause?: DeliveryCause } = {},
  ) {
    const { subject = {}, cause } = options;
    const about = [subject.attribute, subject.sopInstanceUid, subject.destination, subject.file].filter(Boolean);
    super(about.length > 0 ? `${message} (${about.join(', ')})` : message, cause === undefined ? {} : { cause });
    this.name = 'NodeError';
    this.code = code;
    this.deliveryCause = options.deliveryCause;
    this.subject = subject;
    this.words = message;
  }
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
