import { z } from 'zod';
import { NodeError } from '../core/errors.ts';
import { foldedPattern } from '../core/series/folded-text.ts';
import { CODE_ATTRIBUTES, NUMBER_ATTRIBUTES, TEXT_ATTRIBUTES } from '../core/series/kind-header.ts';
import type { KindCondition, KindRule } from '../core/series/kind-rules.ts';
import { SEQUENCE_KINDS } from '../core/series/sequence-kind.ts';
import { yamlValue } from './yaml-value.ts';

/** A pattern that begins so stands for a list of the section `words`. */
const WORDS_MARK = '@';

const patternList = z.array(z.string().min(1)).min(1);
const range = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .refine(({ min = -Infinity, max = Infinity }) => min <= max, 'min is greater than max');

function shapeOf<Attribute extends string, Value extends z.ZodType>(attributes: readonly Attribute[], value: Value) {
  return Object.fromEntries(attributes.map((attribute) => [attribute, value.optional()])) as {
    [name in Attribute]: z.ZodOptional<Value>;
  };
}

const conditions = z.strictObject({
  ...shapeOf(TEXT_ATTRIBUTES, patternList),
  ...shapeOf(CODE_ATTRIBUTES, patternList),
  ...shapeOf(NUMBER_ATTRIBUTES, range),
});

const rule = z
  .strictObject({
    name: z.string().min(1),
    kind: z.enum(SEQUENCE_KINDS),
    when: conditions.default({}),
    anyOf: conditions.default({}),
    unless: conditions.default({}),
  })
  .refine(
    ({ when, anyOf }) => Object.keys(when).length + Object.keys(anyOf).length > 0,
    'has no condition under when or anyOf and would hold for every series',
  );

/** The shape of `config/sequence-kinds.yaml` and of a site's own rules, which come before it. */
export const kindRulesSchema = z.strictObject({
  words: z.record(z.string().min(1), patternList).default({}),
  rules: z.array(rule),
});
export type KindRulesFile = z.infer<typeof kindRulesSchema>;
type Conditions = z.infer<typeof conditions>;

/**
 * The rules of a YAML text, those of the site (which may use the words of the defaults and add its own) before them.
 * @throws NodeError configuration-invalid, with every fault and its path
 */
export function loadKindRules(yamlText: string, siteYamlText?: string): readonly KindRule[] {
  const faults: string[] = [];
  const defaults = parse(yamlText, 'rules', faults);
  const site = siteYamlText === undefined ? undefined : parse(siteYamlText, 'site rules', faults);
  const words = { ...defaults?.words, ...site?.words };
  const compiled = [
    ...compile(site?.rules ?? [], { words, faults, path: 'site rules: rules' }),
    ...compile(defaults?.rules ?? [], { words, faults, path: 'rules: rules' }),
  ];
  const names = compiled.map(({ name }) => name);
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index))) {
    faults.push(`rules: two rules are named "${name}"`);
  }
  if (faults.length > 0) {
    throw new NodeError('configuration-invalid', `sequence kind rules: ${faults.join('; ')}`);
  }
  return compiled;
}

function parse(yamlText: string, file: string, faults: string[]): KindRulesFile | undefined {
  const read = yamlValue(yamlText);
  if ('faults' in read) {
    faults.push(...read.faults.map(({ message }) => `${file}: ${message}`));
    return undefined;
  }
  const parsed = kindRulesSchema.safeParse(read.value);
  if (parsed.success) {
    return parsed.data;
  }
  faults.push(...parsed.error.issues.map(({ path, message }) => `${file}: ${path.join('.')}: ${message}`));
  return undefined;
}

interface Compilation {
  readonly words: Readonly<Record<string, readonly string[]>>;
  readonly faults: string[];
  readonly path: string;
}

function compile(rules: KindRulesFile['rules'], context: Compilation): readonly KindRule[] {
  return rules.map(({ name, kind, when, anyOf, unless }, index) => {
    const compileGroup = (group: Conditions, key: string) =>
      compileConditions(group, { ...context, path: `${context.path}.${index}.${key}` });
    return {
      name,
      kind,
      when: compileGroup(when, 'when'),
      anyOf: compileGroup(anyOf, 'anyOf'),
      unless: compileGroup(unless, 'unless'),
    };
  });
}

function compileConditions(group: Conditions, context: Compilation): readonly KindCondition[] {
  const compiled: KindCondition[] = [];
  for (const attribute of TEXT_ATTRIBUTES) {
    const patterns = group[attribute];
    if (patterns !== undefined) {
      const path = `${context.path}.${attribute}`;
      compiled.push({ type: 'text', attribute, patterns: compilePatterns(patterns, { ...context, path }) });
    }
  }
  for (const attribute of CODE_ATTRIBUTES) {
    const values = group[attribute];
    if (values !== undefined) {
      compiled.push({ type: 'code', attribute, values: values.map((value) => value.trim().toUpperCase()) });
    }
  }
  for (const attribute of NUMBER_ATTRIBUTES) {
    const limits = group[attribute];
    if (limits !== undefined) {
      compiled.push({ type: 'number', attribute, min: limits.min ?? -Infinity, max: limits.max ?? Infinity });
    }
  }
  return compiled;
}

/** One expression per list would be faster, but a fault could not be told by its place. */
function compilePatterns(sources: readonly string[], { words, faults, path }: Compilation): readonly RegExp[] {
  return sources.flatMap((source, index) => {
    const list = source.startsWith(WORDS_MARK) ? wordsNamed(words, source.slice(WORDS_MARK.length)) : [source];
    if (list === undefined) {
      faults.push(`${path}.${index}: no words are named ${source}`);
      return [];
    }
    return list.flatMap((pattern) => {
      try {
        return [foldedPattern(pattern)];
      } catch (cause) {
        faults.push(`${path}.${index}: ${(cause as Error).message}`);
        return [];
      }
    });
  });
}

function wordsNamed(words: Compilation['words'], name: string): readonly string[] | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}
