import { type Correction, stepsOf } from '../orientation/d4.ts';
import type { AttributeEdit } from './attribute-edit.ts';
import { type AttributeReader, decimals } from './attribute-reader.ts';
import { type Keyword, TAGS, tagOf } from './tags.ts';

interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Display shutter (PS3.3 C.7.6.11): edges and vertices count rows and columns from 1. */
export function reorientShutter(header: AttributeReader, size: Size, correction: Correction): AttributeEdit[] {
  return [
    ...reorientEdges(header, size, correction),
    ...reorientPoints(header, size, correction, 'CenterOfCircularShutter'),
    ...reorientPoints(header, size, correction, 'VerticesOfThePolygonalShutter'),
  ];
}

/** Zero-based or one-based alike: `last` is the sum of the first and the last index. */
function reorientPoints(
  header: AttributeReader,
  size: Size,
  correction: Correction,
  keyword: Keyword,
): AttributeEdit[] {
  const values = decimals(header, tagOf(keyword));
  if (values === undefined || values.length < 2 || values.length % 2 !== 0 || values.some(Number.isNaN)) return [];
  const points: string[] = [];
  for (let i = 0; i < values.length; i += 2) {
    points.push(...reorientPoint([values[i] as number, values[i + 1] as number], size, correction).map(String));
  }
  return [{ op: 'set', tag: tagOf(keyword), vr: TAGS[keyword][1], value: { strings: points } }];
}

/** A row\column position counted from 1, after `correction`. */
export function reorientPoint(
  [row, column]: readonly [number, number],
  size: Size,
  correction: Correction,
): [number, number] {
  const { transpose, vertical, horizontal } = stepsOf(correction);
  const [rows, columns] = transpose ? [size.columns, size.rows] : [size.rows, size.columns];
  const [r, c] = transpose ? [column, row] : [row, column];
  return [vertical ? rows + 1 - r : r, horizontal ? columns + 1 - c : c];
}

const EDGES = [
  'ShutterUpperHorizontalEdge',
  'ShutterLeftVerticalEdge',
  'ShutterLowerHorizontalEdge',
  'ShutterRightVerticalEdge',
] as const;

/** The four edges are two corners: upper left and lower right, in the picture as it is after the turn. */
function reorientEdges(header: AttributeReader, size: Size, correction: Correction): AttributeEdit[] {
  const edges = EDGES.map((keyword) => decimals(header, tagOf(keyword))?.[0]);
  if (edges.some((edge) => edge === undefined || Number.isNaN(edge))) return [];
  const [upper, left, lower, right] = edges as [number, number, number, number];
  const one = reorientPoint([upper, left], size, correction);
  const other = reorientPoint([lower, right], size, correction);
  // An edge pair may be written in either order only by mistake; the order upper ≤ lower is kept as it was.
  const corner = (pick: (a: number, b: number) => number): [number, number] => [
    pick(one[0], other[0]),
    pick(one[1], other[1]),
  ];
  const turned = [...corner(Math.min), ...corner(Math.max)];
  return EDGES.map((keyword, i) => ({
    op: 'set',
    tag: tagOf(keyword),
    vr: TAGS[keyword][1],
    value: { strings: [String(turned[i])] },
  }));
}
