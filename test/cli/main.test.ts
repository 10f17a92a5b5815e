import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runCommand } from '../../src/cli/program.ts';
import { phantomSeries } from '../../src/phantom/phantom-series.ts';
import { openDatabase } from '../../src/store/database.ts';
import { writePart10 } from '../support/part10-files.ts';
import { reportSchema } from './report-schema.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
  const options = { seed: 'cli', plane: 'sax', sequence: 'cine', slices: 4, phases: 5 } as const;
  await writePart10(phantomSeries({ ...options, code: '101' }), join(folder, 'in', 'cine'));
  await writePart10(
    phantomSeries({ seed: 'cli', plane: '4ch', sequence: 'cine', phases: 2 }),
    join(folder, 'in', '4ch'),
  );
});
afterAll(() => rm(folder, { recursive: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function cmrNode(...words: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { ...process.env, CMR_NODE_INFERENCE_EXECUTION_PROVIDERS: '["cpu"]' };
    execFile(process.execPath, ['--import', 'tsx', MAIN, ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** The same without a process of its own, for what needs none. */
async function ran(...words: string[]): Promise<Ran> {
  const told = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      told[stream] += String(text);
      return true;
    }),
  );
  const code = await runCommand(words);
  for (const spy of spies) spy.mockRestore();
  return { code, ...told };
}

describe('cmr-node standardize', () => {
  test('turns what is turned and reports it as JSON, alone on standard output', async () => {
    const output = join(folder, 'out');
    const { code, stdout, stderr } = await cmrNode('standardize', join(folder, 'in'), output, '--report', 'json');
    expect(code).toBe(0);
    // cpu is there: that cuda is not is no news.
    expect(stderr).not.toContain('cuda');
    expect(stderr.trim().split('\n').at(-1)).toBe('2 series: 1 turned, 1 as received, 0 flagged; 22 files written.');
    const report = reportSchema.parse(JSON.parse(stdout));
    const cine = report.series.find(({ kind }) => kind === 'cine');
    expect(cine).toMatchObject({
      decision: 'standardize',
      observedCode: '101',
      correction: '110',
      mode: 'standardize',
    });
    expect(cine?.slices).toHaveLength(20);
    // Some phases of a position were recognised; the others are given the mean of their position.
    expect(cine?.slices.every(({ probabilities, sax }) => probabilities !== null && sax !== null)).toBe(true);
    expect(report.series.find(({ kind }) => kind === 'other')).toMatchObject({ slices: [], probabilities: null });
    expect(report.inputs).toHaveLength(22);
    expect(await readdir(join(output, 'cine'))).toHaveLength(20);
    expect((await readdir(join(output, '4ch'))).every((name) => name.endsWith('.dcm'))).toBe(true);
  });

  test('a dry run writes its report, and no picture', async () => {
    const file = join(folder, 'plan.csv');
    const words = ['--dry-run', '--report', 'csv', '--report-file', file];
    const { code, stdout } = await cmrNode('standardize', join(folder, 'in'), join(folder, 'none'), ...words);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const rows = (await readFile(file, 'utf8')).split('\r\n');
    expect(rows[0]).toMatch(/^seriesInstanceUid,.*,p000,.*headerSide$/);
    expect(rows).toHaveLength(4);
    // A series that is not eligible is named by its files as well.
    expect(rows.filter((row) => /,(cine|4ch)[\\/]\d+\.dcm,(20|2),/.test(row))).toHaveLength(2);
    await expect(readdir(join(folder, 'none'))).rejects.toThrow('ENOENT');
  });

  test('ends with 65 where an input could not be read, with 1 where an output is there already', async () => {
    await writeFile(join(folder, 'notes.txt'), 'no picture');
    const garbage = await cmrNode('standardize', join(folder, 'notes.txt'), join(folder, 'x'), '--report', 'json');
    expect(garbage.code).toBe(65);
    expect(reportSchema.parse(JSON.parse(garbage.stdout)).inputs[0]).toMatchObject({ file: 'notes.txt', output: null });
    const [first] = await readdir(join(folder, 'in', '4ch'));
    const target = join(folder, 'there.dcm');
    await writeFile(target, 'mine');
    const there = await cmrNode('standardize', join(folder, 'in', '4ch', first as string), target);
    expect(there).toMatchObject({ code: 1, stderr: expect.stringContaining('--overwrite') });
    expect(await readFile(target, 'utf8')).toBe('mine');
  });

  test('ends with 2 for wrong usage and with 78 for a wrong configuration', async () => {
    const input = join(folder, 'in');
    const output = join(folder, 'y');
    for (const words of [
      ['standardize', input],
      ['standardize', input, output, '--report', 'xml'],
      ['standardize', input, input],
      ['standardize', join(folder, 'gone'), output],
      ['standardize', input, output, '--model', 'nobody'],
      ['wash'],
      ['inspect', input],
      ['inspect', join(folder, 'gone')],
      ['standardize', input, output, '--report-file', join(folder, 'gone', 'report.json')],
    ]) {
      expect(await ran(...words)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/.{10}/) });
    }
    await writeFile(join(folder, 'site.yaml'), 'dimse: { prot: 104 }');
    const site = await ran('standardize', input, output, '--config', join(folder, 'site.yaml'));
    expect(site).toMatchObject({ code: 78, stderr: expect.stringContaining('dimse.prot') });
  });
});

test('Ctrl-C ends standardize with 130 and leaves nothing half written', async () => {
  const output = join(folder, 'interrupted');
  const before = process.listeners('SIGINT');
  const running = ran('standardize', join(folder, 'in', 'cine'), output);
  const isUnfinished = (name: string): boolean => name.endsWith('.unfinished');
  while (!(await readdir(output).catch(() => [])).some(isUnfinished)) await setImmediate();
  const [interrupt] = process.listeners('SIGINT').filter((one) => !before.includes(one));
  interrupt?.('SIGINT');
  expect(await running).toMatchObject({ code: 130, stdout: '', stderr: expect.stringContaining('Interrupted') });
  expect(await readdir(output)).toEqual([]);
  expect(process.listeners('SIGINT')).toEqual(before);
});

test('a reader who stops reading is no failure', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(stderr).toBe('');
});

test('cmr-node inspect without a file prints the configuration that is in effect, without secrets', async () => {
  const site = join(folder, 'effective.yaml');
  const header = 'headers: { Authorization: Bearer secret }';
  await writeFile(
    site,
    `destinations: [{ name: web, type: stow, url: "https://pacs.example.org/dicom-web", ${header} }]`,
  );
  const { code, stdout } = await ran('inspect', '--config', site);
  expect(code).toBe(0);
  expect(stdout).toContain('quietSeconds: 30');
  expect(stdout).toContain('url: https://pacs.example.org/dicom-web');
  expect(stdout).not.toContain('secret');
  const json = await ran('inspect', '--config', site, '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ series: { quietSeconds: 30 }, destinations: [{ name: 'web' }] });
});

test('cmr-node inspect tells what a file is and what would change, and nothing of the patient', async () => {
  // A slice of the middle, where a single picture says enough.
  const file = join(folder, 'in', 'cine', '0010.dcm');
  const [words, json] = await Promise.all([cmrNode('inspect', file), cmrNode('inspect', file, '--json')]);
  expect(words).toMatchObject({ code: 0, stdout: expect.stringMatching(/Header says +code 101[\s\S]*Would change/) });
  expect(words.stdout).toMatch(/SeriesDescription +.* -> .*\[std\]/);
  expect(words.stdout).not.toMatch(/\^|Patient(Name|ID|BirthDate)/);
  expect(JSON.parse(json.stdout)).toMatchObject({
    kind: 'cine',
    header: { code: '101' },
    turnFault: null,
    decision: 'standardize',
    correction: '110',
  });
});

test('cmr-node migrate makes a database, status and audit verify read it, and a changed entry is found', async () => {
  const data = join(folder, 'data');
  expect(await ran('status', '--data-dir', data)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--data-dir'),
  });
  expect(await ran('migrate', '--data-dir', data)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('0001'),
  });
  const status = await ran('status', '--data-dir', data, '--json');
  expect(JSON.parse(status.stdout)).toMatchObject({ instances: { decided: 0, undecided: 0 }, auditEntries: 0 });
  expect(await ran('audit', 'verify', '--data-dir', data)).toMatchObject({ code: 0 });
  const db = await openDatabase({ file: join(data, 'node.sqlite') });
  await db.transaction((tx) => tx.run('update audit_head set seq = 3'));
  await db.close();
  const broken = await ran('audit', 'verify', '--data-dir', data);
  expect(broken).toMatchObject({ code: 1, stdout: expect.stringContaining('broken at entry 1') });
});

test('cmr-node serve names a data folder that cannot be made, and ends with 78', async () => {
  const site = join(folder, 'nowhere.yaml');
  await writeFile(site, `dataDir: ${JSON.stringify(join(site, 'data'))}`);
  const { code, stderr } = await cmrNode('serve', '--config', site);
  expect({ code, stderr }).toMatchObject({ code: 78, stderr: expect.stringContaining('dataDir') });
});

test('what is wrong with a command points to the help of that command', async () => {
  expect((await ran('audit', 'verify', '--loudly')).stderr).toContain('cmr-node audit verify --help');
  expect((await ran('standardize', 'one')).stderr).toContain('cmr-node standardize --help');
});

test('cmr-node --help teaches: commands, examples, exit codes', async () => {
  const { code, stdout } = await ran('--help');
  expect(code).toBe(0);
  for (const word of ['serve', 'standardize', 'inspect', 'status', 'audit', 'migrate', 'Examples:', 'Exit codes:']) {
    expect(stdout).toContain(word);
  }
});
