import { foldedForms } from '../core/series/folded-text.ts';
import { type KindRule, type KindVerdict, NO_RULE, sequenceKind } from '../core/series/kind-rules.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import { RULE_TOLD } from './folder-series.ts';

export const RULE_FILE_NAME = 'file-name';
/** On record where nothing told the kind of a volume. */
export const RULE_ASSUMED = 'assumed-cine';

/** Words of file names that no rule for a header believes on their own; data sets name their files so. */
const WORDS: readonly (readonly [SequenceKind, RegExp])[] = [
  ['LGE', /\b(lge|de)\b/i],
  ['T2', /\bt2\b/i],
  ['cine', /\b(cine|bssfp|ssfp|c0)\b/i],
];

/**
 * The kind of a NIfTI volume, whose header does not tell it: a person's word, or else the file's name, read as a series
 * description by the same rules. Where that says nothing either, cine.
 */
export function volumeKind(
  fileName: string,
  { kindRules, kind }: { readonly kindRules: readonly KindRule[]; readonly kind?: SequenceKind | undefined },
): KindVerdict {
  const name = fileName.replace(/\.nii(\.gz)?$/i, '');
  const byRules = sequenceKind({ modality: 'MR', seriesDescription: name }, kindRules);
  if (kind !== undefined) return { kind, rule: RULE_TOLD };
  if (byRules.rule !== NO_RULE) return byRules;
  const forms = foldedForms(name);
  const word = WORDS.find(([, pattern]) => forms.some((form) => pattern.test(form)));
  return word === undefined ? { kind: 'cine', rule: RULE_ASSUMED } : { kind: word[0], rule: RULE_FILE_NAME };
}
