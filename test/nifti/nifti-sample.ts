import { rotationFromEuler } from './affine.ts';

/** A made-up NIfTI file, written without a line of the product's reader. */
export interface SampleOptions {
  readonly size: readonly [number, number, number, number];
  /** Degrees about x, y and z. */
  readonly rotation: readonly [number, number, number];
  readonly spacing: readonly [number, number, number];
  readonly origin: readonly [number, number, number];
  readonly qfac: 1 | -1;
  readonly sformCode: number;
  readonly qformCode: number;
  readonly littleEndian: boolean;
  readonly version: 1 | 2;
  /** nifti1.h: data type and bits. */
  readonly type: readonly [number, number];
  readonly seed: number;
}

export const SAMPLE: SampleOptions = {
  size: [5, 4, 3, 2],
  rotation: [20, -35, 50],
  spacing: [1.25, 1.5, 8],
  origin: [-60.5, 40.25, 12.125],
  qfac: 1,
  sformCode: 1,
  qformCode: 1,
  littleEndian: true,
  version: 1,
  type: [4, 16],
  seed: 1,
};

const EXTENSION = Buffer.from('made up!');
const TAIL = Buffer.from('tail');

export function niftiSample(options: Partial<SampleOptions> = {}): Buffer {
  const all = { ...SAMPLE, ...options };
  const { size, type, seed, version } = all;
  const headerBytes = version === 1 ? 348 : 540;
  const start = headerBytes + 4 + 16;
  const voxels = Buffer.alloc(size.reduce((product, n) => product * n, 1) * (type[1] / 8));
  for (let i = 0, state = seed; i < voxels.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    voxels[i] = state >>> 16;
  }
  const header = Buffer.alloc(headerBytes + 4);
  header[headerBytes] = 1;
  fill(header, all, start);
  const extension = Buffer.alloc(8);
  write(extension, all.littleEndian).int(0, 16).int(4, 44);
  return Buffer.concat([header, extension, EXTENSION, voxels, TAIL]);
}

function fill(header: Buffer, options: SampleOptions, start: number): void {
  const { size, rotation, spacing, origin, qfac, type, littleEndian, version } = options;
  const to = write(header, littleEndian);
  const real = version === 1 ? to.float : to.double;
  const width = version === 1 ? 4 : 8;
  const { matrix, quaternion } = rotationFromEuler(rotation);
  const dim = [size[3] > 1 ? 4 : 3, ...size, 1, 1, 1];
  const at = version === 1 ? AT_1 : AT_2;
  to.int(0, version === 1 ? 348 : 540);
  header.write(version === 1 ? 'n+1\0' : 'n+2\0\r\n\x1a\n', at.magic, 'latin1');
  for (const [i, n] of dim.entries()) {
    if (version === 1) to.short(at.dim + 2 * i, n);
    else to.long(at.dim + 8 * i, n);
  }
  to.short(at.type, type[0]).short(at.type + 2, type[1]);
  for (const [i, value] of [qfac, ...spacing, 0.05].entries()) real(at.pixdim + i * width, value);
  if (version === 1) to.float(108, start);
  else to.long(168, start);
  header[at.dimInfo] = 1 | (2 << 2) | (3 << 4);
  header[at.units] = 2 | 8;
  header.write('made up', version === 1 ? 148 : 240, 'latin1');
  if (version === 1) to.short(252, options.qformCode).short(254, options.sformCode);
  else to.int(344, options.qformCode).int(348, options.sformCode);
  for (const [i, value] of [...quaternion, ...origin].entries()) real(at.quatern + i * width, value);
  const third = spacing[2] * qfac;
  for (const [row, [a = 0, b = 0, c = 0]] of matrix.entries()) {
    const values = [a * spacing[0], b * spacing[1], c * third, origin[row] as number];
    for (const [column, value] of values.entries()) real(at.srow + (row * 4 + column) * width, value);
  }
}

const AT_1 = { magic: 344, dim: 40, type: 70, pixdim: 76, dimInfo: 39, units: 123, quatern: 256, srow: 280 };
const AT_2 = { magic: 4, dim: 16, type: 12, pixdim: 104, dimInfo: 524, units: 500, quatern: 352, srow: 400 };

interface Writer {
  readonly short: (at: number, value: number) => Writer;
  readonly int: (at: number, value: number) => Writer;
  readonly long: (at: number, value: number) => Writer;
  readonly float: (at: number, value: number) => Writer;
  readonly double: (at: number, value: number) => Writer;
}

function write(bytes: Buffer, little: boolean): Writer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const writer: Writer = {
    short: (at, value) => {
      view.setInt16(at, value, little);
      return writer;
    },
    int: (at, value) => {
      view.setInt32(at, value, little);
      return writer;
    },
    long: (at, value) => {
      view.setBigInt64(at, BigInt(value), little);
      return writer;
    },
    float: (at, value) => {
      view.setFloat32(at, value, little);
      return writer;
    },
    double: (at, value) => {
      view.setFloat64(at, value, little);
      return writer;
    },
  };
  return writer;
}
