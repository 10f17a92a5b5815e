import { z } from 'zod';
import { SECTIONS } from './config-schema.ts';
import { yamlValue } from './yaml-value.ts';

const PREFIX = 'CMR_NODE_';

interface Key {
  readonly path: readonly string[];
  /** Taken as it stands: a text must not become a number. */
  readonly isText: boolean;
}

/** The key that each environment variable stands for: `CMR_NODE_DIMSE_AE_TITLE` is dimse.aeTitle. */
export const ENVIRONMENT_KEYS: ReadonlyMap<string, Key> = new Map(
  Object.entries(SECTIONS)
    .flatMap(([section, schema]) => keysWithin(schema, [section]))
    .map((key) => [variableName(key.path), key]),
);

/** Every key that is no list item, groups before what is in them. */
function keysWithin(schema: z.core.$ZodType, path: readonly string[]): Key[] {
  const inner = withoutWrapper(schema);
  const within =
    inner instanceof z.ZodObject
      ? Object.entries<z.core.$ZodType>(inner.shape).flatMap(([key, value]) => keysWithin(value, [...path, key]))
      : [];
  return [{ path, isText: inner instanceof z.ZodString || inner instanceof z.ZodEnum }, ...within];
}

function withoutWrapper(schema: z.core.$ZodType): z.core.$ZodType {
  const isWrapper = schema instanceof z.ZodExactOptional || schema instanceof z.ZodDefault;
  return isWrapper ? withoutWrapper(schema.unwrap()) : schema;
}

function variableName(path: readonly string[]): string {
  return PREFIX + path.map((key) => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()).join('_');
}

export interface Override {
  readonly variable: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * What the environment says, groups before what is in them. A variable of ours that names no key is a fault: it is
 * meant to change something, and would not.
 */
export function overridesFrom(env: Readonly<Record<string, string | undefined>>, faults: string[]): Override[] {
  for (const variable of Object.keys(env)) {
    if (variable.startsWith(PREFIX) && !ENVIRONMENT_KEYS.has(variable)) {
      faults.push(`${variable}: is an environment variable for no key of this software (see config/default.yaml)`);
    }
  }
  return [...ENVIRONMENT_KEYS].flatMap(([variable, { path, isText }]) => {
    const text = env[variable];
    if (text === undefined) return [];
    if (isText) return [{ variable, path, value: text }];
    const read = yamlValue(text);
    if ('value' in read) return [{ variable, path, value: read.value }];
    // The reason may quote the text, and the text may be a secret.
    faults.push(`${variable}: cannot be read as YAML or JSON (${read.faults[0]?.code})`);
    return [];
  });
}
