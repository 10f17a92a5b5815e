import { parseDocument } from 'yaml';

/** Far deeper than any configuration; what is read goes through it level by level. */
const DEEPEST = 64;

export type YamlValue = { readonly value: unknown } | { readonly faults: readonly YamlFault[] };

export interface YamlFault {
  readonly code: string;
  /** Without the text that it is about, which may hold a secret. */
  readonly message: string;
}

/** What a YAML text says. Aliases that multiply, contain themselves or stand too deep are faults like any other. */
export function yamlValue(text: string): YamlValue {
  try {
    // Its warnings would go to the console, with the text that they are about.
    const document = parseDocument(text, { prettyErrors: true, logLevel: 'error' });
    if (document.errors.length > 0) {
      // The first line only: the rest quotes the text.
      const firstLine = (message: string): string => message.split('\n')[0]?.replace(/:$/, '') ?? '';
      return { faults: document.errors.map(({ code, message }) => ({ code, message: firstLine(message) })) };
    }
    const value: unknown = document.toJS();
    return isDeeper(value, DEEPEST) ? fault('TOO_DEEP', 'is nested too deep') : { value };
  } catch (error) {
    // The parser calls itself for every level of nesting.
    if (error instanceof RangeError) return fault('TOO_DEEP', 'is nested too deep');
    if (error instanceof ReferenceError) return fault('BAD_ALIAS', 'has aliases that cannot be resolved');
    throw error;
  }
}

function fault(code: string, message: string): YamlValue {
  return { faults: [{ code, message }] };
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
