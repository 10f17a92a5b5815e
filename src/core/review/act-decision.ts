import type { Flag } from '../decision/flags.ts';
import { CODE_WORDS } from '../decision/reason-text.ts';
import type { DerivationMethod } from '../derivation/derived-uid.ts';
import {
  type Correction,
  correctionFor,
  isMirror,
  type ObservedOrientation,
  type OrientationCode,
} from '../orientation/d4.ts';
import { actFault, assertedOperation, type ReviewSituation, type StandingDecision } from './possible-acts.ts';
import type { ReviewAct } from './review-acts.ts';

/** An act as it was ordered. */
export interface OrderedAct {
  readonly act: ReviewAct;
  /** What the picture shows; for `overrule`. */
  readonly code: ObservedOrientation | undefined;
}

/** The decision that takes the place of the one that stands. */
export interface DecisionByPerson {
  readonly decision: 'standardize' | 'pass-through';
  readonly observedCode: ObservedOrientation | null;
  /** 000 only where the header alone is put right. */
  readonly correction: Correction | null;
  readonly method: DerivationMethod;
  /** See DerivationRecord. */
  readonly assertedOperation: Correction | undefined;
  readonly flags: readonly Flag[];
  /** A plain sentence, for the record. */
  readonly reason: string;
  /** What goes to the archives: nothing where they have, or wait for, what is to stand. */
  readonly send: 'results' | 'received' | 'nothing';
}

/** What an act comes to. */
export type ActPlan =
  | { readonly possible: false; readonly why: string }
  | { readonly possible: true; readonly why: string; readonly change: DecisionByPerson | undefined };

/** What an act on a series comes to, in this situation. Pure: a preview and the act itself ask the same. */
export function planAct(ordered: OrderedAct, situation: ReviewSituation): ActPlan {
  const { standing } = situation;
  const fault = actFault(ordered.act, situation);
  if (fault !== undefined || standing === undefined) return { possible: false, why: fault ?? '' };
  if (ordered.act === 'approve') return { possible: true, why: 'Nothing is sent.', change: undefined };
  if (ordered.act === 'resend') return { possible: true, why: 'The same is sent once more.', change: undefined };
  const said = wordOf(ordered, standing, situation);
  if (said === undefined) return { possible: false, why: 'Say what the picture shows.' };
  const change = decisionBy(said, standing, situation);
  if (change.decision === 'standardize' && situation.mode === 'observe' && situation.isTurned) {
    return { possible: false, why: 'Its route only observes now: nothing is turned. It can be put back.' };
  }
  if (situation.isTurned && isTheSame(change, standing)) {
    return { possible: false, why: 'That is the decision that stands: approve it.' };
  }
  return { possible: true, why: whatHappens(change, situation), change };
}

/** What a person says of a series. */
interface Word {
  readonly shown: ObservedOrientation | null;
  readonly leave: boolean;
  readonly operation: Correction | undefined;
  readonly sentence: string;
}

function wordOf(
  { act, code }: OrderedAct,
  { header, observedCode }: StandingDecision,
  situation: ReviewSituation,
): Word | undefined {
  const word = (shown: ObservedOrientation | null, sentence: string, more: Partial<Word> = {}): Word => ({
    shown,
    sentence,
    leave: false,
    operation: undefined,
    ...more,
  });
  switch (act) {
    case 'overrule':
      return code === undefined
        ? undefined
        : word(code, `the picture shows ${CODE_WORDS[code as OrientationCode]} (code ${code})`);
    case 'trust-header':
      return header
        ? word(header.code, `the geometry header is right, and the picture is code ${header.code}`)
        : undefined;
    case 'trust-image': {
      const operation = assertedOperation(situation);
      if (operation === undefined) return undefined;
      const sentence = `the picture is right, code ${situation.pictureCode}, and the geometry header is not: the pixels had been turned by ${operation} without it`;
      return word(situation.pictureCode, sentence, { operation });
    }
    case 'leave-as-received':
      return word(observedCode, 'it is left as received', { leave: true });
    case 'put-back':
      return word(observedCode, 'it is put back as received', { leave: true });
    case 'approve':
    case 'resend':
      return undefined;
    default:
      return act satisfies never;
  }
}

function decisionBy(word: Word, standing: StandingDecision, situation: ReviewSituation): DecisionByPerson {
  const { shown, operation } = word;
  const correction = word.leave || shown === null ? undefined : correctionFor(shown);
  const turns = correction !== undefined && (correction !== '000' || operation !== undefined);
  const carried = turns && situation.mode === 'standardize';
  const goesAsReceived = standing.decision === 'hold-for-review' || situation.isTurned;
  const observes = turns && !carried ? ' Observe mode: it is not turned.' : '';
  return {
    decision: turns ? 'standardize' : 'pass-through',
    observedCode: shown,
    correction: turns ? correction : null,
    method: operation === undefined ? 'reorient' : 'relabel',
    assertedOperation: operation,
    flags: flagsOf(standing, { turns, carried }),
    reason: `A person decided in review: ${word.sentence}.${observes}`,
    send: carried ? 'results' : goesAsReceived ? 'received' : 'nothing',
  };
}

/** Of what was carried out before. */
const OF_THE_RESULT: ReadonlySet<Flag> = new Set(['observe', 'stale-private-geometry', 'reviewed']);
/** Of what could not be carried out before. */
const OF_A_FAILURE: ReadonlySet<Flag> = new Set(['cannot-reorient', 'proof-failed']);

function flagsOf(
  { flags }: StandingDecision,
  { turns, carried }: { readonly turns: boolean; readonly carried: boolean },
): Flag[] {
  const kept = flags.filter((flag) => !OF_THE_RESULT.has(flag) && !(carried && OF_A_FAILURE.has(flag)));
  return [...kept, ...(turns && !carried ? (['observe'] as const) : []), 'reviewed'];
}

function isTheSame(change: DecisionByPerson, standing: StandingDecision): boolean {
  return change.correction === standing.correction && change.method === standing.method;
}

function whatHappens(change: DecisionByPerson, { isTurned }: ReviewSituation): string {
  const superseded = isTurned ? ' What archives have of it now is superseded.' : '';
  switch (change.send) {
    case 'results':
      return `${howTurned(change)}${superseded}`;
    case 'received':
      return `It is sent as it was received.${superseded}`;
    case 'nothing':
      return change.decision === 'standardize'
        ? 'It goes on record. Its route only observes: it stays as received, and nothing is sent.'
        : 'It goes on record. It stays as received, and nothing is sent.';
    default:
      return change.send satisfies never;
  }
}

function howTurned({ correction, assertedOperation }: DecisionByPerson): string {
  if (assertedOperation === undefined) return `It is turned by ${correction}, pixels and header together, and sent.`;
  const mirror = isMirror(assertedOperation)
    ? ' The picture is a mirror image of what the header says: that of a heart on the other side would look the same.'
    : '';
  const turned =
    correction === '000' ? '' : ` Then it is turned by ${correction}, pixels and header together, and sent.`;
  return `Its geometry header is put right by the picture, which moves anatomy in patient space.${turned}${mirror}`;
}
