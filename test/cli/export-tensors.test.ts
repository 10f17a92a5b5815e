import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { labelledFolderOptions } from '../../src/cli/labelled-folder-flags.ts';
import { runCommand } from '../../src/cli/program.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { writePart10 } from '../support/part10-files.ts';

let folder: string;
let told = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  told = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const description = async (out: string): Promise<unknown> =>
  JSON.parse(await readFile(join(out, 'tensors.json'), 'utf8'));

describe('export-tensors', () => {
  test('writes so many made-up pictures', async () => {
    const out = join(folder, 'phantoms');
    expect(await runCommand(['export-tensors', '--phantoms', '3', '--seed', 'b', '--out', out])).toBe(0);
    expect(await description(out)).toMatchObject({ name: 'phantoms-b', rows: 3, truth: 'labels' });
    expect(told).toContain('3 pictures');
  });

  test('writes a folder of DICOM by its headers, names what is no picture, and ends with 65', async () => {
    const input = join(folder, 'scans');
    await writePart10(shortAxis('export', { slices: 2 }), input);
    await writeFile(join(input, 'notes.txt'), 'not a picture');
    const out = join(folder, 'scans-out');
    expect(await runCommand(['export-tensors', input, '--out', out])).toBe(65);
    expect(await description(out)).toMatchObject({ name: 'scans', rows: 2, truth: 'header' });
    expect(told).toContain('passed over: notes.txt');
  });

  test('refuses no folder, a folder and phantoms, and wrong labels as wrong usage', async () => {
    const out = join(folder, 'none');
    const empty = join(folder, 'empty');
    await mkdir(empty);
    await writeFile(join(empty, 'labels.csv'), 'file,code\na.png,200\n');
    for (const args of [[], [empty, '--phantoms', '3'], ['--phantoms', '0'], [empty], [empty, '--code', '2']]) {
      expect(await runCommand(['export-tensors', ...args, '--out', out]), args.join(' ')).toBe(2);
    }
    expect(told).toContain('line 2 of the labels: code is not one of the eight codes');
  });
});

describe('what is said of a labelled folder', () => {
  test('names masks, values and slices', () => {
    const options = labelledFolderOptions({
      mask: ['leftVentricle=drawn/a=b', 'myocardium=m'],
      labelVolume: 'seg.nii',
      labelValues: 'leftVentricle=1,myocardium=2+3',
      labelSliceOffset: '-3',
      notShortAxis: true,
      code: '101',
    });
    expect(options).toMatchObject({
      masks: { leftVentricle: 'drawn/a=b', myocardium: 'm' },
      labelVolume: { name: 'seg.nii', values: { leftVentricle: [1], myocardium: [2, 3] }, sliceOffset: -3 },
      labelMasks: undefined,
      shortAxis: false,
      code: '101',
    });
  });

  test.each([
    [{ mask: ['atrium=x'] }, '--mask is not STRUCTURE='],
    [{ mask: ['leftVentricle='] }, '--mask is not STRUCTURE='],
    [{ labelMask: 'x' }, '--label-values goes together'],
    [{ labelValues: 'leftVentricle=1' }, '--label-values goes together'],
    [{ labelMask: 'x', labelValues: 'leftVentricle=one' }, 'not a whole number'],
    [{ labelVolume: 'x', labelValues: 'leftVentricle=1', labelSliceOffset: '1.5' }, '--label-slice-offset is not'],
  ])('is refused where it makes no sense: %j', (flags, message) => {
    expect(() => labelledFolderOptions(flags)).toThrow(message);
  });
});
