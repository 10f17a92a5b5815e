import { NodeError } from '../core/errors.ts';
import { SAMPLE_TOLERANCE_MM } from '../core/geometry/image-plane.ts';
import { addScaled, cross, distance, dot, scale } from '../core/geometry/vector.ts';
import { type Correction, sourceIndex } from '../core/orientation/d4.ts';
import { type NiftiHeader, readNiftiHeader } from './nifti-header.ts';
import type { Ras } from './quaternion.ts';
import { determinant, formOf, gridOf, type VoxelGrid } from './voxel-grid.ts';
import { voxelBytes } from './voxels.ts';

/** A map from target voxels to source voxels within a slice: three of its values say it all. */
interface GridMap {
  readonly origin: readonly [number, number];
  readonly stepX: readonly [number, number];
  readonly stepY: readonly [number, number];
}

interface Volume {
  readonly bytes: Uint8Array;
  readonly header: NiftiHeader;
}

/**
 * Proves from the bytes of two files that every voxel of `derived` has the value that `source` has at the same world
 * coordinate, and that nothing outside `changeable` changed. It shares nothing with the code that moved the voxels.
 * @throws NodeError proof-failed
 */
export function proveVolume(
  sourceBytes: Uint8Array,
  derivedBytes: Uint8Array,
  {
    correction,
    changeable,
  }: { readonly correction: Correction; readonly changeable: readonly (readonly [number, number])[] },
): void {
  // One memory proves nothing.
  if (sourceBytes.buffer === derivedBytes.buffer) throw failed('the source was written into');
  const source = { bytes: sourceBytes, header: readNiftiHeader(sourceBytes) };
  const derived = { bytes: derivedBytes, header: readNiftiHeader(derivedBytes) };
  proveOtherBytes(source, derived, changeable);
  const form = formOf(source.header);
  const grid = form === undefined ? undefined : gridOf(source.header, form);
  const known = grid !== undefined && Math.abs(determinant(grid)) > 1e-12;
  const map = known ? mapOfGrids(grid, derived.header) : mapOfCorrection(source.header, correction);
  for (const one of ['sform', 'qform'] as const) {
    const code = `${one}Code` as const;
    if (source.header[code] > 0 && derived.header[code] > 0) {
      proveForm(gridOf(source.header, one), gridOf(derived.header, one), { header: derived.header, map });
    }
  }
  proveVoxels(source, derived, map);
}

function proveOtherBytes(source: Volume, derived: Volume, changeable: readonly (readonly [number, number])[]): void {
  const start = source.header.voxelOffset;
  const end = start + voxelBytes(source.header);
  const same = (from: number, to: number): boolean =>
    Buffer.compare(source.bytes.subarray(from, to), derived.bytes.subarray(from, to)) === 0;
  let at = 0;
  for (const [from, to] of [...changeable].sort((a, b) => a[0] - b[0])) {
    if (!same(at, from)) throw failed('a byte of the header changed that must not');
    at = to;
  }
  if (!same(at, start) || !same(end, source.bytes.length) || source.bytes.length !== derived.bytes.length) {
    throw failed('a byte outside the voxels changed');
  }
}

/** Which source voxel lies at the world coordinate of each target voxel; the slices stay in their order. */
function mapOfGrids(source: VoxelGrid, derived: NiftiHeader): GridMap {
  const form = formOf(derived);
  if (form === undefined) throw failed('the geometry was lost');
  const target = gridOf(derived, form);
  const from = (point: Ras): readonly [number, number] => {
    const offset = addScaled(point, source.origin, -1);
    const volume = determinant(source);
    const i = dot(offset, cross(source.j, source.k)) / volume;
    const j = dot(offset, cross(source.k, source.i)) / volume;
    return [Math.round(i), Math.round(j)];
  };
  const origin = from(target.origin);
  const right = from(addScaled(target.origin, target.i, 1));
  const down = from(addScaled(target.origin, target.j, 1));
  return mapOf(origin, right, down);
}

function mapOfCorrection({ size }: NiftiHeader, correction: Correction): GridMap {
  const [columns, rows] = size;
  const at = (x: number, y: number): readonly [number, number] => {
    const pixel = sourceIndex(correction, { x, y }, { columns, rows });
    return [pixel.x, pixel.y];
  };
  return mapOf(at(0, 0), at(1, 0), at(0, 1));
}

function mapOf(
  origin: readonly [number, number],
  right: readonly [number, number],
  down: readonly [number, number],
): GridMap {
  return {
    origin,
    stepX: [right[0] - origin[0], right[1] - origin[1]],
    stepY: [down[0] - origin[0], down[1] - origin[1]],
  };
}

/** The corners of the volume have the world coordinates of the source voxels that they came from. */
function proveForm(
  source: VoxelGrid,
  derived: VoxelGrid,
  { header, map }: { readonly header: NiftiHeader; readonly map: GridMap },
): void {
  const [columns, rows, slices] = header.size;
  for (const x of [0, columns - 1]) {
    for (const y of [0, rows - 1]) {
      for (const k of [0, slices - 1]) {
        const i = map.origin[0] + x * map.stepX[0] + y * map.stepY[0];
        const j = map.origin[1] + x * map.stepX[1] + y * map.stepY[1];
        const gap = distance(worldOf(derived, x, y, k), worldOf(source, i, j, k)) * header.millimetres;
        if (!(gap <= SAMPLE_TOLERANCE_MM)) throw failed(`a corner moved by ${gap} mm`);
      }
    }
  }
}

function proveVoxels(source: Volume, derived: Volume, map: GridMap): void {
  const [columns, rows, slices] = source.header.size;
  const [targetColumns, targetRows] = derived.header.size;
  if (targetColumns * targetRows !== columns * rows) throw failed('the number of voxels changed');
  assertWithin(map, { columns, rows, targetColumns, targetRows });
  const width = source.header.bitsPerVoxel / 8;
  const stepX = (map.stepX[0] + map.stepX[1] * columns) * width;
  const stepY = (map.stepY[0] + map.stepY[1] * columns) * width;
  const start = (map.origin[0] + map.origin[1] * columns) * width;
  const { bytes: from } = source;
  const { bytes: to } = derived;
  let target = source.header.voxelOffset;
  for (let picture = 0; picture < slices * source.header.phases; picture++) {
    const first = source.header.voxelOffset + picture * rows * columns * width + start;
    for (let y = 0; y < targetRows; y++) {
      for (let x = 0, at = first + y * stepY; x < targetColumns; x++, at += stepX) {
        for (let byte = 0; byte < width; byte++) {
          if (to[target++] !== from[at + byte]) throw failed('a voxel is not at its world coordinate');
        }
      }
    }
  }
}

function assertWithin(
  { origin, stepX, stepY }: GridMap,
  sizes: Readonly<Record<'columns' | 'rows' | 'targetColumns' | 'targetRows', number>>,
): void {
  for (const x of [0, sizes.targetColumns - 1]) {
    for (const y of [0, sizes.targetRows - 1]) {
      const i = origin[0] + x * stepX[0] + y * stepY[0];
      const j = origin[1] + x * stepX[1] + y * stepY[1];
      if (!(i >= 0 && i < sizes.columns && j >= 0 && j < sizes.rows)) throw failed('a corner lies outside the source');
    }
  }
}

/** Greatest distance between the corners of one matrix on two grids. */
export function gridGap(one: VoxelGrid, other: VoxelGrid, { size }: NiftiHeader): number {
  let greatest = 0;
  for (const x of [0, size[0] - 1]) {
    for (const y of [0, size[1] - 1]) {
      for (const k of [0, size[2] - 1]) {
        const gap = distance(worldOf(one, x, y, k), worldOf(other, x, y, k));
        // Also for what is not a number.
        if (!(gap <= greatest)) greatest = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap;
      }
    }
  }
  return greatest;
}

function worldOf(grid: VoxelGrid, x: number, y: number, k: number): Ras {
  const inSlice = addScaled(addScaled(grid.origin, grid.i, x), grid.j, y);
  return addScaled(inSlice, scale(grid.k, k), 1);
}

function failed(what: string): NodeError {
  return new NodeError('proof-failed', `a rewritten volume is not proved: ${what}`);
}
