import { type Correction, type OrientationCode, sourceIndex, stepsOf } from '../orientation/d4.ts';

/** A matrix of equally sized cells, row-major: a frame, one colour plane of a frame, or an unpacked overlay. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Bytes of one cell: all samples of a pixel where they are interleaved. */
  readonly cellBytes: number;
  readonly bytes: Uint8Array;
}

/** The matrix after `correction`: cells move, none changes. */
export function reorientMatrix(source: Matrix, correction: Correction): Matrix {
  const { transpose } = stepsOf(correction);
  const rows = transpose ? source.columns : source.rows;
  const columns = transpose ? source.rows : source.columns;
  const { start, stepX, stepY } = strides(source, correction);
  const from = cells(source.bytes, source.cellBytes);
  const into = new Uint8Array(rows * columns * source.cellBytes);
  if (from === undefined) {
    moveWide(source, into, { columns, rows, start, stepX, stepY });
  } else {
    const to = cells(into, source.cellBytes) as typeof from;
    let target = 0;
    for (let y = 0; y < rows; y++) {
      let index = start + y * stepY;
      for (let x = 0; x < columns; x++, index += stepX) to[target++] = from[index] as number;
    }
  }
  return { rows, columns, cellBytes: source.cellBytes, bytes: into };
}

interface Strides {
  readonly start: number;
  readonly stepX: number;
  readonly stepY: number;
}

/** The map from target to source is affine, so three of its values say it all. */
function strides(source: { readonly rows: number; readonly columns: number }, code: OrientationCode): Strides {
  const at = (x: number, y: number): number => {
    const pixel = sourceIndex(code, { x, y }, source);
    return pixel.y * source.columns + pixel.x;
  };
  const start = at(0, 0);
  return { start, stepX: at(1, 0) - start, stepY: at(0, 1) - start };
}

/** Bytes seen as whole cells where a typed array of that width exists; copied only where they are not aligned. */
function cells(bytes: Uint8Array, cellBytes: number): Uint8Array | Uint16Array | Uint32Array | undefined {
  if (cellBytes === 1) return bytes;
  if (cellBytes !== 2 && cellBytes !== 4) return undefined;
  // Not `slice`: that of a Node Buffer is a view of the same, unaligned memory.
  const aligned = bytes.byteOffset % cellBytes === 0 ? bytes : new Uint8Array(bytes);
  const count = Math.floor(aligned.byteLength / cellBytes);
  return cellBytes === 2
    ? new Uint16Array(aligned.buffer, aligned.byteOffset, count)
    : new Uint32Array(aligned.buffer, aligned.byteOffset, count);
}

function moveWide(source: Matrix, into: Uint8Array, target: Strides & { columns: number; rows: number }): void {
  const width = source.cellBytes;
  let at = 0;
  for (let y = 0; y < target.rows; y++) {
    for (let x = 0; x < target.columns; x++, at += width) {
      const from = (target.start + y * target.stepY + x * target.stepX) * width;
      into.set(source.bytes.subarray(from, from + width), at);
    }
  }
}

/** One cell per bit, least significant bit first (PS3.5 8.2, overlay data). */
export function unpackBits(bytes: Uint8Array, count: number): Uint8Array {
  const bits = new Uint8Array(count);
  for (let i = 0; i < count; i++) bits[i] = ((bytes[i >> 3] as number) >> (i & 7)) & 1;
  return bits;
}

/** The inverse of `unpackBits`, padded to an even number of bytes. */
export function packBits(bits: Uint8Array): Uint8Array {
  const byteCount = Math.ceil(bits.length / 8);
  const bytes = new Uint8Array(byteCount + (byteCount % 2));
  for (let i = 0; i < bits.length; i++) {
    if (bits[i] !== 0) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7));
  }
  return bytes;
}
