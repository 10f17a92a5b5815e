import type { SeriesFilter, SeriesQuery } from '../../api/series.ts';
import type { DecisionKind, DecisionReason } from '../../core/decision/decision.ts';
import { DECISION_KINDS, DECISION_REASONS } from '../../core/decision/decision.ts';
import { FLAGS } from '../../core/decision/flags.ts';
import { ORIENTATION_CODES } from '../../core/orientation/d4.ts';
import { SEQUENCE_KINDS } from '../../core/series/sequence-kind.ts';
import type { Choice } from '../parts/choice.ts';
import { searchOf } from '../request-address.ts';
import { CODE_WORDS, DELIVERY_WORDS, decisionName, FLAG_WORDS, REASON_NAMES, REVIEW_WORDS } from '../words.ts';

/** What the list shows, and in which order: everything of the query but the page. */
export type ListQuery = Partial<Omit<SeriesQuery, 'limit' | 'cursor'>>;

const named = <Value extends string>(values: readonly Value[], name: (value: Value) => string): readonly Choice[] =>
  values.map((value) => ({ value, name: name(value) }));

const keysOf = <Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] =>
  Object.keys(record) as Key[];

/** Filters of which one of a closed list is chosen. */
export const CHOICES = {
  kind: named(SEQUENCE_KINDS, (kind) => kind),
  code: named(ORIENTATION_CODES, (code) => `${code} ${CODE_WORDS[code]}`),
  decision: named<DecisionKind>(DECISION_KINDS, (decision) => decisionName(decision, null)),
  reason: named<DecisionReason>(DECISION_REASONS, (reason) => REASON_NAMES[reason]),
  flag: named(FLAGS, (flag) => FLAG_WORDS[flag].name),
  delivery: named(keysOf(DELIVERY_WORDS), (state) => DELIVERY_WORDS[state]),
  review: named(keysOf(REVIEW_WORDS), (review) => REVIEW_WORDS[review]),
} as const satisfies { readonly [Name in keyof SeriesFilter]?: readonly Choice[] };

export const ORDER_NAMES: Readonly<Record<SeriesQuery['order'], string>> = {
  received: 'received',
  confidence: 'confidence',
  code: 'code',
  scanner: 'scanner',
  kind: 'kind',
  decision: 'decision',
};

const TEXTS = ['text', 'scanner', 'station', 'destination', 'reviewer', 'modelVersion', 'study', 'series'] as const;
const MOMENTS = ['from', 'to'] as const;
const NUMBERS = ['confidenceFrom', 'confidenceBelow'] as const;

/** What an address asks for. What it says wrongly is as if it were not there: an address is typed and shortened by people. */
export function listQueryOf(search: string): ListQuery {
  const given = new URLSearchParams(search);
  const query: Record<string, unknown> = {};
  for (const name of TEXTS) {
    const text = given.get(name)?.trim();
    if (text) query[name] = text;
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = given.get(name);
    if (choices.some((choice) => choice.value === value)) query[name] = value;
  }
  for (const name of MOMENTS) {
    const moment = new Date(given.get(name) ?? '');
    if (!Number.isNaN(moment.getTime())) query[name] = moment.toISOString();
  }
  for (const name of NUMBERS) {
    const text = given.get(name) ?? '';
    const number = Number(text);
    if (text !== '' && number >= 0 && number <= 1) query[name] = number;
  }
  const order = given.get('order') ?? '';
  if (Object.hasOwn(ORDER_NAMES, order) && order !== 'received') query['order'] = order;
  if (given.get('descending') === 'false') query['descending'] = false;
  return query;
}

/** The address of a list. `listQueryOf` reads it back. */
export function listAddress(query: ListQuery): string {
  return `/series${searchOf(query)}`;
}

/** The same list without its order: what a batch takes. */
export function filterOf({ order: _order, descending: _descending, ...filter }: ListQuery): SeriesFilter {
  return filter;
}

/** The query with one filter set, or, with undefined, taken away. */
export function withFilter<Name extends keyof ListQuery>(
  query: ListQuery,
  name: Name,
  value: ListQuery[Name] | undefined,
): ListQuery {
  const { [name]: _before, ...others } = query;
  return value === undefined || value === '' ? (others as ListQuery) : { ...others, [name]: value };
}

/** Filters in words, for a batch or a heading. */
export function filterInWords(filter: SeriesFilter): string {
  const words = Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const choices: readonly Choice[] = (CHOICES as Readonly<Record<string, readonly Choice[]>>)[name] ?? [];
      return `${FILTER_NAMES[name as keyof SeriesFilter]} ${choices.find((choice) => choice.value === value)?.name ?? value}`;
    });
  return words.length === 0 ? 'all series' : words.join(' · ');
}

export const FILTER_NAMES: Readonly<Record<keyof SeriesFilter, string>> = {
  from: 'from',
  to: 'before',
  scanner: 'scanner',
  station: 'station',
  kind: 'kind',
  code: 'code',
  decision: 'decision',
  reason: 'because',
  flag: 'flag',
  confidenceBelow: 'confidence below',
  confidenceFrom: 'confidence from',
  delivery: 'delivery',
  destination: 'destination',
  review: 'review',
  reviewer: 'reviewer',
  modelVersion: 'model version',
  study: 'study',
  series: 'series',
  text: 'text',
};
