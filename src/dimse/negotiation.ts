import type { association } from 'dcmjs-dimse';
import type { CommitmentService } from '../app/ports.ts';
import { isStorageSopClass, STORAGE_COMMITMENT_SOP_CLASS, VERIFICATION_SOP_CLASS } from './abstract-syntax.ts';
import { type Caller, type CallerFault, type CallerRule, callerFault } from './caller-rules.ts';
import { answerRoles, commitmentAccepted } from './commitment-scp.ts';
import { constants } from './dimse-library.ts';

const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** Whom this node lets in, and under which name. */
export interface AccessRules {
  readonly aeTitle: string;
  /** Answer to every called AE title, not to `aeTitle` alone. */
  readonly acceptAnyCalledAe: boolean;
  readonly allowedCallers: readonly CallerRule[];
}

/** What rejections are counted by; `tls`: a handshake that failed, before any association. */
export type RejectionCause = 'called-ae-title' | CallerFault | 'too-many' | 'tls';

/** An A-ASSOCIATE-RJ in the terms of PS3.8 table 9-21. */
export interface Rejection {
  readonly cause: RejectionCause;
  readonly words: string;
  readonly result: number;
  readonly source: number;
  readonly reason: number;
}

const { RejectReason, RejectResult, RejectSource, PresentationContextResult } = constants;

export const CALLED_AE_NOT_RECOGNIZED: Rejection = {
  cause: 'called-ae-title',
  words: 'called AE title not recognized',
  result: RejectResult.Permanent,
  source: RejectSource.ServiceUser,
  reason: RejectReason.CalledAeNotRecognized,
};

/** The log says what did not hold; the caller hears no more than that it is not known. */
function callerNotRecognized(cause: CallerFault): Rejection {
  return {
    cause,
    words: CALLER_FAULTS[cause],
    result: RejectResult.Permanent,
    source: RejectSource.ServiceUser,
    reason: RejectReason.CallingAeNotRecognized,
  };
}

const CALLER_FAULTS: Readonly<Record<CallerFault, string>> = {
  'calling-ae-title': 'calling AE title not recognized',
  address: 'calling AE title not allowed from this address',
  certificate: 'calling AE title not allowed with this certificate',
};

export const LOCAL_LIMIT_EXCEEDED: Rejection = {
  cause: 'too-many',
  words: 'too many associations',
  result: RejectResult.Transient,
  source: RejectSource.ServiceProviderPresentation,
  reason: RejectReason.LocalLimitExceeded,
};

/** Why the association is refused, if it is. */
export function rejectionOf(
  requested: association.Association,
  connection: Omit<Caller, 'aeTitle'>,
  rules: AccessRules,
): Rejection | undefined {
  if (!rules.acceptAnyCalledAe && requested.getCalledAeTitle() !== rules.aeTitle) {
    return CALLED_AE_NOT_RECOGNIZED;
  }
  const fault = callerFault({ ...connection, aeTitle: requested.getCallingAeTitle() }, rules.allowedCallers);
  return fault === undefined ? undefined : callerNotRecognized(fault);
}

/** Answers every presentation context and returns the IDs of those that are accepted. */
export function answerPresentationContexts(
  requested: association.Association,
  commitment?: CommitmentService,
): readonly number[] {
  return requested.getPresentationContexts().flatMap(({ id, context }) => {
    const abstractSyntax = context.getAbstractSyntaxUid();
    const isCommitment = abstractSyntax === STORAGE_COMMITMENT_SOP_CLASS && commitmentAccepted(commitment);
    if (abstractSyntax !== VERIFICATION_SOP_CLASS && !isStorageSopClass(abstractSyntax) && !isCommitment) {
      context.setResult(PresentationContextResult.RejectAbstractSyntaxNotSupported);
      return [];
    }
    const transferSyntax = chosenTransferSyntax(context.getTransferSyntaxUids());
    if (transferSyntax === undefined) {
      context.setResult(PresentationContextResult.RejectTransferSyntaxesNotSupported);
      return [];
    }
    context.setResult(PresentationContextResult.Accept, transferSyntax);
    if (isCommitment && commitment !== undefined) answerRoles(context, commitment);
    return [id];
  });
}

/** Those of the accepted presentation contexts that are for storage commitment. */
export function commitmentContextIds(answered: association.Association): readonly number[] {
  return answered.getPresentationContexts().flatMap(({ id, context }) => {
    const accepted = context.getResult() === PresentationContextResult.Accept;
    return accepted && context.getAbstractSyntaxUid() === STORAGE_COMMITMENT_SOP_CLASS ? [id] : [];
  });
}

/** The bytes are kept as they come, whatever the syntax; explicit VR says most about the data set. */
function chosenTransferSyntax(proposed: readonly string[]): string | undefined {
  return proposed.includes(EXPLICIT_VR_LITTLE_ENDIAN) ? EXPLICIT_VR_LITTLE_ENDIAN : proposed[0];
}
