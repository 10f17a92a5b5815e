/**
 * What the use cases need of the world. Edges implement these; nothing here knows a protocol, a file system or a
 * database product.
 */
import type { AuditMessage } from '../core/audit-messages/audit-message.ts';
import type { DeliveryCause } from '../core/delivery/delivery-cause.ts';
import type { NodeError } from '../core/errors.ts';
import type { ModelIdentity, SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import type { SearchMatch, SearchQuery } from '../core/search/search-query.ts';

/** What a sender announced about the data set that follows. */
export interface AnnouncedInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly via: 'dimse' | 'stow';
  /** AE titles of the association; for STOW-RS the user's name and empty. At most 16 characters. */
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
}

/** One data set on its way in. Exactly one of `finish`, `refuse` and `abort` is called. */
export interface Reception {
  /** Takes the next bytes of the data set (no file meta information); resolves when there is room for more. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Resolves when the instance is durable: only then may success be answered.
   * @throws NodeError not-an-instance, truncated, contradicts-context (kept in quarantine), storage-full, storage-failed
   */
  finish(): Promise<void>;
  /** What arrived is not to be stored, for a reason that only its receiver knows: kept in quarantine with it. */
  refuse(error: NodeError): Promise<void>;
  /** The sender went away: what arrived is dropped. */
  abort(): Promise<void>;
}

/** The one way in, for C-STORE and STOW-RS alike. */
export interface Intake {
  /** @throws NodeError storage-full */
  open(announced: AnnouncedInstance): Promise<Reception>;
}

/** One stored Part 10 file that is to be delivered with its data set byte for byte. */
export interface OutgoingInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Absolute path of a Part 10 file. */
  readonly file: string;
  /** Where the data set begins in the file (after the file meta information) and how long it is. */
  readonly dataSetOffset: number;
  readonly dataSetLength: number;
  /** AE title of the scanner that sent the source. */
  readonly callingAeTitle: string;
}

export type DeliveryOutcome =
  | { readonly stored: true /** A warning in plain words, with its status. */; readonly warning?: string }
  | {
      readonly stored: false;
      readonly cause: DeliveryCause;
      /** Plain words for a person, with the status. */
      readonly reason: string;
    };

/** An archive. */
export interface Destination {
  readonly name: string;
  /** How many batches may be under way at once. */
  readonly concurrency: number;
  /**
   * Delivers a batch in order and tells the outcome of each instance as soon as it is known.
   * @throws NodeError destination-unreachable, destination-refused, destination-failed: the instances without an
   *   outcome were not delivered, as far as this side can know.
   */
  deliver(
    batch: readonly OutgoingInstance[],
    outcome: (index: number, outcome: DeliveryOutcome) => void,
  ): Promise<void>;
  /**
   * Asks it to commit to instances that it stored. It reports at once to `takeReport`, or later over an association that
   * it opens. Not there where its protocol has no such service.
   * @throws NodeError as `deliver`
   */
  readonly askForCommitment?: (request: CommitmentRequest, takeReport: TakeReport) => Promise<void>;
  close(): Promise<void>;
}

/** As sequences of references name an instance. */
export interface ReferencedInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

/** The question whether these are safe. */
export interface CommitmentRequest {
  readonly transactionUid: string;
  readonly instances: readonly ReferencedInstance[];
}

/** `reason` is a Failure Reason (0008,1197), PS3.3 C.14.1.1. */
export type FailedInstance = ReferencedInstance & { readonly reason: number };

/** What became of the instances of one storage commitment (PS3.4 annex J). */
export interface CommitmentReport {
  readonly transactionUid: string;
  readonly committed: readonly ReferencedInstance[];
  readonly failed: readonly FailedInstance[];
}

/**
 * An archive reports what became of a request; resolves when that is durable.
 * @throws NodeError not-found (no such transaction is open), database-failed
 */
export type TakeReport = (report: CommitmentReport) => Promise<void>;

/** What peers that call may do about storage commitment; what is not there is refused. */
export interface CommitmentService {
  readonly takeReport?: TakeReport;
  /**
   * A scanner wants to know when what it sent is safe; resolves when that is durable.
   * @throws NodeError forbidden (its address is not known), bad-request, database-failed
   */
  readonly takeRequest?: (request: CommitmentRequest & { readonly callingAeTitle: string }) => Promise<void>;
}

/** The recogniser. */
export interface Classifier {
  readonly model: ModelIdentity;
  /** @throws NodeError classifier-failed */
  classify(images: readonly GreyImage[]): Promise<readonly SlicePrediction[]>;
  close(): Promise<void>;
}

/** One instance that is retained, as it was received or as it was derived. */
export interface RetainedInstance {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /**
   * Undefined where the bytes are not retained any more.
   * @throws NodeError storage-failed
   */
  open(): Promise<RetainedFile | undefined>;
}

/** The Part 10 file of a retained instance, to be read piece by piece. */
export interface RetainedFile {
  /** Of the whole file. */
  readonly length: number;
  /** Where the data set begins. */
  readonly dataSetOffset: number;
  /** As many bytes as asked for; fewer only at the end. */
  read(start: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface SearchResult {
  /** How many were found, up to the limit that was asked for. */
  readonly count: number;
  /** There are more than the limit let through. */
  readonly more: boolean;
  /** Instances that arrived a moment ago may be missing. */
  readonly isBehind: boolean;
  /** A few at a time. */
  matches(): AsyncIterable<readonly SearchMatch[]>;
}

/** What is retained, for whoever searches and retrieves. */
export interface Retained {
  search(query: SearchQuery): Promise<SearchResult>;
  /** Instances of a study, of a series of it, or one of these; none where nothing of it is retained. */
  find(selector: {
    readonly studyInstanceUid: string;
    readonly seriesInstanceUid?: string;
    readonly sopInstanceUid?: string;
  }): Promise<readonly RetainedInstance[]>;
}

/** Where a site collects the audit messages of all its systems. */
export interface AuditRepository {
  /**
   * Resolves when it has taken all of them, as far as this side can know.
   * @throws Error in plain words: any of them may be lost
   */
  send(messages: readonly AuditMessage[]): Promise<void>;
}

/** Structured events for the operator's log: UIDs and codes, never patient data. */
export interface EventLog {
  info(event: string, details?: Readonly<Record<string, unknown>>): void;
  warn(event: string, details?: Readonly<Record<string, unknown>>): void;
  error(event: string, details?: Readonly<Record<string, unknown>>): void;
}
