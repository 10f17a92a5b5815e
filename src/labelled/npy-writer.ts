import { type FileHandle, open } from 'node:fs/promises';
import { endianness } from 'node:os';

/** Element types, as NumPy names them. */
const DESCRIPTION = { float32: `${endianness() === 'LE' ? '<' : '>'}f4`, uint8: '|u1' } as const;
type Row = { readonly float32: Float32Array; readonly uint8: Uint8Array };

/** Bytes of the whole header: room for any number of rows, and a multiple of 64 as NumPy wants it. */
const HEADER_BYTES = 192;

/**
 * Writes an array in NumPy's format (NEP 1, version 1.0) one row of its first axis after the other, C order; how many
 * there were is written at the end. Memory holds one row.
 */
export class NpyWriter<Type extends keyof typeof DESCRIPTION> {
  readonly #file: FileHandle;
  readonly #type: Type;
  readonly #rowShape: readonly number[];
  #rows = 0;

  private constructor(file: FileHandle, type: Type, rowShape: readonly number[]) {
    this.#file = file;
    this.#type = type;
    this.#rowShape = rowShape;
  }

  /** Begins a new file; `rowShape` is the shape without the first axis. */
  static async create<Type extends keyof typeof DESCRIPTION>(
    path: string,
    type: Type,
    rowShape: readonly number[],
  ): Promise<NpyWriter<Type>> {
    const file = await open(path, 'wx');
    await file.write(header(type, [0, ...rowShape]));
    return new NpyWriter(file, type, rowShape);
  }

  async append(row: Row[Type]): Promise<void> {
    const expected = this.#rowShape.reduce((product, size) => product * size, 1);
    if (row.length !== expected) throw new RangeError(`a row of ${row.length} values where ${expected} belong`);
    await this.#file.write(new Uint8Array(row.buffer, row.byteOffset, row.byteLength));
    this.#rows += 1;
  }

  /** Writes the number of rows: without it the array reads as empty. */
  async finish(): Promise<void> {
    await this.#file.write(header(this.#type, [this.#rows, ...this.#rowShape]), 0, HEADER_BYTES, 0);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function header(type: keyof typeof DESCRIPTION, shape: readonly number[]): Uint8Array {
  const text = `{'descr': '${DESCRIPTION[type]}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const bytes = Buffer.alloc(HEADER_BYTES, ' ');
  bytes.write('\x93NUMPY\x01\x00', 'latin1');
  bytes.writeUInt16LE(HEADER_BYTES - 10, 8);
  bytes.write(text, 10, 'latin1');
  bytes.write('\n', HEADER_BYTES - 1);
  return bytes;
}
