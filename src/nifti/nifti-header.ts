import { NodeError } from '../core/errors.ts';
import { FIELDS_1, FIELDS_2, type NiftiFields } from './nifti-fields.ts';

/** The header of a single-file NIfTI-1 or NIfTI-2 image, as far as orientation and voxels need it. */
export interface NiftiHeader {
  readonly fields: NiftiFields;
  readonly littleEndian: boolean;
  /** Number of voxels along i, j, k; missing dimensions are 1. */
  readonly size: readonly [number, number, number];
  /** Pictures of one slice: the product of all dimensions from the fourth on. */
  readonly phases: number;
  readonly datatype: number;
  readonly bitsPerVoxel: number;
  /** First byte of the voxels. */
  readonly voxelOffset: number;
  /** pixdim[0] to pixdim[3]: qfac, and the distances along i, j and k. */
  readonly pixdim: readonly [number, number, number, number];
  /** Millimetres of one unit of length. */
  readonly millimetres: number;
  readonly slope: number;
  readonly qformCode: number;
  readonly sformCode: number;
  readonly quaternion: Triplet;
  readonly qoffset: Triplet;
  /** Rows of the sform: x, y and z of the world, each by i, j, k and 1. */
  readonly srow: readonly [Row, Row, Row];
}

type Triplet = readonly [number, number, number];
type Row = readonly [number, number, number, number];

/** xyzt_units, lowest three bits; a file that does not say is in millimetres, as nearly all are. */
const MILLIMETRES: Readonly<Record<number, number>> = { 1: 1000, 2: 1, 3: 1e-3 };

/**
 * Reads the header of a `.nii` file.
 * @throws NodeError not-an-instance, truncated
 */
export function readNiftiHeader(bytes: Uint8Array): NiftiHeader {
  const { fields, littleEndian } = recognised(bytes);
  const read = new FieldReader(bytes, fields, littleEndian);
  const dim = Array.from({ length: 8 }, (_, i) => read.dimension(i));
  const count = dim[0] ?? 0;
  const sizes = dim.slice(1, count + 1);
  if (count < 2 || count > 7 || !sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new NodeError('not-an-instance', 'the NIfTI header has dimensions that no image has', {
      subject: { attribute: 'dim' },
    });
  }
  const row = (at: number): Row => [0, 1, 2, 3].map((i) => read.real(at + i * fields.realBytes)) as unknown as Row;
  const triplet = (at: number): Triplet =>
    [0, 1, 2].map((i) => read.real(at + i * fields.realBytes)) as unknown as Triplet;
  return {
    fields,
    littleEndian,
    size: [sizes[0] as number, sizes[1] as number, sizes[2] ?? 1],
    phases: sizes.slice(3).reduce((product, size) => product * size, 1),
    datatype: read.short(fields.datatype),
    bitsPerVoxel: read.short(fields.bitpix),
    voxelOffset: read.voxelOffset(),
    pixdim: row(fields.pixdim),
    millimetres: MILLIMETRES[(bytes[fields.xyztUnits] as number) & 7] ?? 1,
    slope: read.real(fields.sclSlope),
    qformCode: read.code(fields.qformCode),
    sformCode: read.code(fields.sformCode),
    quaternion: triplet(fields.quaternB),
    qoffset: triplet(fields.qoffsetX),
    srow: [row(fields.srowX), row(fields.srowX + 4 * fields.realBytes), row(fields.srowX + 8 * fields.realBytes)],
  };
}

/** The length of the header, in the byte order of the file, tells version and byte order. */
function recognised(bytes: Uint8Array): { readonly fields: NiftiFields; readonly littleEndian: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const fields of [FIELDS_1, FIELDS_2]) {
    for (const littleEndian of [true, false]) {
      if (bytes.length < 4 || view.getInt32(0, littleEndian) !== fields.headerBytes) continue;
      if (bytes.length < fields.headerBytes) throw new NodeError('truncated', 'the file ends within its NIfTI header');
      const magic = Buffer.from(bytes.subarray(fields.magic, fields.magic + 3)).toString('latin1');
      if (magic === fields.magicText) return { fields, littleEndian };
      throw new NodeError('not-an-instance', 'the file is not a NIfTI image with its voxels in the same file', {
        subject: { attribute: 'magic' },
      });
    }
  }
  throw new NodeError('not-an-instance', 'the bytes do not begin as a NIfTI file does');
}

class FieldReader {
  readonly #view: DataView;
  readonly #fields: NiftiFields;
  readonly #littleEndian: boolean;

  constructor(bytes: Uint8Array, fields: NiftiFields, littleEndian: boolean) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fields = fields;
    this.#littleEndian = littleEndian;
  }

  dimension(index: number): number {
    const { dim, dimensionBytes } = this.#fields;
    return dimensionBytes === 2 ? this.short(dim + index * 2) : this.#long(dim + index * 8);
  }

  short(at: number): number {
    return this.#view.getInt16(at, this.#littleEndian);
  }

  real(at: number): number {
    return this.#fields.realBytes === 4
      ? this.#view.getFloat32(at, this.#littleEndian)
      : this.#view.getFloat64(at, this.#littleEndian);
  }

  code(at: number): number {
    return this.#fields.codeBytes === 2 ? this.short(at) : this.#view.getInt32(at, this.#littleEndian);
  }

  voxelOffset(): number {
    const { voxOffset, headerBytes } = this.#fields;
    const offset = this.#fields.realBytes === 4 ? this.real(voxOffset) : this.#long(voxOffset);
    if (!(Number.isSafeInteger(offset) && offset >= headerBytes)) {
      throw new NodeError('not-an-instance', 'the NIfTI header does not say where its voxels are', {
        subject: { attribute: 'vox_offset' },
      });
    }
    return offset;
  }

  #long(at: number): number {
    return Number(this.#view.getBigInt64(at, this.#littleEndian));
  }
}
