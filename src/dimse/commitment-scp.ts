import type { association } from 'dcmjs-dimse';
import type { CommitmentService, EventLog } from '../app/ports.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { STORAGE_COMMITMENT_SOP_CLASS } from './abstract-syntax.ts';
import type { CommandSet } from './command-set.ts';
import { COMMAND_FIELD } from './command-set.ts';
import { parseCommitmentList } from './commitment-data-set.ts';

const SUCCESS = 0x0000;
const PROCESSING_FAILURE = 0x0110;
const NO_SUCH_SOP_INSTANCE = 0x0112;
const INVALID_ARGUMENT_VALUE = 0x0115;
const NOT_AUTHORIZED = 0x0124;
const NO_SUCH_ACTION = 0x0123;
const NO_SUCH_EVENT_TYPE = 0x0113;
const UNRECOGNIZED_OPERATION = 0x0211;

/** One N-ACTION or N-EVENT-REPORT as it came. */
export interface CommitmentMessage {
  readonly command: CommandSet;
  readonly list: Buffer;
  readonly transferSyntaxUid: string;
  readonly callingAeTitle: string;
}

/** Which parts of storage commitment are spoken with peers that call. */
export function commitmentAccepted(service: CommitmentService | undefined): boolean {
  return service !== undefined && (service.takeReport !== undefined || service.takeRequest !== undefined);
}

/** In the answer, each role that was asked for is granted only where it is taken (PS3.7 D.3.3.4). */
export function answerRoles(context: association.PresentationContext, service: CommitmentService): void {
  if (context.getUserRole() === undefined && context.getProviderRole() === undefined) return;
  context.setUserRole(context.getUserRole() === true && service.takeRequest !== undefined);
  context.setProviderRole(context.getProviderRole() === true && service.takeReport !== undefined);
}

/** Takes it and resolves with the status of its response: success once it is durable (PS3.7 annex C). */
export async function answerCommitment(
  message: CommitmentMessage,
  service: CommitmentService | undefined,
  log: EventLog,
): Promise<number> {
  try {
    return await taken(message, service);
  } catch (thrown) {
    const { callingAeTitle } = message;
    log.warn('storage-commitment-refused', { callingAeTitle, reason: messageOf(thrown) });
    return thrown instanceof NodeError ? statusOf(thrown) : PROCESSING_FAILURE;
  }
}

async function taken(
  { command, list, transferSyntaxUid, callingAeTitle }: CommitmentMessage,
  service: CommitmentService | undefined,
): Promise<number> {
  const isAction = command.commandField === COMMAND_FIELD.actionRequest;
  if (command.affectedSopClassUid !== STORAGE_COMMITMENT_SOP_CLASS) return UNRECOGNIZED_OPERATION;
  if (isAction) {
    if (service?.takeRequest === undefined) return UNRECOGNIZED_OPERATION;
    if (command.typeId !== 1) return NO_SUCH_ACTION;
    const { transactionUid, committed } = parseCommitmentList(list, transferSyntaxUid);
    await service.takeRequest({ transactionUid, callingAeTitle, instances: committed });
    return SUCCESS;
  }
  if (service?.takeReport === undefined) return UNRECOGNIZED_OPERATION;
  if (command.typeId !== 1 && command.typeId !== 2) return NO_SUCH_EVENT_TYPE;
  await service.takeReport(parseCommitmentList(list, transferSyntaxUid));
  return SUCCESS;
}

function statusOf({ code }: NodeError): number {
  if (code === 'not-found') return NO_SUCH_SOP_INSTANCE;
  if (code === 'forbidden') return NOT_AUTHORIZED;
  const unreadable = ['bad-request', 'not-an-instance', 'truncated', 'contradicts-context'].includes(code);
  return unreadable ? INVALID_ARGUMENT_VALUE : PROCESSING_FAILURE;
}
