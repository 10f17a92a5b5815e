import type { Socket } from 'node:net';
import type { association, requests, responses } from 'dcmjs-dimse';
import type { OutgoingInstance } from '../app/ports.ts';
import type { NodeError } from '../core/errors.ts';
import { brokenOff, type Peer, rejectedBy, silentPeer } from './association-failure.ts';
import { connected, requestedAssociation, type StorageContext } from './association-request.ts';
import { COMMAND_FIELD, responseCommandSet, storeRequestCommandSet } from './command-set.ts';
import type { CommitmentMessage } from './commitment-scp.ts';
import { responses as answers, requests as commands, constants, Dataset, Scp } from './dimse-library.ts';
import { forgetMessage } from './forget-message.ts';
import { GuardedSocket } from './guarded-socket.ts';
import { MessageOrder } from './message-order.ts';
import type { OutgoingDataSet } from './outgoing-data-set.ts';
import { ABORT_REASON } from './pdu.ts';

export interface StoreTimes {
  readonly connectSeconds: number;
  readonly associationSeconds: number;
  /** From the last byte that the peer took to its answer. */
  readonly responseSeconds: number;
}

export interface AssociationOptions {
  readonly times: StoreTimes;
  readonly contexts: readonly StorageContext[];
  /** This side is the SCP of what it proposes: to report what it was asked before (PS3.7 D.3.3.4). */
  readonly asProvider?: boolean;
  /** Takes an N-EVENT-REPORT that comes over this association, and resolves with the status of its response. */
  readonly takeReport?: (message: CommitmentMessage) => Promise<number>;
}

const PROCESSING_FAILURE = 0x0110;

/** Tells dcmjs-dimse that a data set belongs to the request, but leaves the sending to `OutgoingDataSet`. */
class DataSetSentSeparately extends Dataset {
  override getDenaturalizedDataset(): Buffer {
    return Buffer.alloc(0);
  }
}

/** One association that this node opened: requests one after the other, each as soon as the last one is answered. */
export class StoreAssociation extends Scp {
  readonly #guard: GuardedSocket;
  readonly #peer: Peer;
  readonly #times: StoreTimes;
  readonly #requested: association.Association;
  #brokenBy: NodeError | undefined;
  #rejectAwaited: ((error: NodeError) => void) | undefined;
  readonly #order: MessageOrder;
  readonly #takeReport: AssociationOptions['takeReport'];
  #reported: Promise<void> | undefined;
  #reportAwaited: () => void = () => undefined;
  #alive = true;

  private constructor(socket: Socket, peer: Peer, options: AssociationOptions) {
    const order = new MessageOrder('requestor');
    const ms = options.times.responseSeconds * 1_000;
    const guard = new GuardedSocket(socket, {
      role: 'requestor',
      limits: { associate: 524_288, dataTransfer: 1_048_576 },
      // An answer that is missing is noticed here first, with better words.
      times: { requestMs: 2 ** 31 - 1, messageMs: ms + 10_000, idleMs: 2 ** 31 - 1 },
      inspect: (pdu) => order.inspect(pdu),
      midway: () => order.midway,
    });
    super(guard as unknown as Socket);
    this.#guard = guard;
    this.#peer = peer;
    this.#times = options.times;
    this.#requested = requestedAssociation(peer, options.contexts);
    if (options.asProvider === true) {
      for (const { context } of this.#requested.getPresentationContexts()) {
        context.setUserRole(false);
        context.setProviderRole(true);
      }
    }
    const ids = this.#requested.getPresentationContexts().map(({ id }) => id);
    order.accept(ids, options.takeReport === undefined ? [] : ids);
    this.#order = order;
    this.#takeReport = options.takeReport;
    guard.holdAfterPdu = () => {
      if (!order.midway) {
        forgetMessage(this);
      }
      return undefined;
    };
    // Before dcmjs-dimse hears of it, which keeps the words of an error and not its code.
    guard.prependListener('error', (error: Error) => this.#break(brokenOff(peer, error)));
    this.on('networkError', (error: Error) => this.#break(brokenOff(peer, error)));
    this.on('close', () => this.#break(brokenOff(peer)));
  }

  /** @throws NodeError destination-unreachable, destination-refused, destination-failed */
  static async open(peer: Peer, options: AssociationOptions): Promise<StoreAssociation> {
    const socket = await connected(peer, options.times.connectSeconds);
    const opened = new StoreAssociation(socket, peer, options);
    await opened.#negotiate();
    return opened;
  }

  /** Whether it is established and can take a C-STORE. */
  get alive(): boolean {
    return this.#alive && this.#guard.established;
  }

  /** Whether a context was proposed, accepted or not. */
  hasProposed({ sopClassUid, transferSyntaxUid }: StorageContext): boolean {
    return this.#requested
      .getPresentationContexts()
      .some(
        ({ context }) =>
          context.getAbstractSyntaxUid() === sopClassUid && context.getTransferSyntaxUids().includes(transferSyntaxUid),
      );
  }

  /** The ID of the accepted presentation context, or undefined where the archive refused it. */
  acceptedContextId({ sopClassUid, transferSyntaxUid }: StorageContext): number | undefined {
    return this.#requested
      .getPresentationContexts()
      .find(
        ({ context }) =>
          context.getResult() === constants.PresentationContextResult.Accept &&
          context.getAbstractSyntaxUid() === sopClassUid &&
          context.getAcceptedTransferSyntaxUid() === transferSyntaxUid,
      )?.id;
  }

  /** Sends one instance on an accepted context and resolves with the archive's status. @throws NodeError destination-failed */
  async store(instance: OutgoingInstance, dataSet: OutgoingDataSet, contextId: number): Promise<number> {
    const request = new commands.CStoreRequest(new DataSetSentSeparately({}, instance.transferSyntaxUid));
    request.setCommandDataset(storeRequestCommandSet(instance.sopClassUid, instance.sopInstanceUid));
    const response = new Promise<number>((resolve) => {
      request.on('response', (answer: responses.CStoreResponse) => resolve(answer.getStatus()));
    });
    this.sendRequests(request);
    const channel = { contextId, peerMaxPduLength: this.#requested.getMaxPduLength() };
    while (await this.#within('answering', dataSet.sendBlock(this.#guard, channel))) {
      // The peer has as long for each block as for its answer, so that a great instance may take its time.
    }
    return await this.#within('answering', response);
  }

  /** Sends a request whose context was accepted and resolves with the peer's status. @throws NodeError destination-failed */
  async perform(request: requests.NActionRequest | requests.NEventReportRequest): Promise<number> {
    const response = new Promise<number>((resolve) => {
      request.on('response', (answer: responses.NActionResponse | responses.NEventReportResponse) =>
        resolve(answer.getStatus()),
      );
    });
    this.sendRequests(request);
    return await this.#within('answering', response);
  }

  /** Leaves the peer so long to report over this association, and sees that a report that came is answered. */
  async untilReported(milliseconds: number): Promise<void> {
    if (this.#reported === undefined && this.alive) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#reportAwaited = () => {
          clearTimeout(timer);
          resolve();
        };
        this.once('close', this.#reportAwaited);
      });
    }
    await this.#reported;
  }

  /** Releases the association politely, and closes it in any case. */
  async release(): Promise<void> {
    if (!this.alive) {
      this.#guard.end();
      return;
    }
    const closed = new Promise<void>((resolve) => this.once('close', () => resolve()));
    this.#alive = false;
    this.sendAssociationReleaseRequest();
    const patience = setTimeout(
      () => this.#guard.abort('no answer to the release', 0, ABORT_REASON.notSpecified),
      2_000,
    );
    await closed;
    clearTimeout(patience);
  }

  /** Ends it at once, for instance in the middle of a data set that cannot be read to its end. */
  abandon(): void {
    this.#guard.abort('this node gave up', 0, ABORT_REASON.notSpecified);
  }

  override nEventReportRequest(
    request: requests.NEventReportRequest,
    respond: (response: responses.NEventReportResponse) => void,
  ): void {
    this.#reported = this.#answerReport(request).then(respond);
    this.#reportAwaited();
  }

  async #answerReport(request: requests.NEventReportRequest): Promise<responses.NEventReportResponse> {
    const { command, list } = this.#order;
    const response = answers.NEventReportResponse.fromRequest(request);
    const transferSyntaxUid = request.getDataset()?.getTransferSyntaxUid() ?? '';
    const message = { command, list, transferSyntaxUid, callingAeTitle: this.#peer.calledAeTitle };
    // Without somebody to take it, the command was refused before.
    const status = (await this.#takeReport?.(message)) ?? PROCESSING_FAILURE;
    const commandField = COMMAND_FIELD.eventReportResponse;
    response.setCommandDataset(responseCommandSet({ commandField, request: command, status }));
    return response;
  }

  override associationReleaseRequested(): void {
    this.sendAssociationReleaseResponse();
  }

  override abort(source: number, reason: number): void {
    this.#break(brokenOff(this.#peer, new Error(`A-ABORT, source ${source}, reason ${reason}`)));
  }

  async #negotiate(): Promise<void> {
    const answered = new Promise<void>((resolve, reject) => {
      this.on('associationAccepted', () => resolve());
      this.on('associationRejected', (rejection: { result: number; source: number; reason: number }) =>
        reject(rejectedBy(this.#peer, rejection)),
      );
    });
    this.sendAssociationRequest(this.#requested);
    await this.#within('negotiating', answered);
  }

  /** Waits no longer than this phase may last, and no longer than the association lasts. */
  async #within<T>(phase: 'negotiating' | 'answering', awaited: Promise<T>): Promise<T> {
    const seconds = phase === 'negotiating' ? this.#times.associationSeconds : this.#times.responseSeconds;
    // It may fail later than the association does.
    awaited.catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    // Not a race with one promise for the whole association: it would remember every race it was in.
    const ended = new Promise<never>((_resolve, reject) => {
      this.#rejectAwaited = reject;
      timer = setTimeout(() => reject(silentPeer(this.#peer, phase, seconds)), seconds * 1_000);
    });
    try {
      if (this.#brokenBy !== undefined) {
        throw this.#brokenBy;
      }
      return await Promise.race([awaited, ended]);
    } catch (error) {
      this.#alive = false;
      this.abandon();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#rejectAwaited = undefined;
    }
  }

  #break(error: NodeError): void {
    this.#alive = false;
    this.#brokenBy ??= error;
    this.#rejectAwaited?.(this.#brokenBy);
    this.#guard.abort(error.message, 0, ABORT_REASON.notSpecified);
  }
}
