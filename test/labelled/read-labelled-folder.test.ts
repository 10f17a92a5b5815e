import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import type { LabelledFolderOptions } from '../../src/labelled/labelled-folder-options.ts';
import type { LabelledPicture } from '../../src/labelled/labelled-picture.ts';
import { readLabelledFolder, truthOf } from '../../src/labelled/read-labelled-folder.ts';
import { nodeSettings } from '../../src/node/settings.ts';
import { phantomSeries } from '../../src/phantom/phantom-series.ts';
import { SMALL_MATRIX, shortAxis } from '../support/made-up-series.ts';
import { writePart10 } from '../support/part10-files.ts';
import { smallNifti } from '../support/small-nifti.ts';

const settings = await nodeSettings(loadConfig({ env: {} }), 4);
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'labelled-'));
});
afterAll(() => rm(root, { recursive: true }));

let folders = 0;
/** A new folder with these files. */
async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = join(root, `cine-${folders++}`);
  await mkdir(folder);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  return folder;
}

function png(values: readonly number[], depth: 8 | 16 = 8): Uint8Array {
  const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
  return encode({ width: 3, height: 2, data, depth, channels: 1 });
}

async function picturesOf(folder: string, options: Partial<LabelledFolderOptions> = {}): Promise<LabelledPicture[]> {
  const pictures: LabelledPicture[] = [];
  for await (const picture of readLabelledFolder(folder, { ...settings, ...options })) pictures.push(picture);
  return pictures;
}

const samples = (picture: LabelledPicture | undefined) => Array.from(picture?.image.samples ?? []);

describe('a labelled folder of PNG', () => {
  test('gives the stored values of 8 and 16 bits, with what its rows say', async () => {
    const folder = await folderOf({
      'labels.csv': [
        'file,subject,slice,frame,code,near_border,short_axis,quality,angle_degrees,pixel_spacing,comment',
        'a.png,anna,3,ED,110,yes,yes,heart,-12.5,1.5 2,"round, dark"',
        'sub/b.png,,,,,,,,,,',
      ].join('\n'),
      'a.png': png([0, 1, 2, 3, 4, 65535], 16),
      'images/sub/b.png': png([9, 8, 7, 6, 5, 255]),
    });
    const [a, b] = await picturesOf(folder);
    expect(a).toMatchObject({
      subject: 'anna',
      position: '3',
      phase: 'ED',
      code: '110',
      nearBorder: true,
      kind: 'cine',
    });
    expect(a).toMatchObject({
      shortAxis: true,
      quality: 'heart',
      angleDegrees: -12.5,
      series: 'anna cine',
      plane: undefined,
    });
    expect(a?.image).toMatchObject({ rows: 2, columns: 3, rowSpacingMm: 1.5, columnSpacingMm: 2 });
    expect(samples(a)).toEqual([0, 1, 2, 3, 4, 65535]);
    expect(samples(b)).toEqual([9, 8, 7, 6, 5, 255]);
    expect(b).toMatchObject({ file: 'sub/b.png', subject: 'sub', code: undefined, shortAxis: undefined, phase: '' });
    expect(b?.image).toMatchObject({ rowSpacingMm: 1, columnSpacingMm: 1 });
  });

  test('has planes where its rows tell the geometry, and parallel pictures of one person are one series', async () => {
    const row = (file: string, orientation: string, z: number) => `${file},anna,${orientation},0 0 ${z},1 1`;
    const folder = await folderOf({
      'index.csv': [
        'file,subject,image_orientation_patient,image_position_patient,pixel_spacing',
        row('a.png', '1 0 0 0 1 0', 0),
        row('b.png', '1 0 0 0 1 -0.001', 8),
        row('c.png', '0 1 0 0 0 -1', 0),
      ].join('\n'),
      'a.png': png([1, 2, 3, 4, 5, 6]),
      'b.png': png([1, 2, 3, 4, 5, 6]),
      'c.png': png([1, 2, 3, 4, 5, 6]),
    });
    const [a, b, c] = await picturesOf(folder, { shortAxis: false, code: '010' });
    expect(a?.plane).toMatchObject({ rows: 2, columns: 3, columnCosines: [0, 1, 0], imagePositionPatient: [0, 0, 0] });
    expect([a?.series, a?.position]).toEqual(['anna cine 1 0 0 0 1 0', '0']);
    expect([b?.series, b?.position]).toEqual([a?.series, '8']);
    expect(c?.series).not.toBe(a?.series);
    expect(a).toMatchObject({ shortAxis: false, code: undefined });
  });

  test('has the masks that somebody drew, and only those', async () => {
    const folder = await folderOf({
      'labels.csv': 'file\na.png\nb.png\n',
      'a.png': png([1, 2, 3, 4, 5, 6]),
      'b.png': png([1, 2, 3, 4, 5, 6]),
      'lv/a.png': png([0, 0, 255, 0, 0, 7]),
      'drawn/b.png': png([0, 1, 2, 3, 4, 4]),
    });
    const [a, b] = await picturesOf(folder, {
      masks: { leftVentricle: 'lv' },
      labelMasks: { folder: 'drawn', values: { leftVentricle: [1], myocardium: [2, 3], rightVentricle: [9] } },
    });
    expect(a?.masks).toEqual({ leftVentricle: Uint8Array.of(0, 0, 1, 0, 0, 1) });
    expect(b?.masks).toEqual({
      leftVentricle: Uint8Array.of(0, 1, 0, 0, 0, 0),
      myocardium: Uint8Array.of(0, 0, 1, 1, 0, 0),
      rightVentricle: new Uint8Array(6),
    });
  });

  test('refuses a mask of another size, colours, and what is no PNG, by name', async () => {
    const colour = encode({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3), channels: 3 });
    const small = encode({ width: 1, height: 1, data: Uint8Array.of(1), channels: 1 });
    const labels = { 'labels.csv': 'file\na.png\n' };
    const masked = await folderOf({ ...labels, 'a.png': png([1, 2, 3, 4, 5, 6]), 'lv/a.png': small });
    await expect(picturesOf(masked, { masks: { leftVentricle: 'lv' } })).rejects.toThrow(
      /2 rows × 3 columns.*lv\/a\.png/,
    );
    await expect(picturesOf(await folderOf({ ...labels, 'a.png': colour }))).rejects.toThrow(/one grey value.*a\.png/);
    await expect(picturesOf(await folderOf({ ...labels, 'a.png': 'text' }))).rejects.toThrow(/as a PNG.*a\.png/);
  });

  test.each([
    ['file,code\na.png,021', 'line 2 of the labels: code is not one of the eight codes'],
    ['file,kind\na.png,LGE\na.png,scar', 'line 3 of the labels: kind is none of cine'],
    ['file,short_axis\na.png,maybe', 'short_axis is none of yes, no'],
    ['file,quality\na.png,good', 'quality is none of heart'],
    ['file,angle_degrees\na.png,left', 'angle_degrees is not a number'],
    ['file,pixel_spacing\na.png,1.5', 'pixel_spacing is not 2 numbers'],
    ['file,pixel_spacing\na.png,0 1', 'pixel_spacing is not positive'],
    ['file,row_spacing\na.png,1', 'row_spacing stands alone'],
    ['file,image_position_patient\na.png,1 2 3', 'image_position_patient stands alone'],
    [
      'file,pixel_spacing,image_orientation_patient,image_position_patient\na.png,1 1,1 0 0 1 0 0,0 0 0',
      'image_orientation_patient has rows and columns that are not perpendicular',
    ],
    ['file,code\n,000', 'line 2 of the labels: file is missing'],
    ['file\nb.png', 'line 2 of the labels: file names nothing that is in the folder'],
    ['file,code\na.png,000,111', 'line 2 of the labels'],
  ])('names the row and the column at fault: %s', async (labels, message) => {
    const folder = await folderOf({ 'labels.csv': labels, 'a.png': png([1, 2, 3, 4, 5, 6]) });
    await expect(picturesOf(folder)).rejects.toThrow(message);
    await expect(picturesOf(folder)).rejects.toThrow('labels.csv');
  });
});

describe('a labelled folder of DICOM', () => {
  test('is labelled by its headers where nobody labelled it, and what is no picture is told', async () => {
    const folder = await folderOf({ 'notes.txt': 'not an instance' });
    await writePart10(shortAxis('one', { code: '110', slices: 2 }), join(folder, 'sax'));
    const view = {
      seed: 'made-up',
      study: 'one',
      plane: '4ch',
      sequence: 'cine',
      slices: 1,
      matrix: SMALL_MATRIX,
    } as const;
    await writePart10(phantomSeries(view), join(folder, 'view'));
    const skipped: string[] = [];
    const pictures = await picturesOf(folder, { onSkipped: (file) => skipped.push(file) });
    const sax = pictures.filter(({ file }) => file.startsWith('sax/'));
    expect(sax.map(({ code, shortAxis: is, kind }) => [code, is, kind])).toEqual([
      ['110', true, 'T2'],
      ['110', true, 'T2'],
    ]);
    expect(new Set(sax.map(({ series }) => series)).size).toBe(1);
    expect(new Set(sax.map(({ position }) => position)).size).toBe(2);
    const [chambers] = pictures.filter(({ file }) => file.startsWith('view/'));
    expect(chambers).toMatchObject({ shortAxis: false, code: undefined, subject: sax[0]?.subject });
    expect(skipped).toEqual(['notes.txt']);
    expect(await truthOf(folder, {})).toBe('header');
    expect(await truthOf(folder, { shortAxis: false })).toBe('labels');
    const told = await picturesOf(folder, { code: '001' });
    expect(new Set(told.map(({ code }) => code))).toEqual(new Set(['001']));
  });

  test('may be named by rows, a file or a folder each, which speak first', async () => {
    const folder = await folderOf({ 'labels.csv': 'file,subject,code\nsax,anna,011\nsax/0001.dcm,,\n' });
    await writePart10(shortAxis('two', { code: '110', slices: 2 }), join(folder, 'sax'));
    const pictures = await picturesOf(folder);
    expect(pictures.map(({ file, subject, code }) => [file, subject, code])).toEqual([
      ['sax/0000.dcm', 'anna', '011'],
      ['sax/0001.dcm', 'anna', '011'],
      ['sax/0001.dcm', 'sax', undefined],
    ]);
    expect(pictures[2]?.series).toBe(pictures[1]?.series);
    expect(pictures[2]?.image).toMatchObject({ rows: SMALL_MATRIX.columns, columns: SMALL_MATRIX.rows });
  });

  test('without a picture is refused', async () => {
    await expect(picturesOf(await folderOf({ 'notes.txt': 'x' }))).rejects.toThrow('no DICOM picture is in the folder');
  });
});

describe('a labelled folder of NIfTI', () => {
  const voxels = Array.from({ length: 12 }, (_, i) => 10 * i);

  test('gives every slice with the masks of the label volume beside it', async () => {
    const folder = await folderOf({
      'A/sa.nii': smallNifti([3, 2, 2, 1], voxels),
      'A/seg.nii': smallNifti([3, 2, 3, 1], [...new Array(6).fill(2), 1, 0, 0, 4, 4, 0, ...new Array(6).fill(0)]),
    });
    const labelsFile = join(root, 'elsewhere.csv');
    await writeFile(labelsFile, 'file,code,phase\nA/sa.nii,010,ED\n');
    const values = { leftVentricle: [1], rightVentricle: [4] };
    const labelVolume = { name: 'seg.nii', values, sliceOffset: 1 };
    const [low, high] = await picturesOf(folder, { labelsFile, labelVolume, kind: 'LGE' });
    expect(low).toMatchObject({
      file: 'A/sa.nii[0]',
      subject: 'A',
      position: '0',
      phase: 'ED',
      kind: 'LGE',
      code: '010',
    });
    expect(low?.plane).toBeDefined();
    expect(samples(low)).toEqual(voxels.slice(0, 6));
    expect(low?.masks).toEqual({
      leftVentricle: Uint8Array.of(1, 0, 0, 0, 0, 0),
      rightVentricle: Uint8Array.of(0, 0, 0, 1, 1, 0),
    });
    expect(high).toMatchObject({ file: 'A/sa.nii[1]', series: low?.series });
    expect(samples(high)).toEqual(voxels.slice(6));
    const beyond = { ...labelVolume, sliceOffset: 2 };
    const [, last] = await picturesOf(folder, { labelsFile, labelVolume: beyond });
    expect(last?.masks).toEqual({});
  });

  test('gives some phases of each slice, spread evenly', async () => {
    const folder = await folderOf({
      'labels.csv': 'file\nT2 case.nii\n',
      'T2 case.nii': smallNifti([3, 2, 1, 4], voxels),
    });
    const pictures = await picturesOf(folder, { phasesPerPosition: 2 });
    expect(pictures.map(({ file, phase, kind }) => [file, phase, kind])).toEqual([
      ['T2 case.nii[0,0]', '0', 'T2'],
      ['T2 case.nii[0,2]', '2', 'T2'],
    ]);
  });

  test('refuses a label volume that does not fit', async () => {
    const folder = await folderOf({
      'labels.csv': 'file\nsa.nii\n',
      'sa.nii': smallNifti([3, 2, 1, 1], voxels.slice(6)),
      'seg.nii': smallNifti([2, 3, 1, 1], voxels.slice(6)),
    });
    const labelVolume = { name: 'seg.nii', values: {}, sliceOffset: 0 };
    await expect(picturesOf(folder, { labelVolume })).rejects.toThrow(/other columns, rows or phases.*sa\.nii/);
  });
});
