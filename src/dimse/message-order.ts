import { COMMAND_FIELD, type CommandSet, parseCommandSet } from './command-set.ts';
import { ABORT_REASON, type Pdv, ProtocolError, pdvsOf } from './pdu.ts';

/** Far more than any command set of the services spoken here. */
const GREATEST_COMMAND_SET = 16_384;

const REQUESTS: readonly number[] = [
  COMMAND_FIELD.storeRequest,
  COMMAND_FIELD.echoRequest,
  COMMAND_FIELD.cancelRequest,
];
const RESPONSES: readonly number[] = [COMMAND_FIELD.storeResponse, COMMAND_FIELD.echoResponse];

/**
 * Sees that the PDVs of an association make up messages: a whole, readable command set of a service that is spoken
 * here, then its data set, if it has one, on the same accepted presentation context. What dcmjs-dimse makes of
 * anything else is a hang or unbounded memory.
 */
export class MessageOrder {
  readonly #commands: readonly number[];
  #accepted: ReadonlySet<number> = new Set();
  #fragments: Buffer[] = [];
  #fragmentsLength = 0;
  #contextId: number | undefined;
  #command: CommandSet | undefined;
  #inDataSet = false;

  constructor(role: 'acceptor' | 'requestor') {
    this.#commands = role === 'acceptor' ? REQUESTS : RESPONSES;
  }

  /** The IDs of the presentation contexts that were accepted. */
  accept(contextIds: Iterable<number>): void {
    this.#accepted = new Set(contextIds);
  }

  /** The command set of the message that is under way or came last. */
  get command(): CommandSet {
    if (this.#command === undefined) {
      throw new ProtocolError('there is no message yet', ABORT_REASON.unexpectedPdu);
    }
    return this.#command;
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
      } else if (pdv.isLast) {
        this.#endMessage();
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
    if (!this.#commands.includes(command.commandField)) {
      const field = command.commandField.toString(16).padStart(4, '0');
      throw new ProtocolError(`command ${field} is not spoken here`, ABORT_REASON.unexpectedParameter);
    }
    if (command.hasDataSet && command.commandField !== COMMAND_FIELD.storeRequest) {
      throw new ProtocolError('a data set after a command that has none', ABORT_REASON.unexpectedParameter);
    }
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
