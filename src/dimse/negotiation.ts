import type { association } from 'dcmjs-dimse';
import { isStorageSopClass, VERIFICATION_SOP_CLASS } from './abstract-syntax.ts';
import { constants } from './dimse-library.ts';

const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** Whom this node lets in, and under which name. */
export interface AccessRules {
  readonly aeTitle: string;
  /** Answer to every called AE title, not to `aeTitle` alone. */
  readonly acceptAnyCalledAe: boolean;
  /** AE titles, or "*" for all. */
  readonly allowedCallers: readonly string[];
}

/** An A-ASSOCIATE-RJ in the terms of PS3.8 table 9-21. */
export interface Rejection {
  readonly words: string;
  readonly result: number;
  readonly source: number;
  readonly reason: number;
}

const { RejectReason, RejectResult, RejectSource, PresentationContextResult } = constants;

export const CALLED_AE_NOT_RECOGNIZED: Rejection = {
  words: 'called AE title not recognized',
  result: RejectResult.Permanent,
  source: RejectSource.ServiceUser,
  reason: RejectReason.CalledAeNotRecognized,
};

export const CALLING_AE_NOT_RECOGNIZED: Rejection = {
  words: 'calling AE title not recognized',
  result: RejectResult.Permanent,
  source: RejectSource.ServiceUser,
  reason: RejectReason.CallingAeNotRecognized,
};

export const LOCAL_LIMIT_EXCEEDED: Rejection = {
  words: 'too many associations',
  result: RejectResult.Transient,
  source: RejectSource.ServiceProviderPresentation,
  reason: RejectReason.LocalLimitExceeded,
};

/** Why the association is refused, if it is. */
export function rejectionOf(requested: association.Association, rules: AccessRules): Rejection | undefined {
  if (!rules.acceptAnyCalledAe && requested.getCalledAeTitle() !== rules.aeTitle) {
    return CALLED_AE_NOT_RECOGNIZED;
  }
  const allowed = rules.allowedCallers.includes('*') || rules.allowedCallers.includes(requested.getCallingAeTitle());
  return allowed ? undefined : CALLING_AE_NOT_RECOGNIZED;
}

/** Answers every presentation context and returns the IDs of those that are accepted. */
export function answerPresentationContexts(requested: association.Association): readonly number[] {
  return requested.getPresentationContexts().flatMap(({ id, context }) => {
    const abstractSyntax = context.getAbstractSyntaxUid();
    if (abstractSyntax !== VERIFICATION_SOP_CLASS && !isStorageSopClass(abstractSyntax)) {
      context.setResult(PresentationContextResult.RejectAbstractSyntaxNotSupported);
      return [];
    }
    const transferSyntax = chosenTransferSyntax(context.getTransferSyntaxUids());
    if (transferSyntax === undefined) {
      context.setResult(PresentationContextResult.RejectTransferSyntaxesNotSupported);
      return [];
    }
    context.setResult(PresentationContextResult.Accept, transferSyntax);
    return [id];
  });
}

/** The bytes are kept as they come, whatever the syntax; explicit VR says most about the data set. */
function chosenTransferSyntax(proposed: readonly string[]): string | undefined {
  return proposed.includes(EXPLICIT_VR_LITTLE_ENDIAN) ? EXPLICIT_VR_LITTLE_ENDIAN : proposed[0];
}
