import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Correction, ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import { readNiftiHeader } from '../../src/nifti/nifti-header.ts';
import { proveVolume } from '../../src/nifti/prove-volume.ts';
import { changeableRanges, reorientVolume } from '../../src/nifti/reorient-volume.ts';
import { type Matrix, readSample, worldOf } from './affine.ts';
import { niftiSample, SAMPLE, type SampleOptions } from './nifti-sample.ts';

const degrees = fc.double({ min: -180, max: 180, noNaN: true });
const millimetres = fc.double({ min: 0.5, max: 12, noNaN: true });
const place = fc.double({ min: -300, max: 300, noNaN: true });
const count = fc.integer({ min: 1, max: 6 });
const anySample: fc.Arbitrary<SampleOptions> = fc.record({
  size: fc.tuple(count, count, count, fc.integer({ min: 1, max: 2 })),
  rotation: fc.tuple(degrees, degrees, degrees),
  spacing: fc.tuple(millimetres, millimetres, millimetres),
  origin: fc.tuple(place, place, place),
  qfac: fc.constantFrom(1, -1),
  sformCode: fc.constantFrom(0, 1, 2),
  qformCode: fc.constantFrom(0, 1, 3),
  littleEndian: fc.boolean(),
  version: fc.constantFrom(1, 2),
  type: fc.constantFrom([2, 8], [4, 16], [16, 32], [64, 64], [128, 24], [1792, 128]),
  seed: fc.integer({ min: 1, max: 1e6 }),
});
const anyCode = fc.constantFrom(...ORIENTATION_CODES).map((code) => code as Correction);

function turned(sample: Buffer, correction: Correction): ReturnType<typeof reorientVolume> {
  return reorientVolume(sample, readNiftiHeader(sample), correction);
}

/** World coordinates, to a hundredth of a millimetre, and values of all voxels, in the order of the coordinates. */
function contents(bytes: Uint8Array, options: SampleOptions, form: 'sform' | 'qform'): string[] | undefined {
  const volume = readSample(bytes, options.version, options.littleEndian);
  const affine = volume[form];
  if (affine === undefined) return undefined;
  return voxelsOf(volume, affine);
}

function voxelsOf(volume: ReturnType<typeof readSample>, affine: Matrix): string[] {
  const [columns = 1, rows = 1, slices = 1, phases = 1] = volume.size;
  const found: string[] = [];
  for (let phase = 0; phase < phases; phase++)
    for (let k = 0; k < slices; k++)
      for (let j = 0; j < rows; j++)
        for (let i = 0; i < columns; i++) {
          const at = worldOf(affine, i, j, k).map((value) => Math.round(value * 10));
          found.push(`${phase} ${at.join(' ')} ${volume.voxel(i, j, k, phase)}`);
        }
  return found.sort();
}

describe('reorientVolume', () => {
  test('keeps every voxel at its world coordinate, by sform and by qform, in every version, byte order and type', () => {
    fc.assert(
      fc.property(anySample, anyCode, (options, correction) => {
        const sample = niftiSample(options);
        const { bytes, qformDropped } = turned(sample, correction);
        proveVolume(sample, bytes, { correction, changeable: changeableRanges(readNiftiHeader(sample)) });
        for (const form of ['sform', 'qform'] as const) {
          const before = greatestGapFree(sample, bytes, { options, correction, form });
          if (before === undefined) expect(qformDropped || options[`${form}Code`] === 0).toBe(true);
          else expect(before).toBeLessThan(1e-3);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('turning back gives the same bytes where no rounding comes between', () => {
    for (const version of [1, 2] as const) {
      const sample = niftiSample({ version, rotation: [0, 0, 0], origin: [-64, 32, 8], spacing: [1.5, 1.25, 8] });
      for (const [there, back] of [
        ['001', '001'],
        ['010', '010'],
        ['011', '011'],
        ['100', '100'],
        ['101', '110'],
        ['111', '111'],
      ] as const) {
        const once = turned(sample, there as Correction).bytes;
        expect(contents(once, { ...SAMPLE, version }, 'sform')).toEqual(
          contents(sample, { ...SAMPLE, version }, 'sform'),
        );
        const twice = turned(Buffer.from(once), back as Correction).bytes;
        expect(contents(twice, { ...SAMPLE, version }, 'qform')).toEqual(
          contents(sample, { ...SAMPLE, version }, 'qform'),
        );
        expect(Buffer.from(twice).subarray(version === 1 ? 348 : 540)).toEqual(
          sample.subarray(version === 1 ? 348 : 540),
        );
      }
    }
  });

  test('a transpose exchanges what dim_info says of the first two axes', () => {
    const { bytes } = turned(niftiSample(), '100' as Correction);
    expect(readSample(bytes, 1, true).dimInfo).toBe(2 | (1 << 2) | (3 << 4));
    expect(readSample(bytes, 1, true).size).toEqual([4, 5, 3, 2]);
  });

  test('a volume without geometry is turned as a picture, and its forms stay as they are', () => {
    const sample = niftiSample({ sformCode: 0, qformCode: 0 });
    const { bytes } = turned(sample, '101' as Correction);
    proveVolume(sample, bytes, {
      correction: '101' as Correction,
      changeable: [
        [39, 40],
        [42, 46],
        [80, 88],
      ],
    });
    const before = readSample(sample, 1, true);
    const after = readSample(bytes, 1, true);
    // DESIGN §2: 101 takes target (x, y) from source (y, R-1-x).
    expect(after.voxel(1, 2, 0, 1)).toBe(before.voxel(2, 4 - 1 - 1, 0, 1));
  });

  test('where the quaternion cannot say the new rotation, the sform says it', () => {
    const odd = niftiSample({ sformCode: 0, qformCode: 2 });
    // A rotation by so nearly 180° that four bytes lose the rest.
    const view = new DataView(odd.buffer, odd.byteOffset);
    const [b, c] = [0.8, 0.6];
    view.setFloat32(256, b * Math.cos(2e-3), true);
    view.setFloat32(260, c * Math.cos(2e-3), true);
    view.setFloat32(264, 0, true);
    for (const code of ORIENTATION_CODES) {
      const { bytes, qformDropped } = turned(odd, code as Correction);
      const after = readSample(bytes, 1, true);
      expect((after.sform === undefined) === !qformDropped).toBe(true);
      proveVolume(odd, bytes, { correction: code as Correction, changeable: changeableRanges(readNiftiHeader(odd)) });
    }
  });
});

/** Greatest distance between a voxel's world coordinates before and after; undefined where a form is gone. */
function greatestGapFree(
  sample: Uint8Array,
  bytes: Uint8Array,
  of: { readonly options: SampleOptions; readonly correction: Correction; readonly form: 'sform' | 'qform' },
): number | undefined {
  const { options, correction, form } = of;
  const before = readSample(sample, options.version, options.littleEndian);
  const after = readSample(bytes, options.version, options.littleEndian);
  const [from, to] = [before[form], after[form]];
  if (from === undefined || to === undefined) return undefined;
  const [columns = 1, rows = 1, slices = 1] = after.size;
  let greatest = 0;
  for (let k = 0; k < slices; k++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        const [h, v] = [correction[2] === '1' ? columns - 1 - x : x, correction[1] === '1' ? rows - 1 - y : y];
        const [i, j] = correction[0] === '1' ? [v, h] : [h, v];
        if (after.voxel(x, y, k, 0) !== before.voxel(i, j, k, 0)) return Number.POSITIVE_INFINITY;
        const [a, b] = [worldOf(to, x, y, k), worldOf(from, i, j, k)];
        greatest = Math.max(greatest, Math.hypot(...a.map((value, n) => value - (b[n] as number))));
      }
  return greatest;
}
