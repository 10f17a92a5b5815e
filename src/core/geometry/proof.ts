import type { AttributeReader } from '../attributes/attribute-reader.ts';
import { readImagePlane } from '../attributes/read-plane.ts';
import { tagOf } from '../attributes/tags.ts';
import { NodeError } from '../errors.ts';
import type { Correction } from '../orientation/d4.ts';
import { sourceIndex } from '../orientation/d4.ts';
import { isLayoutFault, type PixelLayout, readPixelLayout } from '../pixels/pixel-layout.ts';
import { type ImagePlane, pixelCentreLps, SAMPLE_TOLERANCE_MM } from './image-plane.ts';
import { addScaled, distance, dot, type Lps, scale } from './vector.ts';

/** Greatest distance of a derived pixel from the source grid, as a fraction of a pixel. */
const GRID_TOLERANCE = 5e-3;

interface Side {
  readonly header: AttributeReader;
  readonly layout: PixelLayout;
  readonly plane: ImagePlane | undefined;
}

/** A map from target pixels to source pixels: (x, y) ↦ (x0 + xx·x + xy·y, y0 + yx·x + yy·y). */
interface GridMap {
  readonly x0: number;
  readonly y0: number;
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
}

/**
 * Proves, from the two encoded headers alone, that every sample of `derived` lies where it lay in `source`: the four
 * corners agree in LPS millimetres, and each sample equals the source sample at its own patient coordinate. It shares
 * nothing with the code that turned the pixels. Without a plane, the samples are held against `correction` itself.
 * @throws NodeError proof-failed
 */
export function proveSamplesKeptTheirPlace(
  source: AttributeReader,
  derived: AttributeReader,
  correction: Correction,
): void {
  const before = sideOf(source);
  const after = sideOf(derived);
  const map =
    before.plane === undefined ? mapOfCorrection(before.layout, correction) : mapOfPlanes(before.plane, after);
  proveSamples(before, after, map);
}

function sideOf(header: AttributeReader): Side {
  const layout = readPixelLayout(header);
  if (isLayoutFault(layout)) throw failed(`${layout.attribute} ${layout.fault}`, layout.attribute);
  const plane = readImagePlane(header);
  return { header, layout, plane: 'fault' in plane ? undefined : plane };
}

function mapOfPlanes(source: ImagePlane, { plane }: Side): GridMap {
  if (plane === undefined) throw failed('the derived header has no plane', 'ImageOrientationPatient');
  const gridOf = gridOfPlane(source);
  const corners = [
    [0, 0],
    [plane.columns - 1, 0],
    [0, plane.rows - 1],
    [plane.columns - 1, plane.rows - 1],
  ] as const;
  const found = corners.map(([x, y]) => {
    const point = pixelCentreLps(plane, x, y);
    const [sx, sy] = gridOf(point).map(Math.round) as [number, number];
    const gap = distance(point, pixelCentreLps(source, sx, sy));
    if (!(gap <= SAMPLE_TOLERANCE_MM)) throw failed(`a corner moved by ${gap} mm`, 'ImagePositionPatient');
    if (!(sx >= 0 && sx < source.columns && sy >= 0 && sy < source.rows)) {
      throw failed('a corner lies outside of the source', 'ImagePositionPatient');
    }
    return [sx, sy] as const;
  });
  const [[x0, y0], [x1, y1], [x2, y2]] = found as [
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
  ];
  const step = (from: number, to: number, count: number): number => (count > 1 ? (to - from) / (count - 1) : 0);
  return {
    x0,
    y0,
    xx: step(x0, x1, plane.columns),
    yx: step(y0, y1, plane.columns),
    xy: step(x0, x2, plane.rows),
    yy: step(y0, y2, plane.rows),
  };
}

/** Column and row of a point in the plane. Real cosines are not quite perpendicular, nor quite of length one. */
function gridOfPlane(plane: ImagePlane): (point: Lps) => [number, number] {
  const across = scale(plane.rowCosines, plane.columnSpacingMm);
  const down = scale(plane.columnCosines, plane.rowSpacingMm);
  const [aa, ad, dd] = [dot(across, across), dot(across, down), dot(down, down)];
  const determinant = aa * dd - ad * ad;
  return (point) => {
    const offset = addScaled(point, plane.imagePositionPatient, -1);
    const [oa, od] = [dot(offset, across), dot(offset, down)];
    return [(oa * dd - od * ad) / determinant, (od * aa - oa * ad) / determinant];
  };
}

function mapOfCorrection(source: PixelLayout, correction: Correction): GridMap {
  const at = (x: number, y: number): { x: number; y: number } => sourceIndex(correction, { x, y }, source);
  const [origin, right, down] = [at(0, 0), at(1, 0), at(0, 1)];
  return {
    x0: origin.x,
    y0: origin.y,
    xx: right.x - origin.x,
    yx: right.y - origin.y,
    xy: down.x - origin.x,
    yy: down.y - origin.y,
  };
}

function proveSamples(before: Side, after: Side, map: GridMap): void {
  for (const step of [map.xx, map.xy, map.yx, map.yy]) {
    if (Math.abs(step - Math.round(step)) > GRID_TOLERANCE) throw failed('the grids do not match', 'PixelSpacing');
  }
  const { rows, columns } = after.layout;
  if (
    rows * columns !== before.layout.rows * before.layout.columns ||
    after.layout.byteLength !== before.layout.byteLength
  ) {
    throw failed('the number of samples changed', 'Rows');
  }
  const from = samplesOf(before);
  const to = samplesOf(after);
  const stepX = Math.round(map.xx) + Math.round(map.yx) * before.layout.columns;
  const stepY = Math.round(map.xy) + Math.round(map.yy) * before.layout.columns;
  const start = map.x0 + map.y0 * before.layout.columns;
  for (let y = 0, target = 0; y < rows; y++) {
    for (let x = 0, index = start + y * stepY; x < columns; x++, index += stepX, target++) {
      if (to[target] !== from[index]) throw failed('a sample is not at its patient coordinate', after.layout.keyword);
    }
  }
}

/** The samples as integers of their width, copied where they are not aligned. */
function samplesOf({ header, layout }: Side): ArrayLike<number | bigint> {
  const bytes = header.bytes(tagOf(layout.keyword)) as Uint8Array;
  const width = layout.bytesPerSample;
  // Not `slice`: that of a Node Buffer is a view of the same, unaligned memory.
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  const count = Math.floor(layout.byteLength / width);
  if (width === 1) return aligned;
  if (width === 2) return new Uint16Array(aligned.buffer, aligned.byteOffset, count);
  if (width === 4) return new Uint32Array(aligned.buffer, aligned.byteOffset, count);
  return new BigUint64Array(aligned.buffer, aligned.byteOffset, count);
}

function failed(what: string, attribute: string): NodeError {
  return new NodeError('proof-failed', `a rewritten instance is not proved: ${what}`, { subject: { attribute } });
}
