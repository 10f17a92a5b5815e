import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { OrientationCode } from '../../src/core/orientation/d4.ts';
import { volumeKind } from '../../src/folder/volume-kind.ts';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';
import { readSample } from '../nifti/affine.ts';
import { niftiSample } from '../nifti/nifti-sample.ts';
import { parsePart10 } from '../support/part10-files.ts';
import { folderFixture, shortAxis } from './folder-fixture.ts';

const fixture = folderFixture();
/** Header, extender and extension of a sample. */
const VOXELS = 368;

/** A phantom's short-axis stack as a NIfTI volume: its rows along the first axis, in the world of NIfTI. */
function phantomVolume(code: OrientationCode, forms: { readonly sformCode: number } = { sformCode: 1 }): Buffer {
  const stack = shortAxis({ code });
  const planes = stack.map(({ truth }) => truth.imagePlane);
  const [first, second] = planes as [(typeof planes)[number], (typeof planes)[number]];
  const { columns, rows } = first;
  const volume = niftiSample({ size: [columns, rows, stack.length, 1], type: [512, 16], qformCode: 0, ...forms });
  const step = second.imagePositionPatient.map((value, axis) => value - (first.imagePositionPatient[axis] as number));
  const axes = [
    first.rowCosines.map((value) => value * first.columnSpacingMm),
    first.columnCosines.map((value) => value * first.rowSpacingMm),
    step,
    first.imagePositionPatient,
  ];
  for (const [column, axis] of axes.entries()) {
    for (const [row, value] of axis.entries())
      volume.writeFloatLE(row < 2 ? -value : value, 280 + (row * 4 + column) * 4);
  }
  for (const [k, instance] of stack.entries()) {
    const { elements, dataSet } = parsePart10(Buffer.concat([encodeFileMeta(instance), instance.dataSet]));
    const bytes = rows * columns * 2;
    expect(elements.elements['x7fe00010']?.length).toBe(bytes);
    dataSet.copy(volume, VOXELS + k * bytes, dataSet.length - bytes);
  }
  return volume;
}

async function standardized(name: string, bytes: Uint8Array, settings = {}) {
  const folder = await mkdtemp(join(fixture.folder, 'volume-'));
  await mkdir(join(folder, 'in'));
  await writeFile(join(folder, 'in', name), bytes);
  const { report } = await fixture.standardize(join(folder, 'in'), join(folder, 'out'), settings);
  const written = await readFile(join(folder, 'out', name)).catch(() => undefined);
  return { row: report.series[0], input: report.inputs[0], written };
}

describe('a NIfTI volume', () => {
  test('is turned by picture and affine together, compressed as it came', async () => {
    const source = phantomVolume('101');
    const { row, input, written } = await standardized('sax_LGE.nii.gz', gzipSync(source));
    expect(row).toMatchObject({
      kind: 'LGE',
      decision: 'standardize',
      observedCode: '101',
      correction: '110',
      flags: [],
    });
    expect(row).toMatchObject({ seriesInstanceUid: null, header: { code: '101' } });
    expect(row?.slices).toHaveLength(5);
    expect(input).toMatchObject({ file: 'sax_LGE.nii.gz', output: 'sax_LGE.nii.gz' });
    const turned = readSample(gunzipSync(written as Buffer), 1, true);
    const before = readSample(source, 1, true);
    expect(turned.size.slice(0, 2)).toEqual(before.size.slice(0, 2).reverse());
    const again = await standardized('sax_LGE.nii', gunzipSync(written as Buffer));
    expect(again.row).toMatchObject({ decision: 'pass-through', observedCode: '000' });
  });

  test('without geometry is turned by the picture alone, unless that is not wanted', async () => {
    const source = phantomVolume('110', { sformCode: 0 });
    const { row } = await standardized('sax_LGE.nii', source);
    expect(row).toMatchObject({ decision: 'standardize', observedCode: '110', flags: ['no-geometry'], header: null });
    const { settings } = await fixture.context();
    const decision = { ...settings.decision, onMissingGeometry: 'pass-through' };
    const passing = await standardized('sax_LGE.nii', source, { decision });
    expect(passing.row).toMatchObject({ decision: 'pass-through', flags: ['no-geometry'] });
    expect(passing.written).toEqual(source);
  });

  test('of colours, or cut short, passes byte for byte and says why', async () => {
    for (const source of [niftiSample({ type: [128, 24] }), phantomVolume('110').subarray(0, 60_000)]) {
      const { row, written } = await standardized('sax_LGE.nii', source);
      expect(row).toMatchObject({ decision: 'pass-through', correction: null });
      expect(row?.flags).toContain('cannot-reorient');
      expect(written).toEqual(Buffer.from(source));
    }
  });
});

test('volumeKind reads the name of a file as the rules read a description, and takes what says nothing for a cine', async () => {
  const { settings } = await fixture.context();
  const kindOf = (name: string): string => volumeKind(name, settings).kind;
  expect(kindOf('patient001_4d.nii.gz')).toBe('cine');
  expect(kindOf('case7_LGE_sax.nii')).toBe('LGE');
  expect(kindOf('myops_101_DE.nii.gz')).toBe('LGE');
  expect(kindOf('myops_101_T2.nii.gz')).toBe('T2');
  expect(kindOf('myops_101_C0.nii.gz')).toBe('cine');
  expect(kindOf('patient_4ch.nii.gz')).toBe('other');
  expect(kindOf('T1map_MOLLI.nii')).toBe('other');
  expect(volumeKind('anything.nii', { ...settings, kind: 'T2' }).kind).toBe('T2');
});
