import type { SeriesFilter, SeriesRow } from '../api/series.ts';
import type { DecisionKind, DecisionReason } from '../core/decision/decision.ts';
import type { Flag } from '../core/decision/flags.ts';
import type { OrientationCode } from '../core/orientation/d4.ts';
import type { ReviewAct } from '../core/review/review-acts.ts';

/** What was done to the standard picture to obtain the picture at hand. */
export const CODE_WORDS: Readonly<Record<OrientationCode, string>> = {
  '000': 'standard',
  '001': 'mirrored left–right',
  '010': 'mirrored top–bottom',
  '011': 'half turn',
  '100': 'transposed',
  '101': 'quarter turn clockwise',
  '110': 'quarter turn counter-clockwise',
  '111': 'anti-transposed',
};

export const DECISION_NAMES: Readonly<Record<DecisionKind, string>> = {
  standardize: 'turned',
  'pass-through': 'left alone',
  'hold-for-review': 'held',
};

/** What became of a series, in the mode that it was decided in. */
export function decisionName(decision: DecisionKind, mode: 'observe' | 'standardize' | null): string {
  if (mode !== 'observe') return DECISION_NAMES[decision];
  return { standardize: 'would be turned', 'pass-through': 'left alone', 'hold-for-review': 'would be held' }[decision];
}

export const REASON_NAMES: Readonly<Record<DecisionReason, string>> = {
  turned: 'turned',
  standard: 'standard',
  'not-eligible': 'not eligible',
  'not-short-axis': 'not a short axis',
  'possible-situs-variant': 'possible situs variant',
  contradiction: 'contradiction',
  uncertain: 'uncertain',
  'no-geometry': 'no geometry',
  'few-slices': 'few slices',
  'cannot-reorient': 'cannot be turned',
  'mixed-planes': 'mixed planes',
  'duplicate-uid': 'duplicate UID',
  'classifier-failed': 'recogniser failed',
  reviewed: 'a person decided',
};

export const FLAG_WORDS: Readonly<Record<Flag, { readonly name: string; readonly sentence: string }>> = {
  uncertain: {
    name: 'uncertain',
    sentence: 'Picture and header together are not sure, or the slices contradict each other.',
  },
  contradiction: { name: 'contradiction', sentence: 'Picture and header are both sure and disagree.' },
  'possible-situs-variant': {
    name: 'situs variant?',
    sentence: 'The picture is sure of a heart on a side that the plane does not have in a usual heart.',
  },
  'no-geometry': { name: 'no geometry', sentence: 'Position, orientation or pixel spacing is missing or broken.' },
  'not-short-axis': { name: 'not short axis', sentence: 'The pictures or the plane are not those of a short axis.' },
  'few-slices': {
    name: 'few slices',
    sentence: 'Fewer than three slice positions, and no header that names the same code.',
  },
  'near-border': {
    name: 'near border',
    sentence: 'The heart lies near 45°, where two neighbouring codes are harmless.',
  },
  'mixed-planes': { name: 'mixed planes', sentence: 'One series holds differently oriented stacks.' },
  'group-split': {
    name: 'group split',
    sentence: 'Series of one stack group showed different pictures and were decided apart.',
  },
  'cannot-reorient': { name: 'cannot be turned', sentence: 'An instance must not or cannot be turned.' },
  'proof-failed': {
    name: 'proof failed',
    sentence: 'A rewritten instance did not keep its patient coordinates; the series went out as received.',
  },
  'stale-private-geometry': {
    name: 'stale private geometry',
    sentence: 'Private vendor geometry was kept and describes the picture before it was turned.',
  },
  'duplicate-uid': { name: 'duplicate UID', sentence: 'One SOP Instance UID arrived with different Pixel Data.' },
  'new-version': { name: 'new version', sentence: 'An instance arrived again with another header.' },
  late: { name: 'late', sentence: 'An instance arrived after its series was decided, and followed the decision.' },
  'late-contradiction': {
    name: 'late contradiction',
    sentence: 'With a late instance the decision would have been another; it followed all the same.',
  },
  'classifier-failed': { name: 'recogniser failed', sentence: 'The recogniser gave no answer.' },
  'time-budget': { name: 'time budget', sentence: 'The series was decided because its time was up.' },
  'invalid-attribute': { name: 'invalid attribute', sentence: 'An attribute has a value that DICOM does not allow.' },
  reviewed: { name: 'reviewed', sentence: 'A person decided, in review.' },
  observe: { name: 'observe', sentence: 'What would have been done is on record and was not done.' },
};

export const ACT_WORDS: Readonly<
  Record<ReviewAct, { readonly name: string; readonly done: string; readonly what: string }>
> = {
  approve: { name: 'Approve', done: 'approved', what: 'The decision that stands is right.' },
  overrule: {
    name: 'Overrule',
    done: 'overruled',
    what: 'The picture shows another code: it is turned by that, pixels and header together.',
  },
  'leave-as-received': {
    name: 'Leave as received',
    done: 'left as received',
    what: 'The series goes, or stays, as it was received.',
  },
  'trust-header': {
    name: 'Trust the header',
    done: 'header trusted',
    what: 'The picture is treated as what the header claims.',
  },
  'trust-image': {
    name: 'Trust the image',
    done: 'image trusted',
    what: 'You assert that the header is wrong. Anatomy moves in patient space.',
  },
  'put-back': {
    name: 'Put back',
    done: 'put back',
    what: 'The archives get the original again; the result that they have is superseded.',
  },
  resend: { name: 'Send again', done: 'sent again', what: 'The same once more, to the same archives.' },
};

/** `123`, `1,234`. */
export function count(number: number): string {
  return number.toLocaleString('en-GB');
}

/** `1 series`, `2 series`; `1 instance`, `2 instances`. */
export function many(number: number, one: string, more: string = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : more}`;
}

/** Of all deliveries of a series, the state that asks for most attention. */
export const DELIVERY_WORDS: Readonly<Record<SeriesRow['delivery'], string>> = {
  none: 'none yet',
  waiting: 'waiting',
  failing: 'failing',
  dead: 'given up',
  delivered: 'delivered',
};

export const REVIEW_WORDS: Readonly<Record<NonNullable<SeriesFilter['review']>, string>> = {
  needed: 'needs a person',
  done: 'done',
  none: 'none',
};
