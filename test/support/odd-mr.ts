import fc from 'fast-check';
import { formatDecimalString } from '../../src/core/attributes/decimal-string.ts';
import type { ImagePlane } from '../../src/core/geometry/image-plane.ts';
import type { Lps } from '../../src/core/geometry/vector.ts';
import { anyPlane } from './arbitraries.ts';
import { encodedDataSet, longs, type MadeElement, shorts, text } from './mr-elements.ts';

/** A made-up MR instance with everything in it that moves with its pixels, and much that must not move. */
export interface OddMr {
  readonly explicit: boolean;
  readonly elements: readonly MadeElement[];
  readonly groupLengths: readonly number[];
  readonly dataSet: Buffer;
}

const MR = '1.2.840.10008.5.1.4.1.1.4';

function bytesOf(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0, state = seed >>> 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

function even(bytes: Buffer): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([0])]);
}

/** A plane whose numbers are written with as many characters as a DS has. */
const anySmallPlane = fc.tuple(anyPlane, fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 })).map(
  ([plane, rows, columns]): ImagePlane => ({
    ...plane,
    rowCosines: plane.rowCosines.map(snapped) as unknown as Lps,
    columnCosines: plane.columnCosines.map(snapped) as unknown as Lps,
    rows,
    columns,
  }),
);

/** Scanners write no cosines with exponents. */
function snapped(cosine: number): number {
  return Math.abs(cosine) < 1e-3 ? 0 : cosine;
}

interface Draw {
  readonly plane: ImagePlane;
  readonly bits: 8 | 16 | 32;
  readonly signed: boolean;
  readonly seed: number;
  readonly overlays: readonly {
    readonly group: number;
    readonly rows: number;
    readonly columns: number;
    readonly row: number;
    readonly column: number;
    readonly frames: number;
  }[];
  readonly present: readonly boolean[];
  readonly vertices: readonly number[];
  readonly undefinedLength: boolean;
  readonly direction: 'ROW' | 'COL';
  readonly description: { readonly set: string; readonly bytes: Buffer };
}

const DESCRIPTIONS = [
  { set: 'ISO_IR 100', bytes: Buffer.from('kurze Achse \xe4\xf6\xfc ', 'latin1') },
  { set: 'ISO_IR 192', bytes: Buffer.from('短軸 シネ', 'utf8') },
  { set: 'ISO_IR 192', bytes: Buffer.from('短'.repeat(30), 'utf8') },
  { set: '\\ISO 2022 IR 87', bytes: Buffer.from('SAX \x1b$BC;<4\x1b(B', 'latin1') },
  { set: 'GB18030', bytes: Buffer.from([0xb6, 0xcc, 0xd6, 0xe1]) },
  { set: '', bytes: Buffer.from('short axis '.repeat(6).slice(0, 64)) },
  { set: 'ISO_IR 100', bytes: Buffer.alloc(0) },
];

const anyOverlay = fc.record({
  rows: fc.integer({ min: 1, max: 30 }),
  columns: fc.integer({ min: 1, max: 30 }),
  row: fc.integer({ min: -20, max: 30 }),
  column: fc.integer({ min: -20, max: 30 }),
  frames: fc.integer({ min: 1, max: 3 }),
});

const anyDraw: fc.Arbitrary<Draw> = fc.record({
  plane: anySmallPlane,
  bits: fc.constantFrom(8, 16, 32),
  signed: fc.boolean(),
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
  overlays: fc
    .uniqueArray(fc.integer({ min: 0, max: 15 }), { maxLength: 3 })
    .chain((numbers) =>
      fc.tuple(...numbers.map((n) => anyOverlay.map((overlay) => ({ ...overlay, group: 0x6000 + 2 * n })))),
    ),
  present: fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
  vertices: fc.array(fc.integer({ min: -3, max: 40 }), { minLength: 6, maxLength: 12 }),
  undefinedLength: fc.boolean(),
  direction: fc.constantFrom('ROW', 'COL'),
  description: fc.constantFrom(...DESCRIPTIONS),
});

/** Letters of a direction (PS3.3 C.7.6.1.1.1): the axes that it follows, the nearest first. */
export function directionLetters(direction: readonly number[]): string {
  return direction
    .map((along, axis) => ({ size: Math.abs(along), letter: ['LR', 'PA', 'HF'][axis]?.[along < 0 ? 1 : 0] as string }))
    .filter(({ size }) => size > 0.05)
    .sort((a, b) => b.size - a.size)
    .map(({ letter }) => letter)
    .join('');
}

function elementsOf(draw: Draw): MadeElement[] {
  const { plane, undefinedLength, description } = draw;
  const given = (i: number, ...elements: readonly MadeElement[]): readonly MadeElement[] =>
    draw.present[i] === true ? elements : [];
  const item = (...elements: readonly MadeElement[]): readonly MadeElement[] => elements;
  return [
    ...given(0, { tag: 0x00080001, vr: 'UL', value: longs(4711) }),
    ...(description.set === '' ? [] : [text(0x00080005, 'CS', description.set)]),
    text(0x00080008, 'CS', 'ORIGINAL', 'PRIMARY', 'M'),
    text(0x00080016, 'UI', MR),
    text(0x00080018, 'UI', `1.2.3.${draw.seed}`),
    text(0x00080060, 'CS', 'MR'),
    { tag: 0x00081030, vr: 'LO', value: Buffer.from('odd') },
    { tag: 0x0008103e, vr: 'LO', value: description.bytes },
    ...given(1, { tag: 0x00082112, vr: 'SQ', undefinedLength, value: [item(text(0x00081150, 'UI', MR))] }),
    { tag: 0x00090010, vr: 'LO', value: Buffer.from('MADE UP ') },
    { tag: 0x00091001, vr: 'UN', value: bytesOf(38, draw.seed) },
    {
      tag: 0x00091002,
      vr: draw.seed % 2 === 0 ? 'UN' : 'SQ',
      undefinedLength: true,
      value: [item(text(0x00090010, 'LO', 'MADE UP'), text(0x00091003, 'LO', 'inner'))],
    },
    text(0x00100010, 'PN', 'Odd^One'),
    ...given(2, shorts(0x00181310, 0, plane.columns, plane.rows, 0)),
    ...given(3, text(0x00181312, 'CS', draw.direction)),
    ...given(4, text(0x00181602, 'IS', '2'), text(0x00181604, 'IS', '9')),
    ...given(4, text(0x00181606, 'IS', '1'), text(0x00181608, 'IS', '5'), text(0x00181600, 'CS', 'RECTANGULAR')),
    ...given(5, text(0x00181610, 'IS', '3', '7'), text(0x00181612, 'IS', '6')),
    ...given(6, text(0x00181620, 'IS', ...draw.vertices.slice(0, draw.vertices.length & ~1).map(String))),
    ...given(7, { tag: 0x0018a001, vr: 'SQ', undefinedLength, value: [item(text(0x00080070, 'LO', 'Earlier'))] }),
    text(0x0020000d, 'UI', '1.2.4'),
    text(0x0020000e, 'UI', '1.2.4.1'),
    text(0x00200011, 'IS', '7'),
    text(0x00200013, 'IS', '12'),
    ...given(8, text(0x00200020, 'CS', directionLetters(plane.rowCosines), directionLetters(plane.columnCosines))),
    ...given(9, text(0x00200030, 'DS', '1', '2', '3'), text(0x00200035, 'DS', '1', '0', '0', '0', '1', '0')),
    text(0x00200032, 'DS', ...plane.imagePositionPatient.map(formatDecimalString)),
    text(0x00200037, 'DS', ...[...plane.rowCosines, ...plane.columnCosines].map(formatDecimalString)),
    text(0x00200052, 'UI', '1.2.4.9'),
    text(0x00201041, 'DS', '12.5'),
    shorts(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    shorts(0x00280010, plane.rows),
    shorts(0x00280011, plane.columns),
    text(0x00280030, 'DS', formatDecimalString(plane.rowSpacingMm), formatDecimalString(plane.columnSpacingMm)),
    ...given(10, text(0x00280034, 'IS', '3', '2')),
    shorts(0x00280100, draw.bits),
    shorts(0x00280101, draw.bits),
    shorts(0x00280102, draw.bits - 1),
    shorts(0x00280103, draw.signed ? 1 : 0),
    ...given(11, iconOf(draw)),
    ...given(12, { tag: 0x04000561, vr: 'SQ', undefinedLength, value: [item(text(0x04000563, 'LO', 'Earlier'))] }),
    ...draw.overlays.flatMap((overlay, i) => overlayOf(overlay, draw.seed + i)),
    {
      tag: 0x7fe00010,
      vr: draw.bits === 8 && draw.present[13] === true ? 'OB' : 'OW',
      value: even(bytesOf((plane.rows * plane.columns * draw.bits) / 8, draw.seed)),
    },
    ...given(14, { tag: 0xfffcfffc, vr: 'OB', value: Buffer.alloc(6) }),
  ];
}

function iconOf({ seed, undefinedLength }: Draw): MadeElement {
  const icon = [
    shorts(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    shorts(0x00280010, 3),
    shorts(0x00280011, 5),
    shorts(0x00280100, 8),
    shorts(0x00280101, 8),
    { tag: 0x7fe00010, vr: 'OB', value: even(bytesOf(15, seed + 9)) },
  ];
  return { tag: 0x00880200, vr: 'SQ', undefinedLength, value: [icon] };
}

function overlayOf(overlay: Draw['overlays'][number], seed: number): MadeElement[] {
  const at = (element: number): number => overlay.group * 0x10000 + element;
  const bits = overlay.rows * overlay.columns * overlay.frames;
  const data = even(bytesOf(Math.ceil(bits / 8), seed));
  // Bits that belong to nobody are zero, as writers leave them.
  for (let bit = bits; bit < data.length * 8; bit++) {
    data[bit >> 3] = (data[bit >> 3] as number) & ~(1 << (bit & 7));
  }
  return [
    shorts(at(0x0010), overlay.rows),
    shorts(at(0x0011), overlay.columns),
    ...(overlay.frames === 1 ? [] : [text(at(0x0015), 'IS', String(overlay.frames))]),
    text(at(0x0040), 'CS', 'G'),
    { ...shorts(at(0x0050), overlay.row, overlay.column), vr: 'SS' },
    shorts(at(0x0100), 1),
    shorts(at(0x0102), 0),
    { tag: at(0x3000), vr: 'OW', value: data },
  ];
}

export const anyOddMr: fc.Arbitrary<OddMr> = fc
  .tuple(anyDraw, fc.boolean(), fc.subarray([0x0008, 0x0018, 0x0020, 0x0028, 0x7fe0, 0x0010]))
  .map(([draw, explicit, groupLengths]) => {
    const elements = elementsOf(draw);
    const dataSet = encodedDataSet(elements, { explicit, groupLengths });
    return {
      explicit,
      elements,
      groupLengths,
      dataSet,
      [fc.toStringMethod]: () => `${explicit ? 'explicit' : 'implicit'} ${JSON.stringify(draw)}`,
    };
  });
