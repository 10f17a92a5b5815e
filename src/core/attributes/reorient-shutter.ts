import { type Correction, stepsOf } from '../orientation/d4.ts';
import type { AttributeEdit } from './attribute-edit.ts';
import { type AttributeReader, decimals, firstDecimal } from './attribute-reader.ts';
import { type Keyword, TAGS, tagOf } from './tags.ts';

interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Why the display shutter cannot be turned; undefined where it can, or where there is none. */
export function shutterFault(header: AttributeReader): { attribute: Keyword; fault: string } | undefined {
  const edges = EDGES.filter((keyword) => header.has(tagOf(keyword)));
  if (edges.length > 0 && edgesOf(header) === undefined) {
    return { attribute: edges[0] as Keyword, fault: 'is not one of four edges that are numbers' };
  }
  for (const keyword of POINTS) {
    if (header.has(tagOf(keyword)) && pointsOf(header, keyword) === undefined) {
      return { attribute: keyword, fault: 'is not pairs of numbers' };
    }
  }
  return undefined;
}

/** Display shutter (PS3.3 C.7.6.11): edges and vertices count rows and columns from 1. */
export function reorientShutter(header: AttributeReader, size: Size, correction: Correction): AttributeEdit[] {
  return [
    ...reorientEdges(header, size, correction),
    ...POINTS.flatMap((keyword) => reorientPoints(pointsOf(header, keyword), { keyword, size }, correction)),
    ...reorientRadius(header, correction),
  ];
}

const POINTS = ['CenterOfCircularShutter', 'VerticesOfThePolygonalShutter'] as const;

function pointsOf(header: AttributeReader, keyword: Keyword): readonly (readonly [number, number])[] | undefined {
  const values = decimals(header, tagOf(keyword));
  if (values === undefined || values.length < 2 || values.length % 2 !== 0 || values.some(Number.isNaN))
    return undefined;
  return values.flatMap((value, i) => (i % 2 === 0 ? [[value, values[i + 1] as number] as const] : []));
}

function reorientPoints(
  points: readonly (readonly [number, number])[] | undefined,
  { keyword, size }: { readonly keyword: Keyword; readonly size: Size },
  correction: Correction,
): AttributeEdit[] {
  if (points === undefined) return [];
  const strings = points.flatMap((point) => reorientPoint(point, size, correction)).map(String);
  return [{ op: 'set', tag: tagOf(keyword), vr: TAGS[keyword][1], value: { strings } }];
}

/** The radius counts pixels along a row, and the pixels along a row are others after a transpose. */
function reorientRadius(header: AttributeReader, correction: Correction): AttributeEdit[] {
  const radius = firstDecimal(header, tagOf('RadiusOfCircularShutter'));
  const [rowSpacing, columnSpacing] = decimals(header, tagOf('PixelSpacing')) ?? [];
  if (!stepsOf(correction).transpose || radius === undefined || !rowSpacing || !columnSpacing) return [];
  const turned = Math.round((radius * columnSpacing) / rowSpacing);
  if (turned === radius) return [];
  return [{ op: 'set', tag: tagOf('RadiusOfCircularShutter'), vr: 'IS', value: { strings: [String(turned)] } }];
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

function edgesOf(header: AttributeReader): readonly [number, number, number, number] | undefined {
  const edges = EDGES.map((keyword) => firstDecimal(header, tagOf(keyword)));
  return edges.some((edge) => edge === undefined) ? undefined : (edges as [number, number, number, number]);
}

/** The four edges are two corners: upper left and lower right, in the picture as it is after the turn. */
function reorientEdges(header: AttributeReader, size: Size, correction: Correction): AttributeEdit[] {
  const edges = edgesOf(header);
  if (edges === undefined) return [];
  const [upper, left, lower, right] = edges;
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
