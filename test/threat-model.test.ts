import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const PAGE = new URL('../src/THREAT-MODEL.md', import.meta.url);

it('the threat model names a test that there is for every control', () => {
  const rows = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => /^\| [1-5 ]+[STRIDE ]+\|/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) {
    const links = [...row.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link as string);
    expect(links.length, row).toBeGreaterThan(0);
    expect(links.filter((link) => !existsSync(new URL(link, PAGE)))).toEqual([]);
  }
});
