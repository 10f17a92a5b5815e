import type { DicomJson } from '../attributes/dicom-json.ts';
import { comparableDate, comparableInteger, comparableTime, foldedName } from './match-values.ts';
import type { SearchAttribute, SearchLevel } from './search-attributes.ts';

/** What the value of an attribute has to be. */
export type Match =
  | { readonly kind: 'one-of'; readonly uids: readonly string[] }
  /** `*` stands for any characters, `?` for one (PS3.4 C.2.2.2.4). Names are folded. */
  | { readonly kind: 'pattern'; readonly pattern: string }
  /** In the comparable form, both ends included. */
  | { readonly kind: 'range'; readonly from: string; readonly to: string }
  | { readonly kind: 'number'; readonly value: number };

export interface Condition {
  readonly attribute: SearchAttribute;
  readonly match: Match;
}

export interface SearchQuery {
  readonly level: SearchLevel;
  readonly conditions: readonly Condition[];
  readonly offset: number;
  readonly limit: number;
}

/** One study, series or instance that was found: its attributes and those of what it belongs to. */
export interface SearchMatch {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid?: string;
  readonly sopInstanceUid?: string;
  readonly attributes: DicomJson;
}

/** A value longer than any VR allows asks for nothing that could be there. */
const GREATEST_VALUE_LENGTH = 1024;
const GREATEST_UID_LIST_LENGTH = 64 * 1024;

/**
 * What a match parameter asks for; `any` where it asks for nothing (Universal Matching), undefined where the value
 * cannot be understood.
 */
export function parseMatch({ matching }: SearchAttribute, value: string): Match | 'any' | undefined {
  const text = value.trim();
  if (text.length > (matching === 'uid' ? GREATEST_UID_LIST_LENGTH : GREATEST_VALUE_LENGTH)) return undefined;
  if (/^\**$/.test(text)) return 'any';
  switch (matching) {
    case 'uid':
      return { kind: 'one-of', uids: text.split(/[,\\]/).map((uid) => uid.trim()) };
    case 'name':
      return { kind: 'pattern', pattern: foldedName(text) };
    case 'text':
      return { kind: 'pattern', pattern: text };
    case 'date':
      return dateRange(text);
    case 'time':
      return timeRange(text);
    case 'integer': {
      const number = comparableInteger(text);
      return number === undefined ? undefined : { kind: 'number', value: number };
    }
    case 'none':
      return undefined;
  }
}

const FIRST_DATE = '00010101';
const LAST_DATE = '99991231';
const FIRST_TIME = '000000.000000';
const LAST_TIME = '235960.999999';

/** `20240131`, `20240101-20240131`, `20240101-`, `-20240131` (PS3.4 C.2.2.2.5). */
function dateRange(text: string): Match | undefined {
  const ends = endsOf(text, comparableDate);
  return ends && { kind: 'range', from: ends.from ?? FIRST_DATE, to: ends.to ?? LAST_DATE };
}

function timeRange(text: string): Match | undefined {
  const ends = endsOf(text, comparableTime);
  return ends && { kind: 'range', from: ends.from?.from ?? FIRST_TIME, to: ends.to?.to ?? LAST_TIME };
}

/** The two ends of a range; a single value is both. Undefined where a given end is none, or none is given. */
function endsOf<End>(
  text: string,
  parse: (end: string) => End | undefined,
): { readonly from: End | undefined; readonly to: End | undefined } | undefined {
  const parts = text.split('-').map((part) => part.trim());
  const [first = '', last = first] = parts;
  if (parts.length > 2 || (first === '' && last === '')) return undefined;
  const [from, to] = [parse(first), parse(last)];
  const wrong = (first !== '' && from === undefined) || (last !== '' && to === undefined);
  return wrong ? undefined : { from, to };
}
