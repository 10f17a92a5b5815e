import type { NiftiHeader } from './nifti-header.ts';
import type { Ras } from './quaternion.ts';
import type { VoxelGrid } from './voxel-grid.ts';

/** Writes single fields of a NIfTI header in place, in the byte order and version of the file. */
export class HeaderWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #header: NiftiHeader;

  constructor(bytes: Uint8Array, header: NiftiHeader) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#header = header;
  }

  /** dim[1] and dim[2], pixdim[1] and pixdim[2], and what dim_info says about the two axes. */
  swapFirstAxes(): void {
    const { dim, dimensionBytes, pixdim, realBytes, dimInfo } = this.#header.fields;
    this.#swap(dim + dimensionBytes, dimensionBytes);
    this.#swap(pixdim + realBytes, realBytes);
    // Two bits each name the axis (1, 2, 3; 0: not known) of frequency, phase and slice encoding.
    const info = this.#bytes[dimInfo] as number;
    const swapped = [0, 2, 4].reduce((byte, shift) => {
      const axis = (info >> shift) & 3;
      return byte | ((axis === 1 ? 2 : axis === 2 ? 1 : axis) << shift);
    }, info & 0xc0);
    this.#bytes[dimInfo] = swapped;
  }

  sform({ i, j, k, origin }: VoxelGrid): void {
    const { srowX, realBytes } = this.#header.fields;
    for (const [row, axis] of ([0, 1, 2] as const).entries()) {
      const values = [i[axis], j[axis], k[axis], origin[axis]];
      values.forEach((value, column) => {
        this.#real(srowX + (row * 4 + column) * realBytes, value);
      });
    }
  }

  qform(quaternion: Ras, origin: Ras, { qfac }: { readonly qfac: number | undefined }): void {
    const { quaternB, qoffsetX, pixdim, realBytes } = this.#header.fields;
    quaternion.forEach((value, index) => {
      this.#real(quaternB + index * realBytes, value);
    });
    origin.forEach((value, index) => {
      this.#real(qoffsetX + index * realBytes, value);
    });
    if (qfac !== undefined) this.#real(pixdim, qfac);
  }

  codes({ sform, qform }: { readonly sform: number; readonly qform: number }): void {
    const { sformCode, qformCode, codeBytes } = this.#header.fields;
    for (const [at, value] of [
      [sformCode, sform],
      [qformCode, qform],
    ] as const) {
      if (codeBytes === 2) this.#view.setInt16(at, value, this.#header.littleEndian);
      else this.#view.setInt32(at, value, this.#header.littleEndian);
    }
  }

  #real(at: number, value: number): void {
    if (this.#header.fields.realBytes === 4) this.#view.setFloat32(at, value, this.#header.littleEndian);
    else this.#view.setFloat64(at, value, this.#header.littleEndian);
  }

  #swap(at: number, width: number): void {
    const first = Uint8Array.from(this.#bytes.subarray(at, at + width));
    this.#bytes.copyWithin(at, at + width, at + 2 * width);
    this.#bytes.set(first, at + width);
  }
}
