import { NodeError } from '../core/errors.ts';
import {
  isAtOrAbove,
  REQUEST_ATTRIBUTES,
  REQUEST_ITEM_ATTRIBUTES,
  type SearchAttribute,
  type SearchLevel,
  searchAttribute,
} from '../core/search/search-attributes.ts';
import { type Condition, parseMatch } from '../core/search/search-query.ts';
import { tagOfKeyword } from '../part10/data-dictionary.ts';

/** What the parameters of a search ask for (PS3.18 8.3.4). */
export interface SearchParameters {
  readonly conditions: readonly Condition[];
  /** Tags that are to be returned besides those that always are. */
  readonly included: ReadonlySet<number>;
  readonly includesAll: boolean;
  readonly offset: number;
  readonly limit: number | undefined;
  /** What was asked for and was not done, in words for a Warning header. */
  readonly warnings: readonly string[];
}

const NOT_SUPPORTED: Readonly<Record<string, string>> = {
  fuzzymatching: 'The fuzzymatching parameter is not supported. Only literal matching has been performed.',
  emptyvaluematching: 'The emptyvaluematching parameter is not supported. Empty Value Matching has not been performed.',
  multiplevaluematching:
    'The multiplevaluematching parameter is not supported. Multiple Value Matching has not been performed.',
};
/** These say how to answer, and are read elsewhere. */
const NOT_OF_THE_SEARCH = ['accept', 'charset'];
const GREATEST_NUMBER = 1_000_000_000;
/** So many are named in a warning. */
const MOST_NAMES = 20;

/** @throws NodeError bad-request, in words that name the parameter and not its value */
export function searchParameters(parameters: URLSearchParams, level: SearchLevel): SearchParameters {
  const reading = new Reading(level);
  for (const [name, value] of parameters) {
    if (!NOT_OF_THE_SEARCH.includes(name)) reading.take(name, value);
  }
  return reading.result();
}

class Reading {
  readonly #level: SearchLevel;
  readonly #seen = new Set<string>();
  readonly #conditions: Condition[] = [];
  readonly #included = new Set<number>();
  readonly #warnings: string[] = [];
  readonly #ignored = new Set<string>();
  #includesAll = false;
  #offset: number | undefined;
  #limit: number | undefined;

  constructor(level: SearchLevel) {
    this.#level = level;
  }

  take(name: string, value: string): void {
    if (name === 'includefield') {
      for (const field of value.split(',')) this.#include(field.trim());
      return;
    }
    if (name === 'limit') this.#limit = this.#number(name, value);
    else if (name === 'offset') this.#offset = this.#number(name, value);
    else if (NOT_SUPPORTED[name] !== undefined) this.#flag(name, value);
    else this.#match(name, value);
  }

  result(): SearchParameters {
    return {
      conditions: this.#conditions,
      included: this.#included,
      includesAll: this.#includesAll,
      offset: this.#offset ?? 0,
      limit: this.#limit,
      warnings: [...this.#warnings, ...this.#ignoredInWords()],
    };
  }

  #ignoredInWords(): readonly string[] {
    const names = [...this.#ignored].slice(0, MOST_NAMES).join(', ');
    return names === '' ? [] : [`Not supported at this level and ignored: ${names}`];
  }

  #number(name: string, value: string): number {
    this.#once(name);
    if (!/^\d{1,10}$/.test(value) || Number(value) > GREATEST_NUMBER) {
      throw new NodeError('bad-request', `${name} must be a whole number from 0 to ${GREATEST_NUMBER}`);
    }
    return Number(value);
  }

  #flag(name: string, value: string): void {
    this.#once(name);
    if (value !== 'true' && value !== 'false') throw new NodeError('bad-request', `${name} must be true or false`);
    if (value === 'true') this.#warnings.push(NOT_SUPPORTED[name] as string);
  }

  #include(field: string): void {
    if (field === 'all') {
      this.#includesAll = true;
      return;
    }
    const known = this.#attribute(field);
    if (known !== undefined) this.#included.add(returnedWith(known));
  }

  #match(name: string, value: string): void {
    const attribute = this.#attribute(name);
    if (attribute === undefined) return;
    this.#once(String(attribute.tag));
    const { keyword, matching } = attribute;
    this.#included.add(returnedWith(attribute));
    const match = parseMatch(attribute, value);
    if (match === 'any') return;
    if (matching === 'none') this.#ignored.add(keyword);
    else if (match === undefined) throw new NodeError('bad-request', `the value of ${keyword} cannot be understood`);
    else this.#conditions.push({ attribute, match });
  }

  /** Undefined, with a warning, for an attribute that this service does not know at this level. */
  #attribute(name: string): SearchAttribute | undefined {
    const tags = name.split('.').map(tagOf);
    if (tags.length > 8 || !tags.every((tag) => tag !== undefined)) {
      throw new NodeError('bad-request', `there is no parameter and no attribute of the name ${printable(name)}`);
    }
    const [tag, inItem] = tags as number[];
    const attribute =
      tags.length === 1
        ? searchAttribute(tag as number)
        : REQUEST_ITEM_ATTRIBUTES.find((one) => tags.length === 2 && tag === REQUEST_ATTRIBUTES && one.tag === inItem);
    if (attribute !== undefined && isAtOrAbove(attribute.level, this.#level)) return attribute;
    this.#ignored.add(printable(name));
    return undefined;
  }

  #once(name: string): void {
    if (this.#seen.has(name)) throw new NodeError('bad-request', 'a parameter is given twice');
    this.#seen.add(name);
  }
}

function returnedWith(attribute: SearchAttribute): number {
  return REQUEST_ITEM_ATTRIBUTES.includes(attribute) ? REQUEST_ATTRIBUTES : attribute.tag;
}

/** By keyword, or by eight hexadecimal digits. */
function tagOf(name: string): number | undefined {
  return /^[0-9A-Fa-f]{8}$/.test(name) ? Number.parseInt(name, 16) : tagOfKeyword(name);
}

/** Names come back in headers. */
function printable(name: string): string {
  return name.replace(/[^\w.]/g, '?').slice(0, 64);
}
