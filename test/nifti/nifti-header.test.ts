import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NodeError } from '../../src/core/errors.ts';
import { readNiftiHeader } from '../../src/nifti/nifti-header.ts';
import { slicePlane } from '../../src/nifti/voxel-grid.ts';
import { pictureOfSlice, voxelFault } from '../../src/nifti/voxels.ts';
import { readSample, worldOf } from './affine.ts';
import { niftiSample } from './nifti-sample.ts';

describe('readNiftiHeader', () => {
  test('reads both versions in both byte orders alike', () => {
    for (const version of [1, 2] as const) {
      for (const littleEndian of [true, false]) {
        const header = readNiftiHeader(niftiSample({ version, littleEndian }));
        expect(header).toMatchObject({ size: [5, 4, 3], phases: 2, datatype: 4, bitsPerVoxel: 16, millimetres: 1 });
        expect(voxelFault(header, niftiSample({ version }).length)).toBeUndefined();
      }
    }
  });

  test('refuses any other bytes with an error that says so, and never crashes', () => {
    const sample = niftiSample();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: sample.length }), fc.integer({ min: 0, max: 347 }), (length, at) => {
        const broken = Buffer.from(sample.subarray(0, length));
        if (at < broken.length) broken[at] = (broken[at] as number) ^ 0xff;
        try {
          const header = readNiftiHeader(broken);
          voxelFault(header, broken.length);
          slicePlane(header, 0);
        } catch (error) {
          expect(error).toBeInstanceOf(NodeError);
        }
      }),
    );
  });
});

describe('slicePlane', () => {
  test('lies where the sform says, with x and y reversed, and one row along the first voxel axis', () => {
    for (const options of [{}, { sformCode: 0 }, { qfac: -1 as const, sformCode: 0 }]) {
      const sample = niftiSample(options);
      const plane = slicePlane(readNiftiHeader(sample), 2);
      const { sform, qform } = readSample(sample, 1, true);
      const [x = 0, y = 0, z = 0] = worldOf((sform ?? qform) as number[][], 0, 0, 2);
      if ('fault' in plane) throw new Error(plane.fault);
      expect(plane.imagePositionPatient[0]).toBeCloseTo(-x, 3);
      expect(plane.imagePositionPatient[1]).toBeCloseTo(-y, 3);
      expect(plane.imagePositionPatient[2]).toBeCloseTo(z, 3);
      expect(plane).toMatchObject({ columns: 5, rows: 4 });
      expect(plane.columnSpacingMm).toBeCloseTo(1.25, 4);
      expect(plane.rowSpacingMm).toBeCloseTo(1.5, 4);
    }
  });

  test('is none where no form has a code, or the form is a placeholder', () => {
    const none = niftiSample({ sformCode: 0, qformCode: 0 });
    expect(slicePlane(readNiftiHeader(none), 0)).toMatchObject({ attribute: 'sform_code' });
    const placeholder = niftiSample({ rotation: [0, 0, 0] });
    expect(slicePlane(readNiftiHeader(placeholder), 0)).toMatchObject({ attribute: 'sform' });
  });
});

test('pictureOfSlice reads stored values in the byte order of the file', () => {
  for (const littleEndian of [true, false]) {
    const sample = niftiSample({ littleEndian });
    const picture = pictureOfSlice(sample, readNiftiHeader(sample), { k: 1, phase: 1 });
    const hex = readSample(sample, 1, littleEndian).voxel(2, 3, 1, 1);
    const bytes = Buffer.from(hex, 'hex');
    expect(picture.samples[3 * 5 + 2]).toBe(littleEndian ? bytes.readInt16LE(0) : bytes.readInt16BE(0));
  }
});

test.each([
  [2, 8],
  [256, 8],
  [4, 16],
  [512, 16],
] as const)('pictureOfSlice keeps integers of data type %i, and inverts where the slope is negative', (type, bits) => {
  const sample = niftiSample({ type: [type, bits] });
  const header = { ...readNiftiHeader(sample), slope: 1 };
  const { samples } = pictureOfSlice(sample, header, { k: 1, phase: 0 });
  expect(samples).not.toBeInstanceOf(Float32Array);
  const inverted = pictureOfSlice(sample, { ...header, slope: -2 }, { k: 1, phase: 0 });
  expect(Array.from(inverted.samples, (value) => 0 - value)).toEqual([...samples]);
});
