import { foldedForms } from './folded-text.ts';
import {
  type CodeAttribute,
  type KindHeader,
  type NumberAttribute,
  type TextAttribute,
  textsOf,
} from './kind-header.ts';
import type { SequenceKind } from './sequence-kind.ts';

/** What one attribute must show. A missing attribute meets no condition. */
export type KindCondition =
  /** One of the patterns (made by `foldedPattern`) is found in one of the texts. */
  | { readonly type: 'text'; readonly attribute: TextAttribute; readonly patterns: readonly RegExp[] }
  /** One of the values is there (upper case). */
  | { readonly type: 'code'; readonly attribute: CodeAttribute; readonly values: readonly string[] }
  /** The number is there, finite and not outside. */
  | { readonly type: 'number'; readonly attribute: NumberAttribute; readonly min: number; readonly max: number };

/** A rule holds where all of `when`, at least one of `anyOf` (where there is any) and none of `unless` are met. */
export interface KindRule {
  readonly name: string;
  readonly kind: SequenceKind;
  readonly when: readonly KindCondition[];
  readonly anyOf: readonly KindCondition[];
  readonly unless: readonly KindCondition[];
}

export interface KindVerdict {
  readonly kind: SequenceKind;
  /** Name of the rule that decided, for the record. */
  readonly rule: string;
}

/** On record where no rule holds: what is not known is not eligible. */
export const NO_RULE = 'no-rule-holds';

/** The sequence kind by the first rule that holds. */
export function sequenceKind(header: KindHeader, rules: readonly KindRule[]): KindVerdict {
  const met = conditionCheck(header);
  for (const { name, kind, when, anyOf, unless } of rules) {
    if (when.every(met) && (anyOf.length === 0 || anyOf.some(met)) && !unless.some(met)) {
      return { kind, rule: name };
    }
  }
  return { kind: 'other', rule: NO_RULE };
}

/** Texts and codes are brought into their compared form once for all rules. */
function conditionCheck(header: KindHeader): (condition: KindCondition) => boolean {
  const texts = new Map<TextAttribute, readonly string[]>();
  const codes = new Map<CodeAttribute, ReadonlySet<string>>();
  return (condition) => {
    if (condition.type === 'number') {
      const number = header[condition.attribute];
      return number !== undefined && number >= condition.min && number <= condition.max;
    }
    if (condition.type === 'code') {
      const present = remembered(codes, condition.attribute, (attribute) => codesOf(header, attribute));
      return condition.values.some((value) => present.has(value));
    }
    const forms = remembered(texts, condition.attribute, (attribute) =>
      textsOf(header, attribute).flatMap(foldedForms),
    );
    return forms.some((form) => condition.patterns.some((pattern) => pattern.test(form)));
  };
}

function codesOf(header: KindHeader, attribute: CodeAttribute): ReadonlySet<string> {
  return new Set(header[attribute]?.map((value) => value.trim().toUpperCase()));
}

function remembered<Key, Value>(known: Map<Key, Value>, key: Key, make: (key: Key) => Value): Value {
  const value = known.get(key) ?? make(key);
  known.set(key, value);
  return value;
}
