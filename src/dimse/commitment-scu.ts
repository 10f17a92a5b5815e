import type { CommitmentReport, CommitmentRequest, EventLog, TakeReport } from '../app/ports.ts';
import { NodeError } from '../core/errors.ts';
import { IMPLICIT_VR_LITTLE_ENDIAN } from '../part10/transfer-syntax.ts';
import { STORAGE_COMMITMENT_SOP_CLASS, STORAGE_COMMITMENT_SOP_INSTANCE } from './abstract-syntax.ts';
import type { Peer } from './association-failure.ts';
import { actionRequestCommandSet, type ExactCommandSet, eventReportRequestCommandSet } from './command-set.ts';
import { encodeCommitmentList } from './commitment-data-set.ts';
import { answerCommitment } from './commitment-scp.ts';
import { requests as commands, Dataset } from './dimse-library.ts';
import { storeStatusInWords } from './dimse-status.ts';
import { type AssociationOptions, StoreAssociation, type StoreTimes } from './store-association.ts';

/** Action Type 1: request storage commitment (PS3.4 table J.3-1). */
const REQUEST_COMMITMENT = 1;
/** Event Types (PS3.4 table J.3-2). */
const ALL_COMMITTED = 1;
const FAILURES_EXIST = 2;

const CONTEXT = { sopClassUid: STORAGE_COMMITMENT_SOP_CLASS, transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN };

export interface CommitmentCall {
  readonly peer: Peer;
  readonly times: StoreTimes;
}

/** What happens to a report that comes over the association of its request. */
export interface ReportTaking {
  readonly takeReport: TakeReport;
  readonly log: EventLog;
}

/** Archives that report over the same association do so at once. */
const SAME_ASSOCIATION_MS = 1_000;

/**
 * Asks an archive to commit to instances, over an association of its own. The archive reports over that one at once, or
 * later over one that it opens.
 * @throws NodeError destination-unreachable, destination-refused, destination-failed
 */
export async function askForCommitment(
  call: CommitmentCall,
  { transactionUid, instances }: CommitmentRequest,
  { takeReport, log }: ReportTaking,
): Promise<void> {
  const list = encodeCommitmentList({ transactionUid, committed: instances, failed: [] });
  const command = new commands.NActionRequest(
    STORAGE_COMMITMENT_SOP_CLASS,
    STORAGE_COMMITMENT_SOP_INSTANCE,
    REQUEST_COMMITMENT,
  );
  const request = withList(command, list, actionRequestCommandSet(...WELL_KNOWN, REQUEST_COMMITMENT));
  await perform(call, request, { takeReport: (message) => answerCommitment(message, { takeReport }, log) });
}

/** Tells a scanner what is committed, in the role of an SCP. @throws as `askForCommitment` */
export async function reportCommitment(call: CommitmentCall, report: CommitmentReport): Promise<void> {
  const typeId = report.failed.length === 0 ? ALL_COMMITTED : FAILURES_EXIST;
  const command = new commands.NEventReportRequest(
    STORAGE_COMMITMENT_SOP_CLASS,
    STORAGE_COMMITMENT_SOP_INSTANCE,
    typeId,
  );
  const list = encodeCommitmentList(report);
  await perform(call, withList(command, list, eventReportRequestCommandSet(...WELL_KNOWN, typeId)), {
    asProvider: true,
  });
}

const WELL_KNOWN = [STORAGE_COMMITMENT_SOP_CLASS, STORAGE_COMMITMENT_SOP_INSTANCE] as const;

/** A data set that is encoded already. */
class EncodedList extends Dataset {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    super({}, IMPLICIT_VR_LITTLE_ENDIAN);
    this.#bytes = bytes;
  }

  override getDenaturalizedDataset(): Buffer {
    return this.#bytes;
  }
}

type ServiceRequest = InstanceType<typeof commands.NActionRequest | typeof commands.NEventReportRequest>;

function withList(request: ServiceRequest, list: Buffer, command: ExactCommandSet): ServiceRequest {
  request.setCommandDataset(command);
  request.setDataset(new EncodedList(list));
  return request;
}

async function perform(
  { peer, times }: CommitmentCall,
  request: ServiceRequest,
  options: Pick<AssociationOptions, 'asProvider' | 'takeReport'>,
): Promise<void> {
  const association = await StoreAssociation.open(peer, { times, contexts: [CONTEXT], ...options });
  const subject = { destination: peer.name };
  if (association.acceptedContextId(CONTEXT) === undefined) {
    await association.release();
    throw new NodeError('destination-refused', `${peer.name} does not take part in storage commitment`, { subject });
  }
  const status = await association.perform(request);
  if (status === 0 && options.takeReport !== undefined) await association.untilReported(SAME_ASSOCIATION_MS);
  await association.release();
  if (status === 0) return;
  const words = `${peer.name} refused a storage commitment: ${storeStatusInWords(status)}`;
  throw new NodeError('destination-refused', words, { subject });
}
