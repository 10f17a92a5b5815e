import { relabelFault } from '../attributes/relabel-edits.ts';
import type { DecisionKind, HeaderSummary } from '../decision/decision.ts';
import type { Flag } from '../decision/flags.ts';
import type { DerivationMethod } from '../derivation/derived-uid.ts';
import type { ImagePlane } from '../geometry/image-plane.ts';
import { type Correction, type ObservedOrientation, operationBetween } from '../orientation/d4.ts';
import { splitIntoStacks } from '../series/stack-group.ts';
import { REVIEW_ACTS, type ReviewAct } from './review-acts.ts';

/** What of the decision that stands an act looks at. */
export interface StandingDecision {
  readonly decision: DecisionKind;
  readonly observedCode: ObservedOrientation | null;
  readonly correction: Correction | null;
  readonly method: DerivationMethod;
  readonly header: HeaderSummary | null;
  readonly flags: readonly Flag[];
}

/** All that tells what a person may do with a series. */
export interface ReviewSituation {
  /** Undefined while the series is still being received. */
  readonly standing: StandingDecision | undefined;
  /** What the node saw in the picture, whatever persons decided since. */
  readonly pictureCode: ObservedOrientation | null;
  /** There are results by the decision that stands: archives have them or wait for them. */
  readonly isTurned: boolean;
  /** Something of it was sent, or waits to be. */
  readonly wasSent: boolean;
  /** Why it cannot be turned, as the end of a sentence; see turningObstacle. */
  readonly obstacle: string | undefined;
  /** Of its instances, as they were received. */
  readonly planes: readonly ImagePlane[];
  /** Of the route that it would take now. */
  readonly mode: 'observe' | 'standardize';
}

/** Why a series cannot be turned by anybody; undefined where nothing is known to forbid it. */
export function turningObstacle(
  instances: readonly {
    readonly plane: ImagePlane | undefined;
    readonly turnFault: { readonly attribute: string; readonly fault: string } | undefined;
    readonly duplicateUid: boolean;
  }[],
): string | undefined {
  if (instances.some(({ duplicateUid }) => duplicateUid)) {
    return 'one SOP Instance UID arrived with different Pixel Data';
  }
  const fault = instances.find(({ turnFault }) => turnFault !== undefined)?.turnFault;
  if (fault !== undefined) return `${fault.attribute} ${fault.fault}`;
  const stacks = splitIntoStacks(instances.flatMap(({ plane }) => (plane === undefined ? [] : [{ plane }])));
  return stacks.length > 1 ? 'it holds differently oriented stacks' : undefined;
}

/** What was done to the pixels and not to their header, if the picture is right; undefined where that is not known. */
export function assertedOperation({ standing, pictureCode }: ReviewSituation): Correction | undefined {
  if (standing?.header == null || pictureCode === null || standing.header.code === pictureCode) return undefined;
  return operationBetween(standing.header.code, pictureCode);
}

/** Each act, and in plain words what it does or why it is not possible. */
export function possibleActs(
  situation: ReviewSituation,
): readonly { readonly act: ReviewAct; readonly possible: boolean; readonly why: string }[] {
  return REVIEW_ACTS.map((act) => {
    const fault = actFault(act, situation);
    return { act, possible: fault === undefined, why: fault ?? MEANING[act] };
  });
}

const MEANING: Readonly<Record<ReviewAct, string>> = {
  approve: 'The decision is right. Nothing is sent.',
  overrule: 'The picture as received shows something else: it is decided by that.',
  'leave-as-received': 'It goes, or stays, as it was received.',
  'trust-header': 'The picture is treated as what its geometry header says.',
  'trust-image': 'The geometry header is put right by what the picture shows; this moves anatomy in patient space.',
  'put-back': 'The archives get the series again as it was received; what they have of it is superseded.',
  resend: 'The same is sent once more, to the same archives.',
};

/** Why an act is not possible, whatever code it names; undefined where it is. */
export function actFault(act: ReviewAct, situation: ReviewSituation): string | undefined {
  const { standing, isTurned, wasSent } = situation;
  if (standing === undefined) return 'The series is still being received.';
  switch (act) {
    case 'approve':
      return standing.decision === 'hold-for-review'
        ? 'The series is held: say what is to be done with it instead.'
        : undefined;
    case 'overrule':
      return turningFault(situation);
    case 'leave-as-received':
      return isTurned ? 'The series was turned: put it back instead.' : undefined;
    case 'put-back':
      return isTurned ? undefined : 'No turned series of this stands in an archive.';
    case 'trust-header':
      return contradictionFault(standing) ?? (standing.header?.code === '000' ? undefined : turningFault(situation));
    case 'trust-image':
      return contradictionFault(standing) ?? turningFault(situation) ?? relabellingFault(situation);
    case 'resend':
      return wasSent ? undefined : 'Nothing of the series was sent.';
    default:
      return act satisfies never;
  }
}

function turningFault({ obstacle }: ReviewSituation): string | undefined {
  return obstacle === undefined ? undefined : `The series cannot be turned: ${obstacle}.`;
}

function contradictionFault({ flags, header }: StandingDecision): string | undefined {
  return flags.includes('contradiction') && header !== null
    ? undefined
    : 'Picture and geometry header do not contradict each other.';
}

function relabellingFault(situation: ReviewSituation): string | undefined {
  const operation = assertedOperation(situation);
  if (operation === undefined) return 'The picture shows what the geometry header says.';
  for (const plane of situation.planes) {
    const fault = relabelFault(plane, operation);
    if (fault !== undefined) return `The geometry cannot be put right: ${fault.attribute} ${fault.fault}.`;
  }
  return undefined;
}
