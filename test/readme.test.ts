import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../src/cli/exit-codes.ts';
import { SECTIONS } from '../src/config/config-schema.ts';
import { ENVIRONMENT_KEYS } from '../src/config/environment.ts';
import { loadConfig } from '../src/config/load-config.ts';
import {
  DERIVATION_MODIFICATIONS,
  GEOMETRY_MODIFICATIONS,
  modificationTable,
  REMOVALS,
} from '../src/core/conformance.ts';
import { DECISION_KINDS, DECISION_REASONS } from '../src/core/decision/decision.ts';
import { FLAGS } from '../src/core/decision/flags.ts';
import { correctionFor, ORIENTATION_CODES, observed } from '../src/core/orientation/d4.ts';
import { STORE_STATUS } from '../src/dimse/dimse-status.ts';
import { createMetrics } from '../src/http/metrics.ts';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '../src/part10/implementation.ts';
import { SOFTWARE_VERSION } from '../src/version.ts';

const ROOT = new URL('../', import.meta.url);
const README = readFileSync(new URL('README.md', ROOT), 'utf8');

/** The first cells of the rows of the table whose header begins with `heading`. */
function firstCells(heading: string): string[] {
  return rowsOf(heading).map(([cell = '']) => cell.replace(/^`(.*)`$/, '$1'));
}

function rowsOf(heading: string): string[][] {
  const lines = README.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  if (start === -1) throw new RangeError(`the README has no table ${heading}`);
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines.slice(start + 2, start + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((within, key) => (within as Record<string, unknown> | undefined)?.[key], value);
}

describe('the README', () => {
  it('says what each flag means, in the order of the closed list', () => {
    expect(firstCells('Flag')).toEqual([...FLAGS]);
    expect(rowsOf('Flag').every(([, meaning = '']) => meaning.length > 20)).toBe(true);
  });

  it('names every decision and every reason', () => {
    for (const word of [...DECISION_KINDS, ...DECISION_REASONS]) expect(README).toContain(`\`${word}\``);
  });

  it('gives the correction of each of the eight codes', () => {
    expect(rowsOf('Code').map((cells) => [cells[0], cells.at(-1)])).toEqual(
      ORIENTATION_CODES.map((code) => [code, correctionFor(observed(code))]),
    );
  });

  it('prints the conformance statement', () => {
    for (const part of [GEOMETRY_MODIFICATIONS, DERIVATION_MODIFICATIONS, REMOVALS]) {
      expect(README).toContain(modificationTable(part));
    }
    expect(README).toContain(IMPLEMENTATION_CLASS_UID);
    expect(README).toContain(IMPLEMENTATION_VERSION_NAME);
    expect(README).toContain(SOFTWARE_VERSION);
  });

  it('gives the C-STORE status of everything that can be wrong with what is sent', () => {
    const rows = rowsOf('Status');
    for (const code of [
      'not-an-instance',
      'truncated',
      'contradicts-context',
      'storage-full',
      'storage-failed',
    ] as const) {
      const status = STORE_STATUS[code].toString(16).toUpperCase().padStart(4, '0');
      const row = rows.find(([cell = '']) => cell.startsWith(status));
      expect(row?.[1], code).toContain(`\`${code}\``);
    }
  });

  it('explains every key of the configuration, and none that does not exist', () => {
    const keys = [...ENVIRONMENT_KEYS.values()].map(({ path }) => path.join('.'));
    expect(firstCells('Key').sort()).toEqual(keys.sort());
    expect(keys).toEqual(expect.arrayContaining(Object.keys(SECTIONS)));
  });

  it('gives the default of every key as it is', () => {
    const defaults = loadConfig({ env: {} });
    for (const [key = '', written = ''] of rowsOf('Key')) {
      const value = valueAt(defaults, key.replaceAll('`', '').split('.'));
      const code = /^`(.*)`$/.exec(written)?.[1];
      if (code !== undefined) expect(code.replaceAll('"', ''), key).toBe(inYaml(value));
    }
  });

  it('names every metric of the node', async () => {
    const { text } = await createMetrics().expose();
    const names = [...text.matchAll(/^# HELP (cmr_node_\w+)/gm)].map(([, name]) => name);
    expect(firstCells('Metric').sort()).toEqual(names.sort());
  });

  it('names every exit code', () => {
    const line = /\*\*Exit codes\.\*\*[^*]*/.exec(README)?.[0] ?? '';
    expect([...line.matchAll(/\b(\d+) /g)].map(([, code]) => Number(code))).toEqual(Object.values(EXIT));
  });

  it('says what is in every folder of the sources', () => {
    const folders = readdirSync(new URL('src', ROOT), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && readdirSync(new URL(`src/${entry.name}`, ROOT)).length > 0)
      .map(({ name }) => `src/${name}`);
    expect(firstCells('Folder').sort()).toEqual(folders.sort());
  });

  it('links to nothing that is not there', () => {
    const links = [...README.matchAll(/\]\(([^)#][^)]*)\)/g)].map(([, link]) => link as string);
    expect(links.filter((link) => !existsSync(new URL(link, ROOT)))).toEqual([]);
    const headings = [...README.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    const anchors = [...README.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(anchors.filter((anchor) => !headings.includes(anchor as string))).toEqual([]);
  });
});

/** As the table writes it. */
function inYaml(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(inYaml).join(', ')}]` : String(value);
}
