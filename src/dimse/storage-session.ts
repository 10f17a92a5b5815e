import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { association, Dataset as DimseDataset, requests, responses } from 'dcmjs-dimse';
import type { CommitmentService, EventLog, Intake, Reception } from '../app/ports.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { verifiedSubject } from './caller-rules.ts';
import { COMMAND_FIELD, responseCommandSet } from './command-set.ts';
import { answerCommitment, type CommitmentMessage } from './commitment-scp.ts';
import { ANNOUNCED_MAX_PDU_LENGTH, responses as answers, Dataset, Scp } from './dimse-library.ts';
import { STORED, type StoreAnswer, storeAnswerFor } from './dimse-status.ts';
import { forgetMessage } from './forget-message.ts';
import { GuardedSocket, type GuardTimes } from './guarded-socket.ts';
import { IncomingDataSet } from './incoming-data-set.ts';
import { MessageOrder } from './message-order.ts';
import {
  type AccessRules,
  answerPresentationContexts,
  commitmentContextIds,
  LOCAL_LIMIT_EXCEEDED,
  type RejectionCause,
  rejectionOf,
} from './negotiation.ts';
import { ABORT_REASON } from './pdu.ts';
import type { PduLimits } from './pdu-framer.ts';

/** What all associations of one listener share. */
export interface SessionSurroundings {
  readonly rules: AccessRules;
  readonly limits: PduLimits;
  readonly times: GuardTimes;
  readonly intake: Intake;
  readonly commitment: CommitmentService | undefined;
  readonly log: EventLog;
  /** Takes a place among the associations; false when there is none left. */
  readonly admit: (session: StorageSession) => boolean;
  readonly onRejected: (cause: RejectionCause) => void;
}

/** One association: C-ECHO, C-STORE and storage commitment, one message after the other. */
export class StorageSession extends Scp {
  readonly #guard: GuardedSocket;
  readonly #order: MessageOrder;
  readonly #surroundings: SessionSurroundings;
  readonly #certificateSubject: ReturnType<typeof verifiedSubject>;
  #callingAeTitle = '';
  #calledAeTitle = '';
  #incoming: IncomingDataSet | undefined;
  #answering: Promise<void> | undefined;
  #ending = false;

  constructor(socket: Socket, surroundings: SessionSurroundings) {
    const order = new MessageOrder('acceptor');
    const guard = new GuardedSocket(socket, {
      role: 'acceptor',
      limits: surroundings.limits,
      times: surroundings.times,
      inspect: (pdu) => order.inspect(pdu),
      midway: () => order.midway,
    });
    super(guard as unknown as Socket);
    this.#guard = guard;
    this.#order = order;
    this.#surroundings = surroundings;
    this.#certificateSubject = verifiedSubject(socket);
    guard.holdAfterPdu = () => {
      if (!order.midway) {
        forgetMessage(this);
      }
      return this.#answering ?? this.#incoming?.room();
    };
    this.on('networkError', (error: Error) => this.#failed(error));
    this.on('close', () => this.#closed());
  }

  /** Of the peer. */
  get address(): string | undefined {
    return this.#guard.remoteAddress;
  }

  /** Whether a message is under way. */
  get storing(): boolean {
    return this.#order.midway || this.#answering !== undefined;
  }

  /** Ends the association now, or after the C-STORE that is under way. */
  endSoon(): void {
    this.#ending = true;
    if (!this.storing) {
      this.endNow();
    }
  }

  endNow(): void {
    this.#guard.abort('this node is shutting down', 0, ABORT_REASON.notSpecified);
  }

  override associationRequested(requested: association.Association): void {
    this.#callingAeTitle = requested.getCallingAeTitle();
    this.#calledAeTitle = requested.getCalledAeTitle();
    const { rules, admit, log, onRejected } = this.#surroundings;
    const connection = { address: this.#guard.remoteAddress, certificateSubject: this.#certificateSubject };
    const rejection = rejectionOf(requested, connection, rules) ?? (admit(this) ? undefined : LOCAL_LIMIT_EXCEEDED);
    if (rejection !== undefined) {
      onRejected(rejection.cause);
      log.warn('association-rejected', { ...this.#peer(), reason: rejection.words });
      this.sendAssociationReject(rejection.result, rejection.source, rejection.reason);
      return;
    }
    const accepted = answerPresentationContexts(requested, this.#surroundings.commitment);
    this.#order.accept(accepted, commitmentContextIds(requested));
    // The answer announces the lesser of this and our own maximum: what the peer takes is not what we take.
    requested.setMaxPduLength(ANNOUNCED_MAX_PDU_LENGTH);
    // One message after the other, whatever the peer proposed (PS3.7 D.3.3.3).
    requested.setNegotiateAsyncOps(false);
    log.info('association-accepted', this.#peer());
    this.sendAssociationAccept();
  }

  override associationReleaseRequested(): void {
    this.sendAssociationReleaseResponse();
  }

  override cEchoRequest(request: requests.CEchoRequest, respond: (response: responses.CEchoResponse) => void): void {
    const response = answers.CEchoResponse.fromRequest(request);
    const command = this.#order.command;
    response.setCommandDataset(
      responseCommandSet({ commandField: COMMAND_FIELD.echoResponse, request: command, status: STORED.status }),
    );
    respond(response);
  }

  override cCancelRequest(): void {
    // Nothing here takes long enough to be cancelled (PS3.7 9.3.2.3 knows no cancel for C-STORE).
  }

  override abort(source: number, reason: number): void {
    this.#surroundings.log.warn('association-aborted-by-peer', { ...this.#peer(), source, reason });
  }

  override createStoreWritableStream(context: association.PresentationContext): Writable {
    this.#incoming = new IncomingDataSet(this.#open(context), this.#contradiction(context));
    return this.#incoming;
  }

  /** The data set is with the intake; dcmjs-dimse only wants something to carry on with. */
  override createDatasetFromStoreWritableStream(
    _stream: Writable,
    _context: association.PresentationContext,
    carryOn: (dataset: DimseDataset) => void,
  ): void {
    carryOn(new Dataset());
  }

  override cStoreRequest(request: requests.CStoreRequest, respond: (response: responses.CStoreResponse) => void): void {
    this.#answer(this.#answerStore(request, respond));
  }

  override nActionRequest(
    request: requests.NActionRequest,
    respond: (response: responses.NActionResponse) => void,
  ): void {
    const response = answers.NActionResponse.fromRequest(request);
    this.#answer(this.#answerCommitment(request, COMMAND_FIELD.actionResponse, response).then(() => respond(response)));
  }

  override nEventReportRequest(
    request: requests.NEventReportRequest,
    respond: (response: responses.NEventReportResponse) => void,
  ): void {
    const response = answers.NEventReportResponse.fromRequest(request);
    const answered = this.#answerCommitment(request, COMMAND_FIELD.eventReportResponse, response);
    this.#answer(answered.then(() => respond(response)));
  }

  /** The next message waits until this one is answered, and so does the end of the association. */
  #answer(answered: Promise<void>): void {
    this.#answering = answered.finally(() => {
      this.#answering = undefined;
      if (this.#ending) {
        this.endNow();
      }
    });
  }

  async #answerCommitment(
    request: requests.NActionRequest | requests.NEventReportRequest,
    commandField: number,
    response: responses.NActionResponse | responses.NEventReportResponse,
  ): Promise<void> {
    const { command, list } = this.#order;
    const message: CommitmentMessage = {
      command,
      list,
      transferSyntaxUid: request.getDataset()?.getTransferSyntaxUid() ?? '',
      callingAeTitle: this.#callingAeTitle,
    };
    const { commitment, log } = this.#surroundings;
    const status = await answerCommitment(message, commitment, log);
    response.setCommandDataset(responseCommandSet({ commandField, request: command, status }));
  }

  async #open(context: association.PresentationContext): Promise<Reception> {
    const { affectedSopClassUid, affectedSopInstanceUid } = this.#order.command;
    return this.#surroundings.intake.open({
      sopClassUid: affectedSopClassUid,
      sopInstanceUid: affectedSopInstanceUid,
      transferSyntaxUid: context.getAcceptedTransferSyntaxUid() ?? '',
      via: 'dimse',
      callingAeTitle: this.#callingAeTitle,
      calledAeTitle: this.#calledAeTitle,
    });
  }

  /** Such a data set is taken in, so that it can be looked at, but it is no instance of this node. */
  #contradiction(context: association.PresentationContext): NodeError | undefined {
    const { affectedSopClassUid, affectedSopInstanceUid } = this.#order.command;
    if (affectedSopClassUid === context.getAbstractSyntaxUid()) return undefined;
    return new NodeError(
      'contradicts-context',
      'the command set names another SOP Class than its presentation context',
      { subject: { sopInstanceUid: affectedSopInstanceUid, attribute: 'SOPClassUID' } },
    );
  }

  async #answerStore(
    request: requests.CStoreRequest,
    respond: (response: responses.CStoreResponse) => void,
  ): Promise<void> {
    const command = this.#order.command;
    const { status, errorComment } = await this.#store(command.affectedSopInstanceUid);
    const response = answers.CStoreResponse.fromRequest(request);
    response.setCommandDataset(
      responseCommandSet({ commandField: COMMAND_FIELD.storeResponse, request: command, status, errorComment }),
    );
    respond(response);
  }

  async #store(sopInstanceUid: string): Promise<StoreAnswer> {
    try {
      if (this.#incoming === undefined) {
        throw new NodeError('not-an-instance', 'a C-STORE without a data set');
      }
      await this.#incoming.complete();
      return STORED;
    } catch (thrown) {
      const answer = storeAnswerFor(thrown);
      const details = { ...this.#peer(), sopInstanceUid, status: answer.status, reason: messageOf(thrown) };
      this.#surroundings.log.warn('c-store-refused', details);
      return answer;
    } finally {
      this.#incoming = undefined;
    }
  }

  /** A broken connection, a broken protocol, or a message that dcmjs-dimse could not read. */
  #failed(error: Error): void {
    const level = this.#ending ? 'info' : 'warn';
    this.#surroundings.log[level]('association-failed', { ...this.#peer(), reason: error.message });
    this.#guard.abort(error.message, 2, ABORT_REASON.invalidParameter);
  }

  #closed(): void {
    // A data set that is complete is stored, even if nobody is left to hear so.
    if (this.#answering === undefined) {
      void this.#incoming?.abandon();
      this.#incoming = undefined;
    }
    this.#surroundings.log.info('association-closed', this.#peer());
  }

  #peer(): Readonly<Record<string, unknown>> {
    return {
      callingAeTitle: this.#callingAeTitle,
      calledAeTitle: this.#calledAeTitle,
      address: this.#guard.remoteAddress,
    };
  }
}
