import { COMMAND_FIELD, type CommandSet, parseCommandSet } from './command-set.ts';
import { ABORT_REASON, type Pdv, ProtocolError, pdvsOf } from './pdu.ts';

/** Far more than any command set of the services spoken here. */
const GREATEST_COMMAND_SET = 16_384;
/** Of a request about other instances, which is kept in memory: some 30,000 references. */
const GREATEST_LIST = 4_194_304;

const REQUESTS: readonly number[] = [
  COMMAND_FIELD.storeRequest,
  COMMAND_FIELD.echoRequest,
  COMMAND_FIELD.cancelRequest,
  COMMAND_FIELD.actionRequest,
  COMMAND_FIELD.eventReportRequest,
];
const RESPONSES: readonly number[] = [
  COMMAND_FIELD.storeResponse,
  COMMAND_FIELD.echoResponse,
  COMMAND_FIELD.actionResponse,
  COMMAND_FIELD.eventReportResponse,
  // Who was asked for storage commitment may answer over the same association.
  COMMAND_FIELD.eventReportRequest,
];
/** Requests whose data set is a list of references, and not an instance to be streamed. */
const WITH_LIST: readonly number[] = [COMMAND_FIELD.actionRequest, COMMAND_FIELD.eventReportRequest];

/**
 * Sees that the PDVs of an association make up messages: a whole, readable command set of a service that is spoken
 * here, then its data set, if it has one, on the same accepted presentation context. What dcmjs-dimse makes of
 * anything else is a hang or unbounded memory.
 */
export class MessageOrder {
  readonly #commands: readonly number[];
  #accepted: ReadonlySet<number> = new Set();
  #acceptedForLists: ReadonlySet<number> = new Set();
  #fragments: Buffer[] = [];
  #fragmentsLength = 0;
  #contextId: number | undefined;
  #command: CommandSet | undefined;
  #inDataSet = false;
  #list: Buffer[] = [];
  #listLength = 0;

  constructor(role: 'acceptor' | 'requestor') {
    this.#commands = role === 'acceptor' ? REQUESTS : RESPONSES;
  }

  /** The IDs of the presentation contexts that were accepted, and those of them that are for lists of references. */
  accept(contextIds: Iterable<number>, forLists: Iterable<number> = []): void {
    this.#accepted = new Set(contextIds);
    this.#acceptedForLists = new Set(forLists);
  }

  /** The command set of the message that is under way or came last. */
  get command(): CommandSet {
    if (this.#command === undefined) {
      throw new ProtocolError('there is no message yet', ABORT_REASON.unexpectedPdu);
    }
    return this.#command;
  }

  /** The data set of the message that came last, where it is a list of references; empty otherwise. */
  get list(): Buffer {
    return Buffer.concat(this.#list);
  }

  /** Whether a message has begun and not ended. */
  get midway(): boolean {
    return this.#contextId !== undefined;
  }

  /** Checks a P-DATA-TF. @throws ProtocolError */
  inspect(pdu: Buffer): void {
    let ended = false;
    for (const pdv of pdvsOf(pdu)) {
      if (ended) {
        throw new ProtocolError('a message before the last one was answered', ABORT_REASON.unexpectedParameter);
      }
      this.#inspectContext(pdv);
      if (pdv.isCommand === this.#inDataSet) {
        const what = this.#inDataSet ? 'a command set inside a data set' : 'a data set without a command set';
        throw new ProtocolError(what, ABORT_REASON.unexpectedParameter);
      }
      if (pdv.isCommand) {
        this.#commandFragment(pdv);
      } else {
        this.#dataSetFragment(pdv);
      }
      ended = !this.midway;
    }
  }

  #inspectContext({ contextId }: Pdv): void {
    if (!this.#accepted.has(contextId)) {
      throw new ProtocolError(`presentation context ${contextId} was not accepted`, ABORT_REASON.invalidParameter);
    }
    if (this.#contextId !== undefined && contextId !== this.#contextId) {
      throw new ProtocolError('a message changes its presentation context', ABORT_REASON.invalidParameter);
    }
    this.#contextId = contextId;
  }

  #dataSetFragment({ value, isLast }: Pdv): void {
    if (WITH_LIST.includes(this.command.commandField)) {
      this.#list.push(value);
      this.#listLength += value.length;
      if (this.#listLength > GREATEST_LIST || this.#list.length > GREATEST_LIST / 256) {
        throw new ProtocolError('the list of references is too long', ABORT_REASON.invalidParameter);
      }
    }
    if (isLast) {
      this.#endMessage();
    }
  }

  #commandFragment({ value, isLast }: Pdv): void {
    this.#fragments.push(value);
    this.#fragmentsLength += value.length;
    if (this.#fragmentsLength > GREATEST_COMMAND_SET || this.#fragments.length > GREATEST_COMMAND_SET / 8) {
      throw new ProtocolError('the command set is too long', ABORT_REASON.invalidParameter);
    }
    if (!isLast) {
      return;
    }
    const command = parseCommandSet(Buffer.concat(this.#fragments));
    this.#fragments = [];
    this.#fragmentsLength = 0;
    const withList = WITH_LIST.includes(command.commandField);
    const listWelcome = this.#acceptedForLists.has(this.#contextId ?? -1);
    if (!this.#commands.includes(command.commandField) || (withList && !listWelcome)) {
      const field = command.commandField.toString(16).padStart(4, '0');
      throw new ProtocolError(`command ${field} is not spoken here`, ABORT_REASON.unexpectedParameter);
    }
    if (command.hasDataSet && !withList && command.commandField !== COMMAND_FIELD.storeRequest) {
      throw new ProtocolError('a data set after a command that has none', ABORT_REASON.unexpectedParameter);
    }
    this.#list = [];
    this.#listLength = 0;
    this.#command = command;
    this.#inDataSet = command.hasDataSet;
    if (!command.hasDataSet) {
      this.#endMessage();
    }
  }

  #endMessage(): void {
    this.#inDataSet = false;
    this.#contextId = undefined;
  }
}
