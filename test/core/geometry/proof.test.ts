import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deriveInstance } from '../../../src/app/derive-instance.ts';
import { formatDecimalString } from '../../../src/core/attributes/decimal-string.ts';
import { NodeError } from '../../../src/core/errors.ts';
import { proveSamplesKeptTheirPlace } from '../../../src/core/geometry/proof.ts';
import { type Correction, ORIENTATION_CODES } from '../../../src/core/orientation/d4.ts';
import { DataSet } from '../../../src/part10/data-set.ts';
import { encodedDataSet, type MadeElement, shorts, text } from '../../support/mr-elements.ts';

const EXPLICIT = { explicitVr: true, littleEndian: true, encapsulated: false, deflated: false };
const CORRECTIONS = ORIENTATION_CODES.filter((code) => code !== '000') as Correction[];
const ROWS = 0x00280010;
const COLUMNS = 0x00280011;
const POSITION = 0x00200032;
const ORIENTATION = 0x00200037;
const SPACING = 0x00280030;
const PIXELS = 0x7fe00010;

interface Made {
  readonly rows?: number;
  readonly columns?: number;
  readonly bits?: 8 | 16 | 32 | 64;
  readonly cosines?: readonly number[];
  readonly sample?: (index: number) => number;
}

function made({
  rows = 7,
  columns = 11,
  bits = 16,
  cosines,
  sample = (i) => (i * 37 + 11) & 0xff,
}: Made = {}): DataSet {
  const pixels = Buffer.alloc((rows * columns * bits) / 8 + (((rows * columns * bits) / 8) % 2));
  for (let i = 0; i < rows * columns; i++) pixels[(i * bits) / 8] = sample(i);
  const elements: readonly MadeElement[] = [
    text(0x00080008, 'CS', 'ORIGINAL', 'PRIMARY'),
    text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.4'),
    text(0x00080018, 'UI', '1.2.3'),
    text(POSITION, 'DS', '-101.5', '37.25', '12'),
    text(ORIENTATION, 'DS', ...(cosines ?? [0.6, 0.8, 0, 0, 0, -1]).map(formatDecimalString)),
    shorts(0x00280002, 1),
    shorts(ROWS, rows),
    shorts(COLUMNS, columns),
    text(SPACING, 'DS', '1.4', '1.9'),
    shorts(0x00280100, bits),
    shorts(0x00280101, bits),
    { tag: PIXELS, vr: 'OW', value: pixels },
  ];
  return DataSet.read(encodedDataSet(elements, { explicit: true }), EXPLICIT);
}

function derived(source: DataSet, correction: Correction): DataSet {
  const bytes = deriveInstance(source, {
    correction,
    identity: { sopInstanceUid: '2.25.1', seriesInstanceUid: '2.25.2' },
    record: {
      date: '20261120',
      time: '101112',
      dateTime: '20261120101112+0100',
      description: 'turned',
      manufacturer: 'Maker',
      productName: 'Product',
      softwareVersion: '1.0',
      modifyingSystem: 'NODE',
      sourceOfPreviousValues: 'SCANNER',
      imageTypeValue1: 'derived',
      seriesDescriptionSuffix: '',
      seriesNumberOffset: 0,
      uidPolicy: 'derive',
      privateGeometry: 'keep',
    },
  });
  return DataSet.read(bytes, EXPLICIT);
}

/** The data set with the value of one element replaced by another of the same or another length. */
function changed(dataSet: DataSet, tag: number, value: Uint8Array): DataSet {
  const padded = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.from(' ')]);
  const pieces = dataSet.elements.map((element) => {
    const encoded = Buffer.from(dataSet.encodedBytes.subarray(element.start, element.end));
    if (element.tag !== tag) return encoded;
    const header = encoded.subarray(0, element.valueStart - element.start);
    if (header.length === 12) header.writeUInt32LE(padded.length, 8);
    else header.writeUInt16LE(padded.length, 6);
    return Buffer.concat([header, padded]);
  });
  return DataSet.read(Buffer.concat(pieces), EXPLICIT);
}

function withNumber(dataSet: DataSet, tag: number, { index, add }: { index: number; add: number }): DataSet {
  const values = (dataSet.strings(tag) ?? []).map(Number);
  values[index] = (values[index] as number) + add;
  return changed(dataSet, tag, Buffer.from(values.map(formatDecimalString).join('\\')));
}

function short(value: number): Buffer {
  return Buffer.from([value & 0xff, value >> 8]);
}

function proof(source: DataSet, result: DataSet, correction: Correction): 'proved' | string {
  try {
    proveSamplesKeptTheirPlace(source, result, correction);
    return 'proved';
  } catch (error) {
    if (error instanceof NodeError) return error.code;
    throw error;
  }
}

describe.each(CORRECTIONS)('the proof of a turn by %s', (correction) => {
  const source = made();
  const result = derived(source, correction);

  test('holds for samples of every width', () => {
    for (const bits of [8, 16, 32, 64] as const) {
      const other = made({ bits });
      expect(proof(other, derived(other, correction), correction)).toBe('proved');
    }
  });

  test('holds for matrices of one row, of one column and of one pixel', () => {
    for (const size of [{ rows: 1 }, { columns: 1 }, { rows: 1, columns: 1 }]) {
      const other = made(size);
      expect(proof(other, derived(other, correction), correction)).toBe('proved');
    }
  });

  test('fails where any single bit of any sample is another', () => {
    const pixels = result.bytes(PIXELS) as Uint8Array;
    for (let i = 0; i < pixels.length; i++) {
      const flipped = Buffer.from(pixels);
      flipped[i] = (flipped[i] as number) ^ (1 << (i % 8));
      expect(proof(source, changed(result, PIXELS, flipped), correction)).toBe('proof-failed');
    }
  });

  test('fails where two samples have changed places', () => {
    const pixels = Buffer.from(result.bytes(PIXELS) as Uint8Array);
    const [a, b] = [pixels.readUInt16LE(0), pixels.readUInt16LE(2)];
    pixels.writeUInt16LE(b, 0);
    pixels.writeUInt16LE(a, 2);
    expect(proof(source, changed(result, PIXELS, pixels), correction)).toBe('proof-failed');
  });

  test('fails beyond, and holds within, a thousandth of a millimetre of Image Position', () => {
    for (const index of [0, 1, 2]) {
      expect(proof(source, withNumber(result, POSITION, { index, add: 0.0011 }), correction)).toBe('proof-failed');
      expect(proof(source, withNumber(result, POSITION, { index, add: -0.0011 }), correction)).toBe('proof-failed');
      expect(proof(source, withNumber(result, POSITION, { index, add: 0.0009 }), correction)).toBe('proved');
    }
  });

  test('fails where a cosine or a spacing is off by what moves a corner', () => {
    for (let index = 0; index < 6; index++) {
      const turned = withNumber(result, ORIENTATION, { index, add: 0.0009 });
      expect(proof(source, turned, correction)).toBe('proof-failed');
    }
    for (const index of [0, 1]) {
      expect(proof(source, withNumber(result, SPACING, { index, add: 0.001 }), correction)).toBe('proof-failed');
    }
  });

  test('fails where half of it was not done', () => {
    for (const tag of [POSITION, ORIENTATION, SPACING, ROWS, COLUMNS, PIXELS]) {
      const before = source.bytes(tag) as Uint8Array;
      if (Buffer.from(result.bytes(tag) as Uint8Array).equals(Buffer.from(before))) continue;
      expect(proof(source, changed(result, tag, before), correction)).toBe('proof-failed');
    }
  });

  test('fails where rows and columns are others, also of the same number of samples', () => {
    const [rows, columns] = [result.unsignedShorts(ROWS)?.[0] as number, result.unsignedShorts(COLUMNS)?.[0] as number];
    const swapped = changed(changed(result, ROWS, short(columns)), COLUMNS, short(rows));
    expect(proof(source, swapped, correction)).toBe('proof-failed');
    const smaller = changed(changed(result, ROWS, short(rows - 1)), PIXELS, Buffer.alloc((rows - 1) * columns * 2));
    expect(proof(source, smaller, correction)).toBe('proof-failed');
  });

  test('fails where a picture without contrast is shifted by whole pixels', () => {
    const flat = made({ sample: () => 5 });
    const turned = derived(flat, correction);
    const cosines = (turned.strings(ORIENTATION) ?? []).map(Number);
    const [rowSpacing, columnSpacing] = (turned.strings(SPACING) ?? []).map(Number) as [number, number];
    for (const [at, spacing] of [
      [0, columnSpacing],
      [3, rowSpacing],
    ] as const) {
      let shifted = turned;
      for (const index of [0, 1, 2]) {
        const add = (cosines[at + index] as number) * spacing;
        shifted = withNumber(shifted, POSITION, { index, add });
      }
      expect(proof(flat, shifted, correction)).toBe('proof-failed');
    }
  });

  test('fails for every other correction where there is no plane', () => {
    const bare = changed(source, POSITION, Buffer.alloc(0));
    const turned = derived(bare, correction);
    for (const other of CORRECTIONS) {
      expect(proof(bare, turned, other)).toBe(other === correction ? 'proved' : 'proof-failed');
    }
  });

  test('fails where the derived plane is gone', () => {
    expect(proof(source, changed(result, ORIENTATION, Buffer.from('1\\0')), correction)).toBe('proof-failed');
  });

  test('holds for cosines that are rounded or not quite perpendicular, as long as they are accepted at all', () => {
    fc.assert(
      fc.property(fc.double({ min: -0.004, max: 0.004, noNaN: true }), (skew) => {
        const cosines = [0.6, 0.8, 0, skew, 0, -1].map((value) => Math.round(value * 1000) / 1000);
        const wide = made({ rows: 300, columns: 200, cosines });
        expect(proof(wide, derived(wide, correction), correction)).toBe('proved');
      }),
      { numRuns: 5 },
    );
  });
});
