import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { messageOf, NodeError } from '../core/errors.ts';
import { type Config, SECTIONS, type WrittenConfig } from './config-schema.ts';
import { crossFaults, type Sections } from './cross-checks.ts';
import { type Override, overridesFrom } from './environment.ts';
import { type Fault, faultLine, faultsOf } from './faults.ts';
import { loadKindRules } from './kind-rules-file.ts';
import { isMapping, type Mapping, merged, withValue } from './merge.ts';
import { secretTextFiles, withSecrets } from './secret-files.ts';
import { yamlValue } from './yaml-value.ts';

const PACKAGE_ROOT = new URL('../../', import.meta.url);

export interface ConfigSources {
  /** A site's own file, over the defaults. */
  readonly file?: string;
  /** Environment variables, over everything. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The defaults of config/default.yaml, a site's file over them, environment variables over both.
 * @throws NodeError configuration-invalid, with every fault that there is, one on each line
 */
export function loadConfig({ file, env }: ConfigSources): Config {
  const faults: string[] = [];
  const defaults = readMapping(fileURLToPath(new URL('config/default.yaml', PACKAGE_ROOT)), faults);
  const site = file === undefined ? {} : readMapping(file, faults);
  const overrides = overridesFrom(env, faults);
  const unread = faults.length > 0;
  const written = overrides.reduce<Mapping>(
    (config, { path, value }) => withValue(config, path, value),
    merged(defaults ?? {}, site ?? {}),
  );
  const { sections, found } = checkedSections(written);
  // What could not be read might have mended what seems to contradict.
  const contradictions = unread ? [] : crossFaults(sections);
  faults.push(
    ...[...found, ...contradictions].map((fault) => faultLine(fault, written, (path) => originOf(path, overrides))),
    ...kindRulesFaults(sections.kinds?.rulesFile),
    ...secretFaults(sections),
  );
  if (faults.length > 0) {
    const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
    throw new NodeError('configuration-invalid', `The configuration has ${count}:\n  ${faults.join('\n  ')}`);
  }
  return complete(sections as WrittenConfig);
}

function readMapping(file: string, faults: string[]): Mapping | undefined {
  const text = readText(file, faults);
  if (text === undefined) return undefined;
  const read = yamlValue(text);
  if ('faults' in read) {
    faults.push(...read.faults.map(({ message }) => `${file}: ${message}`));
    return undefined;
  }
  const value = read.value ?? {};
  if (isMapping(value)) return value;
  faults.push(`${file}: must be keys and values`);
  return undefined;
}

function readText(file: string, faults: string[]): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    faults.push(`${file}: ${code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${messageOf(error)}`}`);
    return undefined;
  }
}

/** Section by section, so that a fault in one does not hide what is wrong between others. */
function checkedSections(written: Mapping): { readonly sections: Sections; readonly found: readonly Fault[] } {
  const found: Fault[] = Object.keys(written)
    .filter((key) => !Object.hasOwn(SECTIONS, key))
    .map((key) => ({ path: [key], problem: 'is not a key of this software', showValue: false }));
  const sections = Object.entries(SECTIONS).flatMap(([section, schema]): [string, unknown][] => {
    const parsed = schema.safeParse(written[section]);
    if (parsed.success) return [[section, parsed.data]];
    found.push(...faultsOf(parsed.error.issues, section));
    return [];
  });
  return { sections: Object.fromEntries(sections), found };
}

/** The environment variable that a value came from. */
function originOf(path: readonly PropertyKey[], overrides: readonly Override[]): string | undefined {
  return overrides.findLast((override) => override.path.every((key, i) => key === path[i]))?.variable;
}

/** A site's rules are looked at before a port opens, like everything else. */
function kindRulesFaults(rulesFile: string | undefined): readonly string[] {
  if (rulesFile === undefined) return [];
  const faults: string[] = [];
  const site = readText(rulesFile, faults);
  if (site === undefined) return faults.map((fault) => `kinds.rulesFile: ${fault}`);
  try {
    loadKindRules(readFileSync(new URL('config/sequence-kinds.yaml', PACKAGE_ROOT), 'utf8'), site);
    return [];
  } catch (error) {
    return [`kinds.rulesFile: ${rulesFile}: ${messageOf(error)}`];
  }
}

function secretFaults(sections: Sections): readonly string[] {
  return secretTextFiles(sections).flatMap(({ key, file, isHeader }) => {
    const faults: string[] = [];
    const secret = readText(file, faults)?.trim();
    if (secret === '') faults.push(`${file}: is empty`);
    if (isHeader && secret?.includes('\n')) faults.push(`${file}: has more than one line`);
    return faults.map((fault) => `${key}: ${fault}`);
  });
}

function complete(withFiles: WrittenConfig): Config {
  const written = withSecrets(withFiles, (file) => readFileSync(file, 'utf8').trim());
  return {
    ...written,
    destinations: written.destinations.map((destination) =>
      destination.type === 'dimse' ? { callingAeTitle: written.dimse.aeTitle, ...destination } : destination,
    ),
    inference: { modelsDir: fileURLToPath(new URL('models', PACKAGE_ROOT)), ...written.inference },
  };
}
