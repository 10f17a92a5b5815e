import { COLUMNS, type Sample } from './samples.ts';

const WIDTH = 460;
const HEIGHT = 150;
const COLUMN_NAMES = Object.keys(COLUMNS) as (keyof Sample)[];

export function asCsv(samples: readonly Sample[]): string {
  const lines = samples.map((sample) => COLUMN_NAMES.map((name) => rounded(sample[name])).join(','));
  return `${[COLUMN_NAMES.join(','), ...lines].join('\n')}\n`;
}

export function asTable(samples: readonly Sample[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const rows = samples.map((sample) => line(COLUMN_NAMES.map((name) => rounded(sample[name]))));
  return [line(COLUMN_NAMES), line(COLUMN_NAMES.map(() => '---:')), ...rows].join('\n');
}

/** One page without anything from elsewhere: each column over time, and in words what was found. */
export function asHtml(samples: readonly Sample[], findings: readonly string[]): string {
  const drawn = COLUMN_NAMES.filter((name) => name !== 'seconds').map((name) => drawing(samples, name));
  const found = findings.map((line) => `<li>${line.replaceAll('<', '&lt;')}</li>`).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Soak</title>
<style>body{font:14px sans-serif;margin:2em}figure{display:inline-block;margin:0 1em 1em 0}</style>
<h1>Soak</h1><ul>${found}</ul>${drawn.join('\n')}</html>\n`;
}

function drawing(samples: readonly Sample[], name: keyof Sample): string {
  const most = Math.max(1, ...samples.map((sample) => sample[name]));
  const end = Math.max(1, samples.at(-1)?.seconds ?? 1);
  const points = samples
    .map((sample) => `${(sample.seconds / end) * WIDTH},${HEIGHT - (sample[name] / most) * HEIGHT}`)
    .join(' ');
  return `<figure><figcaption>${COLUMNS[name]}: 0 to ${rounded(most)}, ${rounded(end)} s</figcaption>
<svg width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${COLUMNS[name]}" style="border:1px solid #999">
<polyline points="${points}" fill="none" stroke="#05a"/></svg></figure>`;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
