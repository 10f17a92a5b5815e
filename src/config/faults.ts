import type { z } from 'zod';

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** What is wrong with one value. */
export interface Fault {
  readonly path: Path;
  /** Plain words, without the value. */
  readonly problem: string;
  /** The value is worth telling; it is looked up by the path. */
  readonly showValue: boolean;
}

/** Sign-in and the headers of a request hold what nobody else may read; so may whatever is written in their place. */
export function isSecret(path: Path): boolean {
  return (path[0] === 'http' && path[1] === 'auth') || path.includes('headers');
}

/** What zod found, in plain words, one fault for each key. */
export function faultsOf(issues: readonly Issue[], section: string): readonly Fault[] {
  return issues.flatMap((issue): readonly Fault[] => {
    const path = [section, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...path, key],
        problem: 'is not a key of this software',
        showValue: false,
      }));
    }
    if (issue.code === 'invalid_key') {
      return [{ path, problem: issue.issues[0]?.message ?? 'is not a key of this software', showValue: false }];
    }
    const nearest = issue.code === 'invalid_union' ? nearestChoice(issue) : undefined;
    if (nearest !== undefined) {
      return faultsOf(
        nearest.map((within) => ({ ...within, path: [...issue.path, ...within.path] })),
        section,
      );
    }
    return [{ path, problem: problemOf(issue), showValue: true }];
  });
}

function problemOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? 'must not be empty'
        : `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
    case 'invalid_union':
      return unionProblem(issue);
    default:
      return issue.message;
  }
}

/** What is wrong with a value that is at least of the kind of one of the choices. */
function nearestChoice({ errors }: Extract<Issue, { code: 'invalid_union' }>): Issue[] | undefined {
  return errors.findLast(
    ([first]) => first !== undefined && (first.path.length > 0 || !/^invalid_(type|value)$/.test(first.code)),
  );
}

/** The last choice of a union is the general one: its words are the most useful. */
function unionProblem(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const general = issue.errors.at(-1)?.[0];
  if (general !== undefined) return problemOf(general);
  return 'options' in issue && Array.isArray(issue.options)
    ? `must be one of ${issue.options.join(', ')}`
    : issue.message;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
};

/** One line: path, problem and the value found, and who said so where it was not a file. */
export function faultLine(fault: Fault, configuration: unknown, origin: (path: Path) => string | undefined): string {
  const from = origin(fault.path);
  const found = fault.showValue ? `, ${foundAt(fault.path, configuration)}` : '';
  return `${pathText(fault.path)}: ${fault.problem}${found}${from === undefined ? '' : ` (from ${from})`}`;
}

function pathText(path: Path): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`)).join('');
}

function foundAt(path: Path, configuration: unknown): string {
  const value = path.reduce<unknown>((within, key) => ownValue(within, key), configuration);
  if (value === undefined) return 'nothing found';
  if (isSecret(path)) return 'the value found is not shown';
  if (value === null) return 'found empty';
  if (typeof value === 'object') return Array.isArray(value) ? 'found a list' : 'found a group of keys';
  const text = typeof value === 'string' ? JSON.stringify(withoutCredentials(value)) : String(value);
  return `found ${text.length > 80 ? `${text.slice(0, 80)}…` : text}`;
}

/** An address may carry a password before its @ or a token in its query. */
function withoutCredentials(text: string): string {
  return text.includes('//') ? text.replace(/\/\/.*@/, '//…@').replace(/[?#].*$/, '?…') : text;
}

function ownValue(within: unknown, key: PropertyKey): unknown {
  return typeof within === 'object' && within !== null && Object.hasOwn(within, key)
    ? (within as Record<PropertyKey, unknown>)[key]
    : undefined;
}
