import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coverageGrid, createClassifierGrid } from '../../src/core/pixels/classifier-grid.ts';
import { createClassifierInput } from '../../src/core/pixels/classifier-input.ts';
import { readModelManifest } from '../../src/inference/model-manifest.ts';
import { type ExportOptions, exportTensors } from '../../src/labelled/export-tensors.ts';
import { HEART_STRUCTURES, type LabelledPicture } from '../../src/labelled/labelled-picture.ts';
import { readLabelsTable } from '../../src/labelled/labels-table.ts';
import { phantomPictures } from '../../src/labelled/phantom-pictures.ts';
import { requirePython } from '../support/python.ts';

const python = requirePython('numpy');
const { input } = await readModelManifest('models/orientation-open');
const pictures = [...phantomPictures({ count: 20, seed: 'tensors' })].filter((_, i) => i % 4 === 0);
const [first] = pictures as [LabelledPicture];

let folder: string;
let out: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tensors-'));
  out = join(folder, 'whole');
  await exportTensors(pictures, optionsFor(out));
});
afterAll(() => rm(folder, { recursive: true }));

function optionsFor(to: string): ExportOptions {
  return { out: to, name: 'phantoms', softwareVersion: '9.9.9', input, truth: 'labels', overwrite: false };
}

/** The values of an array file, by a reader that shares nothing with the writer but NumPy's format description. */
async function arrayOf(file: string): Promise<{ readonly header: string; readonly values: Uint8Array }> {
  const bytes = await readFile(join(out, file));
  expect(bytes.toString('latin1', 0, 8)).toBe('\x93NUMPY\x01\0');
  const start = 10 + bytes.readUInt16LE(8);
  expect(start % 64).toBe(0);
  return { header: bytes.toString('latin1', 10, start).trimEnd(), values: new Uint8Array(bytes.subarray(start)) };
}

function bytesOf(arrays: readonly (Float32Array | Uint8Array)[]): Uint8Array {
  return Buffer.concat(arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));
}

describe('the tensors of labelled pictures', () => {
  test('are bit for bit what the recogniser is fed with the same pictures', async () => {
    const served = createClassifierInput(input);
    const { values } = await arrayOf('crops.npy');
    expect(Buffer.compare(values, bytesOf(pictures.map(({ image }) => served(image))))).toBe(0);
  });

  test('hold the whole grid and the masks on it', async () => {
    const gridOf = createClassifierGrid(input);
    const grids = await arrayOf('grids.npy');
    expect(Buffer.compare(grids.values, bytesOf(pictures.map(({ image }) => gridOf(image))))).toBe(0);
    const nothing = new Uint8Array(input.gridSize ** 2);
    const masks = pictures.flatMap(({ image, masks: drawn }) =>
      HEART_STRUCTURES.map((structure) => {
        const mask = drawn[structure];
        return mask === undefined ? nothing : coverageGrid(mask, image, input.gridSize);
      }),
    );
    expect(Buffer.compare((await arrayOf('masks.npy')).values, bytesOf(masks))).toBe(0);
    expect(masks.some((mask) => mask.includes(255))).toBe(true);
  });

  test.skipIf(python === undefined)('are read by NumPy with their shapes and values', async () => {
    const script = `
import json, numpy as np, sys
arrays = [np.load(f'{sys.argv[1]}/{name}.npy', mmap_mode='r') for name in ('grids', 'crops', 'masks')]
print(json.dumps([[list(a.shape), str(a.dtype), float(a.sum(dtype='f8')), float(a[2].reshape(-1)[7000])] for a in arrays]))`;
    const told = JSON.parse(execFileSync(python as string, ['-c', script, out], { encoding: 'utf8' })) as unknown[];
    const { gridSize, size, crops } = input;
    const count = pictures.length;
    const expected = [
      { file: 'grids.npy', shape: [count, gridSize, gridSize], type: 'float32' },
      { file: 'crops.npy', shape: [count, crops.length, size, size], type: 'float32' },
      { file: 'masks.npy', shape: [count, 3, gridSize, gridSize], type: 'uint8' },
    ];
    for (const [i, { file, shape, type }] of expected.entries()) {
      const { values } = await arrayOf(file);
      const numbers: readonly number[] = Array.from(type === 'uint8' ? values : new Float32Array(values.buffer));
      const sum = numbers.reduce((total, value) => total + value, 0);
      const picked = numbers[2 * (numbers.length / count) + 7000] as number;
      expect(told[i]).toEqual([shape, type, expect.closeTo(sum, 3), picked]);
    }
  });

  test('come with an index that says what is known of each row, and nothing of what is not', async () => {
    const rows = await readLabelsTable(join(out, 'index.csv'));
    expect(rows.map((row) => row.text('file'))).toEqual(pictures.map(({ file }) => file));
    expect(rows.map((row) => Number(row.text('row')))).toEqual(pictures.map((_, i) => i));
    expect(rows.map((row) => row.text('code'))).toEqual(pictures.map(({ code }) => code));
    expect(rows[0]?.text('masks')).toBe('left_ventricle myocardium right_ventricle');
    expect(rows[0]?.text('short_axis')).toBe('yes');
    expect(rows[0]?.text('header_code')).toBe(first.code);
    expect(Number(rows[0]?.text('extent_mm'))).toBeGreaterThan(100);
    const blank = { ...first, plane: undefined, masks: {}, code: undefined, shortAxis: undefined, file: 'a, "b"' };
    const image = { ...first.image, rowSpacingMm: 1, columnSpacingMm: 1 };
    await exportTensors([{ ...blank, image }], optionsFor(join(folder, 'unknown')));
    const [unknown] = await readLabelsTable(join(folder, 'unknown', 'index.csv'));
    expect(unknown?.text('file')).toBe('a, "b"');
    for (const column of ['code', 'short_axis', 'masks', 'side', 'header_code', 'extent_mm']) {
      expect(unknown?.text(column), column).toBeUndefined();
    }
  });

  test('are described: what made them, and whose word their labels are', async () => {
    const { size, gridSize, percentiles, crops } = input;
    expect(JSON.parse(await readFile(join(out, 'tensors.json'), 'utf8'))).toEqual({
      formatVersion: 1,
      name: 'phantoms',
      softwareVersion: '9.9.9',
      input: { size, gridSize, percentiles, crops },
      rows: pictures.length,
      truth: 'labels',
    });
  });

  test('replace tensors where that is wanted, and never anything else', async () => {
    await expect(exportTensors([first], optionsFor(out))).rejects.toThrow('it is there already');
    const other = join(folder, 'other');
    await mkdir(other);
    await writeFile(join(other, 'thesis.txt'), '');
    await expect(exportTensors([first], { ...optionsFor(other), overwrite: true })).rejects.toThrow(
      'not a folder of tensors',
    );
    expect(await readdir(other)).toEqual(['thesis.txt']);
    const again = join(folder, 'again');
    await exportTensors([first], optionsFor(again));
    expect(await exportTensors(pictures.slice(0, 2), { ...optionsFor(again), overwrite: true })).toBe(2);
  });

  test('leave nothing behind where a picture fails', async () => {
    function* failing(): Generator<LabelledPicture> {
      yield first;
      throw new Error('no second picture');
    }
    const before = await readdir(folder);
    await expect(exportTensors(failing(), optionsFor(join(folder, 'half')))).rejects.toThrow('no second picture');
    expect(await readdir(folder)).toEqual(before);
  });
});
