import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { seriesFilter } from '../../src/api/series.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { runCommand } from '../../src/cli/program.ts';
import { seriesFilterOf, seriesFilterOptions } from '../../src/cli/series-filter-options.ts';
import { openDatabase } from '../../src/store/database.ts';
import { insertManySeries } from '../support/many-series.ts';

const UNTIL = new Date(2026, 0, 15, 12).getTime();
const COUNT = 300;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cmr-status-'));
  const database = await openDatabase({ file: join(folder, 'node.sqlite') });
  await insertManySeries(database, { count: COUNT, until: UNTIL, days: 30 });
  await database.close();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function status(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const spy = (name: 'out' | 'err') => (text: string | Uint8Array) => {
    said[name] += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(spy('out'));
  vi.spyOn(process.stderr, 'write').mockImplementation(spy('err'));
  const code = await runCommand(['status', '--data-dir', folder, ...argv]);
  vi.restoreAllMocks();
  return { code, ...said };
}

describe('cmr-node status', () => {
  test('sums up without a filter, and lists the newest series with one', async () => {
    const all = await status();
    expect(all.out).toContain(`Series      ${COUNT} decided`);
    const some = await status('--kind', 'LGE', '--limit', '3');
    const lines = some.out.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines)
      expect(line).toMatch(/^2026-01-1\dT\S+ {2}1\.2\.826\.[\d.]+ {2}MR_ROOM_\d\/MRC\d {2}LGE {2}/);
    expect(some.err).toMatch(/^The newest 3 of \d+: --limit shows more\.\n$/);
    expect(some.out).not.toMatch(/Garcia|Smith|Meyer|P\d/);
  });

  test('prints what the list knows as JSON, over more pages than one', async () => {
    const { out, code } = await status('--limit', '1000', '--json');
    expect(code).toBe(EXIT.ok);
    const ids = (JSON.parse(out) as { id: number }[]).map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: COUNT }, (_, index) => COUNT - index));
  });

  test('takes days whole, in the time of this machine', async () => {
    const { out } = await status('--from', '2026-01-14', '--to', '2026-01-14', '--json', '--limit', '99');
    const rows = JSON.parse(out) as { receivedAt: string }[];
    expect(rows.length).toBeGreaterThan(5);
    for (const { receivedAt } of rows) expect(new Date(receivedAt).getDate()).toBe(14);
  });

  test('says where there is none, and refuses what is no filter', async () => {
    expect(await status('--scanner', 'NOBODY')).toEqual({ code: EXIT.ok, out: '', err: 'No series.\n' });
    for (const wrong of [
      ['--code', '222'],
      ['--from', '2026-02-30'],
      ['--confidence-below', '2'],
      ['--review', 'maybe'],
      ['--limit', '0'],
    ]) {
      expect((await status(...wrong)).code, wrong[0]).toBe(EXIT.wrongUsage);
    }
  });
});

test('the filters of the command line are those of the interface, each by its own name', () => {
  const argv = Object.entries({
    '--from': '2026-01-01',
    '--to': '2026-01-02T10:00',
    '--scanner': 'A',
    '--station': 'S',
    '--kind': 'cine',
    '--code': '101',
    '--decision': 'standardize',
    '--decided-because': 'turned',
    '--flag': 'late',
    '--confidence-below': '0.9',
    '--confidence-from': '0.1',
    '--delivery': 'dead',
    '--destination': 'pacs',
    '--review': 'needed',
    '--reviewer': 'me',
    '--model-version': '1',
    '--study': '1.2',
    '--series': '1.3',
    '--text': 'a b',
  }).flat();
  const command = seriesFilterOptions(new Command()).parse(argv, { from: 'user' });
  const filter = seriesFilterOf(command.opts());
  expect(Object.keys(filter ?? {}).sort()).toEqual(Object.keys(seriesFilter.shape).sort());
  expect(seriesFilter.parse(filter)).toEqual(filter);
  expect(filter?.to).toBe(new Date(2026, 0, 2, 10).toISOString());
  expect(seriesFilterOf(seriesFilterOptions(new Command()).parse([], { from: 'user' }).opts())).toBeUndefined();
});
