import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Derivation, deriveInstance } from '../../src/app/derive-instance.ts';
import { type Correction, inverse, ORIENTATION_CODES, type OrientationCode } from '../../src/core/orientation/d4.ts';
import { DataSet } from '../../src/part10/data-set.ts';
import { encodingOf } from '../../src/part10/transfer-syntax.ts';
import { encodedElement } from '../support/mr-elements.ts';
import { anyOddMr, directionLetters, type OddMr } from '../support/odd-mr.ts';
import { distanceMm, lpsOf, type ParsedInstance, parsedInstance, pixelAt } from '../support/parsed-instance.ts';

const CORRECTIONS = ORIENTATION_CODES.filter((code) => code !== '000') as Correction[];
const anyCorrection = fc.constantFrom(...CORRECTIONS);

const RECORD: Derivation['record'] = {
  date: '20261120',
  time: '101112',
  dateTime: '20261120101112+0100',
  description: 'Reoriented without resampling',
  manufacturer: 'Maker',
  productName: 'Product',
  softwareVersion: '1.0',
  modifyingSystem: 'CMR_NODE',
  sourceOfPreviousValues: 'SCANNER',
  imageTypeValue1: 'derived',
  seriesDescriptionSuffix: '[std]',
  seriesNumberOffset: 1000,
  uidPolicy: 'derive',
  privateGeometry: 'keep',
};
const IDENTITY = { sopInstanceUid: '2.25.1', seriesInstanceUid: '2.25.2' };

function read(bytes: Uint8Array, explicit: boolean): DataSet {
  const encoding = encodingOf(explicit ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2');
  if (encoding === undefined) throw new Error('no such encoding');
  return DataSet.read(bytes, encoding);
}

function turned(mr: Pick<OddMr, 'explicit' | 'dataSet'>, correction: Correction): Buffer {
  const derivation = { correction, identity: IDENTITY, record: RECORD };
  return Buffer.from(deriveInstance(read(mr.dataSet, mr.explicit), derivation));
}

/** Source, derived, and both in the eyes of another reader. */
function pair(mr: OddMr, correction: Correction): { before: ParsedInstance; after: ParsedInstance; bytes: Buffer } {
  const bytes = turned(mr, correction);
  return { before: parsedInstance(mr.dataSet, mr), after: parsedInstance(bytes, mr), bytes };
}

const ROWS = 0x00280010;
const COLUMNS = 0x00280011;
const PIXELS = 0x7fe00010;
const OVERLAY = { rows: 0x10, columns: 0x11, frames: 0x15, origin: 0x50, data: 0x3000 };

function overlayBit(instance: ParsedInstance, group: number, at: { frame: number; row: number; column: number }) {
  const rows = instance.shorts(group + OVERLAY.rows)[0] as number;
  const columns = instance.shorts(group + OVERLAY.columns)[0] as number;
  if (at.row < 0 || at.column < 0 || at.row >= rows || at.column >= columns) return undefined;
  const bit = (at.frame * rows + at.row) * columns + at.column;
  return ((instance.value(group + OVERLAY.data)?.[bit >> 3] as number) >> (bit & 7)) & 1;
}

/** What may differ from the source; everything else must be the very bytes. */
const MOVES = new Set([
  0x00080001, 0x00080008, 0x00080012, 0x00080013, 0x00080018, 0x0008103e, 0x00082111, 0x00082112, 0x00181310,
  0x00181312, 0x00181602, 0x00181604, 0x00181606, 0x00181608, 0x00181610, 0x00181612, 0x00181620, 0x0018a001,
  0x0020000e, 0x00200011, 0x00200020, 0x00200030, 0x00200032, 0x00200035, 0x00200037, 0x00280010, 0x00280011,
  0x00280030, 0x00280034, 0x00880200, 0x04000561, 0x7fe00010,
]);
const isOverlay = (tag: number): boolean => tag >>> 24 === 0x60;
const isGroupLength = (tag: number): boolean => (tag & 0xffff) === 0;

describe('deriving an instance', () => {
  test('keeps every sample at its patient coordinate', () => {
    fc.assert(
      fc.property(anyOddMr, anyCorrection, (mr, correction) => {
        const { before, after } = pair(mr, correction);
        const bytes = (before.shorts(0x00280100)[0] as number) / 8;
        const [rows, columns] = [after.shorts(ROWS)[0] as number, after.shorts(COLUMNS)[0] as number];
        const sourceColumns = before.shorts(COLUMNS)[0] as number;
        const [from, to] = [before.value(PIXELS) as Buffer, after.value(PIXELS) as Buffer];
        expect(to.length).toBe(from.length);
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) {
            const source = pixelAt(before, lpsOf(after, column, row));
            if (!(source.gapMm < 1e-9)) throw new Error(`moved by ${source.gapMm} mm`);
            const there = (source.row * sourceColumns + source.column) * bytes;
            const here = (row * columns + column) * bytes;
            if (to.compare(from, there, there + bytes, here, here + bytes) !== 0) throw new Error('another sample');
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('keeps every overlay bit at its patient coordinate', () => {
    fc.assert(
      fc.property(anyOddMr, anyCorrection, (mr, correction) => {
        const { before, after } = pair(mr, correction);
        const groups = [...before.elements.keys()].filter((tag) => isOverlay(tag) && (tag & 0xffff) === OVERLAY.data);
        for (const group of groups.map((tag) => tag - OVERLAY.data)) {
          const origin = (instance: ParsedInstance) => {
            const value = instance.value(group + OVERLAY.origin) as Buffer;
            return { row: value.readInt16LE(0) - 1, column: value.readInt16LE(2) - 1 };
          };
          const frames = before.numbers(group + OVERLAY.frames)[0] ?? 1;
          const rows = after.shorts(group + OVERLAY.rows)[0] as number;
          const columns = after.shorts(group + OVERLAY.columns)[0] as number;
          expect(rows * columns).toBe(
            (before.shorts(group + OVERLAY.rows)[0] as number) * (before.shorts(group + OVERLAY.columns)[0] as number),
          );
          for (let frame = 0; frame < frames; frame++) {
            for (let row = 0; row < rows; row++) {
              for (let column = 0; column < columns; column++) {
                const source = pixelAt(before, lpsOf(after, origin(after).column + column, origin(after).row + row));
                const at = {
                  frame,
                  row: source.row - origin(before).row,
                  column: source.column - origin(before).column,
                };
                const here = overlayBit(after, group, { frame, row, column });
                if (here !== overlayBit(before, group, at)) throw new Error(`overlay ${group.toString(16)} moved`);
              }
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('keeps the display shutter over the same patient points', () => {
    const UPPER = 0x00181606;
    const [LEFT, RIGHT, LOWER] = [0x00181602, 0x00181604, 0x00181608];
    fc.assert(
      fc.property(anyOddMr, anyCorrection, (mr, correction) => {
        const { before, after } = pair(mr, correction);
        const points = (instance: ParsedInstance, tag: number) => {
          const values = instance.numbers(tag);
          return values.flatMap((row, i) =>
            i % 2 === 0 ? [lpsOf(instance, (values[i + 1] as number) - 1, row - 1)] : [],
          );
        };
        for (const tag of [0x00181610, 0x00181620]) {
          const moved = points(after, tag);
          points(before, tag).forEach((point, i) => {
            expect(distanceMm(point, moved[i] as typeof point)).toBeLessThan(1e-9);
          });
        }
        if (before.value(UPPER) !== undefined) {
          const corners = (instance: ParsedInstance) =>
            [LEFT, RIGHT].flatMap((vertical) =>
              [UPPER, LOWER].map((horizontal) => {
                const [column, row] = [
                  instance.numbers(vertical)[0] as number,
                  instance.numbers(horizontal)[0] as number,
                ];
                return lpsOf(instance, column - 1, row - 1);
              }),
            );
          for (const corner of corners(before)) {
            expect(Math.min(...corners(after).map((other) => distanceMm(corner, other)))).toBeLessThan(1e-9);
          }
          expect(after.numbers(LEFT)[0]).toBeLessThanOrEqual(after.numbers(RIGHT)[0] as number);
          expect(after.numbers(UPPER)[0]).toBeLessThanOrEqual(after.numbers(LOWER)[0] as number);
        }
        // The radius counts pixels along a row, whatever their width is now (PS3.3 C.7.6.11).
        const radiusMm = (instance: ParsedInstance) =>
          (instance.numbers(0x00181612)[0] ?? 0) * (instance.numbers(0x00280030)[1] as number);
        expect(Math.abs(radiusMm(after) - radiusMm(before))).toBeLessThanOrEqual(
          0.5 * (after.numbers(0x00280030)[1] as number) + 1e-9,
        );
      }),
      { numRuns: 150 },
    );
  });

  test('leaves every element that does not move the very bytes that it was', () => {
    fc.assert(
      fc.property(anyOddMr, anyCorrection, (mr, correction) => {
        const { after, bytes } = pair(mr, correction);
        for (const element of mr.elements) {
          if (MOVES.has(element.tag) || isOverlay(element.tag)) continue;
          const found = after.elements.get(element.tag);
          expect(found?.encoded.equals(encodedElement(element, mr.explicit))).toBe(true);
        }
        for (const tag of after.elements.keys()) {
          const known = mr.elements.some((element) => element.tag === tag);
          if (!known && !isGroupLength(tag)) expect(MOVES.has(tag)).toBe(true);
        }
        const tags = [...after.elements.keys()];
        expect(tags).toEqual([...tags].sort((a, b) => a - b));
        expect([...after.elements.values()].reduce((sum, { encoded }) => sum + encoded.length, 0)).toBe(bytes.length);
      }),
      { numRuns: 200 },
    );
  });

  test('has right group lengths where the source has any, and no Length to End', () => {
    fc.assert(
      fc.property(anyOddMr, anyCorrection, (mr, correction) => {
        const { before, after } = pair(mr, correction);
        const lengths = [...after.elements.values()].filter(({ tag }) => isGroupLength(tag));
        expect(lengths.map(({ tag }) => tag)).toEqual([...before.elements.keys()].filter(isGroupLength));
        for (const { tag, value } of lengths) {
          const members = [...after.elements.values()].filter(
            (one) => one.tag >>> 16 === tag >>> 16 && one.tag !== tag,
          );
          expect(value.readUInt32LE(0)).toBe(members.reduce((sum, { encoded }) => sum + encoded.length, 0));
        }
        expect(after.elements.has(0x00080001)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  test('is undone by the inverse correction: pixels, overlays and directions exactly, the position to 1e-9 mm', () => {
    fc.assert(
      fc.property(anyOddMr, anyCorrection, (mr, correction) => {
        const there = turned(mr, correction);
        const back = parsedInstance(turned({ ...mr, dataSet: there }, inverse(correction) as Correction), mr);
        const before = parsedInstance(mr.dataSet, mr);
        const exact = [...before.elements.keys()].filter(
          (tag) => isOverlay(tag) || [PIXELS, ROWS, COLUMNS].includes(tag),
        );
        for (const tag of exact) expect(back.value(tag)?.equals(before.value(tag) as Buffer)).toBe(true);
        for (const tag of [0x00200037, 0x00280030, 0x00280034, 0x00200020, 0x00181610, 0x00181620, 0x00181312]) {
          expect(back.text(tag)).toEqual(before.text(tag));
        }
        expect(back.shorts(0x00181310)).toEqual(before.shorts(0x00181310));
        expect(distanceMm(lpsOf(back, 0, 0), lpsOf(before, 0, 0))).toBeLessThan(1e-9);
      }),
      { numRuns: 150 },
    );
  });

  test('says the letters of the directions that it has', () => {
    fc.assert(
      fc.property(anyOddMr, anyCorrection, (mr, correction) => {
        const { before, after } = pair(mr, correction);
        if (before.value(0x00200020) === undefined) return;
        const cosines = after.numbers(0x00200037);
        const letters = [directionLetters(cosines.slice(0, 3)), directionLetters(cosines.slice(3))];
        expect(after.text(0x00200020)).toEqual(letters);
      }),
      { numRuns: 100 },
    );
  });

  test('exchanges what names rows and columns on a transpose, and only then', () => {
    fc.assert(
      fc.property(anyOddMr, anyCorrection, (mr, correction) => {
        const { before, after } = pair(mr, correction);
        const transposed = correction[0] === '1';
        const swap = <T>(values: readonly T[]): readonly T[] =>
          transposed ? values.map((_, i) => values[i ^ 1] as T) : values;
        expect(after.text(0x00280034)).toEqual(swap(before.text(0x00280034)));
        expect(after.text(0x00280030)).toEqual(swap(before.text(0x00280030)));
        expect(after.shorts(0x00181310)).toEqual(swap(before.shorts(0x00181310)));
        const [direction] = before.text(0x00181312);
        const other = direction === 'ROW' ? 'COL' : 'ROW';
        expect(after.text(0x00181312)[0]).toBe(direction === undefined || !transposed ? direction : other);
      }),
      { numRuns: 100 },
    );
  });

  test('turns the icon like the pixels', () => {
    /** DESIGN §2: what lies at target (x, y) of a picture of C × R. */
    const SOURCE: Record<OrientationCode, (x: number, y: number, C: number, R: number) => [number, number]> = {
      '000': (x, y) => [x, y],
      '001': (x, y, C) => [C - 1 - x, y],
      '010': (x, y, _, R) => [x, R - 1 - y],
      '011': (x, y, C, R) => [C - 1 - x, R - 1 - y],
      '100': (x, y) => [y, x],
      '101': (x, y, _, R) => [y, R - 1 - x],
      '110': (x, y, C) => [C - 1 - y, x],
      '111': (x, y, C, R) => [C - 1 - y, R - 1 - x],
    };
    fc.assert(
      fc.property(anyOddMr, anyCorrection, (mr, correction) => {
        const { before, after } = pair(mr, correction);
        const [source, icon] = [before, after].map((one) => one.elements.get(0x00880200)?.items[0]);
        if (source === undefined || icon === undefined) return;
        const [rows, columns] = [icon.shorts(ROWS)[0] as number, icon.shorts(COLUMNS)[0] as number];
        for (let y = 0; y < rows; y++) {
          for (let x = 0; x < columns; x++) {
            const [sx, sy] = SOURCE[correction as OrientationCode](
              x,
              y,
              source.shorts(COLUMNS)[0] as number,
              source.shorts(ROWS)[0] as number,
            );
            expect(icon.value(PIXELS)?.[y * columns + x]).toBe(
              source.value(PIXELS)?.[sy * (source.shorts(COLUMNS)[0] as number) + sx],
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('keeps every prior value that it changes or removes, but for the pixels', () => {
    fc.assert(
      fc.property(anyOddMr, anyCorrection, (mr, correction) => {
        const { before, after } = pair(mr, correction);
        const prior = after.elements.get(0x04000561)?.items.at(-1)?.elements.get(0x04000550)?.items[0];
        const appended = [0x00082112, 0x0018a001, 0x04000561];
        for (const [tag, { encoded }] of before.elements) {
          if (isGroupLength(tag) || tag === PIXELS || appended.includes(tag)) continue;
          const now = after.elements.get(tag);
          if (now?.encoded.equals(encoded) === true) continue;
          expect(prior?.elements.get(tag)?.encoded.equals(encoded), tag.toString(16)).toBe(true);
        }
        expect(prior?.elements.has(PIXELS)).toBe(false);
        for (const tag of appended) {
          const items = before.elements.get(tag)?.items ?? [];
          expect(after.elements.get(tag)?.items).toHaveLength(items.length + 1);
          items.forEach((item, i) => {
            const kept = after.elements.get(tag)?.items[i];
            for (const [inner, { value }] of item.elements) expect(kept?.value(inner)?.equals(value)).toBe(true);
          });
        }
      }),
      { numRuns: 150 },
    );
  });

  test('gives the same bytes each time', () => {
    fc.assert(
      fc.property(anyOddMr, anyCorrection, (mr, correction) => {
        const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
        const copy = { ...mr, dataSet: Buffer.concat([Buffer.alloc(1), mr.dataSet]).subarray(1) };
        const before = hash(mr.dataSet);
        expect(hash(turned(mr, correction))).toBe(hash(turned(copy, correction)));
        expect(hash(mr.dataSet)).toBe(before);
      }),
      { numRuns: 50 },
    );
  });
});
