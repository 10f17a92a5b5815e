import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Measured } from './measure.ts';

/** One line of a table: one thing, measured for each size of picture, or of batch. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly bySize: ReadonlyMap<number, Measured>;
}

/** Under data/, which is no part of the repository. */
const FOLDER = fileURLToPath(new URL('../../data/bench/', import.meta.url));

/** @param titles of the columns, by the key under which the rows hold them */
export function table(rows: readonly Row[], titles: ReadonlyMap<number, string>): string {
  const sizes = [...titles.keys()];
  const lines = [
    ['', ...[...titles.values()].flatMap((title) => [`${title} best`, 'median']), ''],
    ...rows.map(({ what, unit, bySize }) => [what, ...sizes.flatMap((size) => cells(bySize.get(size))), unit]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const last = widths.length - 1;
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i === 0 || i === last ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells(measured: Measured | undefined): [string, string] {
  return measured === undefined ? ['–', '–'] : [digits(measured.best), digits(measured.median)];
}

function digits(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 3);
}

/** Everything that a figure depends on. */
export function circumstances(): Readonly<Record<string, unknown>> {
  return {
    date: new Date().toISOString(),
    commit: execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim(),
    node: process.version,
    kernel: release(),
    processor: cpus()[0]?.model,
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 1e9),
    loadAverage: loadavg(),
  };
}

/** @returns the path of the file */
export async function keepReport(report: { readonly rows: readonly Row[]; readonly about: object }): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  const file = join(FOLDER, `${new Date().toISOString().replaceAll(':', '-')}.json`);
  const rows = report.rows.map((row) => ({ ...row, bySize: Object.fromEntries(row.bySize) }));
  await writeFile(file, `${JSON.stringify({ ...report.about, rows }, null, 2)}\n`);
  return file;
}
