import dicomParser from 'dicom-parser';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';

/** One top-level element as dicom-parser found it. */
export interface ParsedElement {
  readonly tag: number;
  /** Header and value. */
  readonly encoded: Buffer;
  readonly value: Buffer;
  /** Items as data sets, where it is a sequence. */
  readonly items: readonly ParsedInstance[];
}

/** A data set in the eyes of dicom-parser, which shares nothing with the code under test. */
export interface ParsedInstance {
  readonly elements: ReadonlyMap<number, ParsedElement>;
  value(tag: number): Buffer | undefined;
  text(tag: number): readonly string[];
  numbers(tag: number): readonly number[];
  shorts(tag: number): readonly number[];
}

const SEQUENCE_END = Buffer.from('feffdde000000000', 'hex');
const TRANSFER_SYNTAX = { explicit: '1.2.840.10008.1.2.1', implicit: '1.2.840.10008.1.2' };

export function parsedInstance(dataSet: Uint8Array, { explicit }: { readonly explicit: boolean }): ParsedInstance {
  const meta = encodeFileMeta({
    sopClassUid: '1.2',
    sopInstanceUid: '1.3',
    transferSyntaxUid: explicit ? TRANSFER_SYNTAX.explicit : TRANSFER_SYNTAX.implicit,
  });
  const file = Buffer.concat([meta, dataSet]);
  return view(file, dicomParser.parseDicom(file), meta.length);
}

function view(file: Buffer, dataSet: dicomParser.DataSet, start: number): ParsedInstance {
  const found = Object.values(dataSet.elements)
    .filter((element) => element.dataOffset > start)
    .sort((a, b) => a.dataOffset - b.dataOffset);
  const elements = new Map<number, ParsedElement>();
  let begins = start;
  for (const element of found) {
    const ends = element.dataOffset + element.length;
    const items = (element.items ?? []).flatMap((item) =>
      item.dataSet === undefined ? [] : [view(file, item.dataSet, item.dataOffset)],
    );
    const tag = Number.parseInt(element.tag.slice(1), 16);
    const value = file.subarray(element.dataOffset, ends);
    // dicom-parser counts the delimiter of a sequence to it in Explicit VR only.
    const delimited = element.hadUndefinedLength === true && file.subarray(ends, ends + 8).equals(SEQUENCE_END);
    const after = delimited ? ends + 8 : ends;
    elements.set(tag, { tag, encoded: file.subarray(begins, after), value, items });
    begins = after;
  }
  const text = (tag: number): readonly string[] =>
    elements
      .get(tag)
      ?.value.toString('latin1')
      .replace(/[\0 ]+$/, '')
      .split('\\') ?? [];
  return {
    elements,
    value: (tag) => elements.get(tag)?.value,
    text,
    numbers: (tag) => text(tag).map(Number),
    shorts: (tag) => {
      const value = elements.get(tag)?.value ?? Buffer.alloc(0);
      return Array.from({ length: value.length >> 1 }, (_, i) => value.readUInt16LE(i * 2));
    },
  };
}

type Point = readonly [number, number, number];

/** LPS millimetres of a pixel centre, columns and rows counted from zero (PS3.3 Equation C.7.6.2.1-1). */
export function lpsOf(instance: ParsedInstance, column: number, row: number): Point {
  const position = instance.numbers(0x00200032);
  const cosines = instance.numbers(0x00200037);
  const [rowSpacing, columnSpacing] = instance.numbers(0x00280030) as [number, number];
  const along = (axis: number): number =>
    (position[axis] as number) +
    (cosines[axis] as number) * columnSpacing * column +
    (cosines[axis + 3] as number) * rowSpacing * row;
  return [along(0), along(1), along(2)];
}

export function distanceMm(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** The pixel of `instance` that lies nearest to a point, also beyond its edges. */
export function pixelAt(instance: ParsedInstance, point: Point): { column: number; row: number; gapMm: number } {
  const origin = lpsOf(instance, 0, 0);
  const right = lpsOf(instance, 1, 0);
  const down = lpsOf(instance, 0, 1);
  const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  const times = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const [u, v, p] = [minus(right, origin), minus(down, origin), minus(point, origin)];
  const [uu, uv, vv, pu, pv] = [times(u, u), times(u, v), times(v, v), times(p, u), times(p, v)];
  const determinant = uu * vv - uv * uv;
  const column = Math.round((pu * vv - pv * uv) / determinant);
  const row = Math.round((pv * uu - pu * uv) / determinant);
  return { column, row, gapMm: distanceMm(point, lpsOf(instance, column, row)) };
}
