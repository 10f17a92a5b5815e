import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deriveInstance } from '../../src/app/derive-instance.ts';
import { derivedIdentity } from '../../src/app/derived-identity.ts';
import type { AttributeEdit } from '../../src/core/attributes/attribute-edit.ts';
import { isPlaneFault, readImagePlane } from '../../src/core/attributes/read-plane.ts';
import { reorientEdits } from '../../src/core/attributes/reorient-edits.ts';
import { derivationDescription } from '../../src/core/derivation/derivation-record.ts';
import {
  compose,
  correctionFor,
  ORIENTATION_CODES,
  type OrientationCode,
  observed,
  operationBetween,
} from '../../src/core/orientation/d4.ts';
import { isLayoutFault, readPixelLayout } from '../../src/core/pixels/pixel-layout.ts';
import { DataSet } from '../../src/part10/data-set.ts';
import { applyEdits } from '../../src/part10/splice.ts';
import { encodingOf } from '../../src/part10/transfer-syntax.ts';
import { encodedDataSet, shorts, text } from '../support/mr-elements.ts';
import { anyOddMr, type OddMr } from '../support/odd-mr.ts';
import { lpsOf, type ParsedInstance, parsedInstance, pixelAt } from '../support/parsed-instance.ts';

const [ROWS, COLUMNS, SPACING, PIXELS] = [0x00280010, 0x00280011, 0x00280030, 0x7fe00010];
const [POSITION, COSINES] = [0x00200032, 0x00200037];
const anyCode = fc.constantFrom(...ORIENTATION_CODES).map(observed);
const anyOperation = fc.constantFrom(...ORIENTATION_CODES.filter((code) => code !== '000'));

/** The shapes whose pixels can be turned without their header, and put right again. */
const anyTrueMr = fc.tuple(anyOddMr, fc.constantFrom('square', 'isotropic')).map(([mr, shape]): OddMr => {
  const parsed = parsedInstance(mr.dataSet, mr);
  const [rows, columns] = [parsed.shorts(ROWS)[0] as number, parsed.shorts(COLUMNS)[0] as number];
  const spacing = parsed.text(SPACING)[0] as string;
  const sampleBytes = (parsed.shorts(0x00280100)[0] as number) / 8;
  const side = Math.min(rows, columns);
  const length = side * side * sampleBytes;
  const pixels = (parsed.value(PIXELS) as Buffer).subarray(0, length);
  const elements = mr.elements.map((element) => {
    if (shape === 'isotropic') return element.tag === SPACING ? text(SPACING, 'DS', spacing, spacing) : element;
    if (element.tag === ROWS || element.tag === COLUMNS) return shorts(element.tag, side);
    return element.tag === PIXELS ? { ...element, value: Buffer.concat([pixels, Buffer.alloc(length % 2)]) } : element;
  });
  return { ...mr, elements, dataSet: encodedDataSet(elements, mr) };
});

function read(bytes: Uint8Array, { explicit }: Pick<OddMr, 'explicit'>): DataSet {
  return DataSet.read(bytes, encodingOf(explicit ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2')!);
}

/** What is of the stored pixels, and nothing that says where they lie. */
function isOfPixels({ tag }: AttributeEdit): boolean {
  return (
    [ROWS, COLUMNS, PIXELS, 0x00880200].includes(tag) ||
    tag >>> 24 === 0x60 ||
    (tag >>> 8 === 0x1816 && tag !== 0x00181612)
  );
}

/** The instance with its pixels turned by `operation`, under the header of before. */
function lyingAbout(mr: OddMr, operation: OrientationCode): Buffer {
  const source = read(mr.dataSet, mr);
  const layout = readPixelLayout(source);
  const plane = readImagePlane(source);
  if (isLayoutFault(layout) || isPlaneFault(plane)) throw new Error('no such instance');
  const edits = reorientEdits(
    { header: source, layout, plane },
    operationBetween(observed('000'), observed(operation)),
  );
  return Buffer.from(applyEdits(source, edits.filter(isOfPixels)));
}

const RECORD = {
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
} as const;
const IDENTITY = { sopInstanceUid: '2.25.1', seriesInstanceUid: '2.25.2' };

function trusted(lie: Buffer, mr: OddMr, { header, picture }: { header: OrientationCode; picture: OrientationCode }) {
  const assertedOperation = operationBetween(observed(header), observed(picture));
  const record = { ...RECORD, assertedOperation };
  const correction = correctionFor(observed(picture));
  return Buffer.from(deriveInstance(read(lie, mr), { correction, identity: IDENTITY, record }));
}

/** Every sample of `after` is the one that the true instance has at the same patient point. */
function expectTruth(truth: ParsedInstance, after: ParsedInstance): void {
  const bytes = (truth.shorts(0x00280100)[0] as number) / 8;
  const [rows, columns] = [after.shorts(ROWS)[0] as number, after.shorts(COLUMNS)[0] as number];
  const trueColumns = truth.shorts(COLUMNS)[0] as number;
  const [from, to] = [truth.value(PIXELS) as Buffer, after.value(PIXELS) as Buffer];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const source = pixelAt(truth, lpsOf(after, column, row));
      if (!(source.gapMm < 1e-9)) throw new Error(`moved by ${source.gapMm} mm`);
      const there = (source.row * trueColumns + source.column) * bytes;
      const here = (row * columns + column) * bytes;
      if (to.compare(from, there, there + bytes, here, here + bytes) !== 0) throw new Error('another sample');
    }
  }
}

describe('trusting the image of an instance whose pixels were turned without its header', () => {
  test('brings every sample to where it truly lies, whatever header and picture show', () => {
    fc.assert(
      fc.property(anyTrueMr, anyCode, anyOperation, (mr, header, operation) => {
        const lie = lyingAbout(mr, operation);
        const after = trusted(lie, mr, { header, picture: compose(header, operation) });
        expectTruth(parsedInstance(mr.dataSet, mr), parsedInstance(after, mr));
      }),
      { numRuns: 300 },
    );
  });

  test('gives the standard picture: the pixels as the picture asks, the header as the header asks', () => {
    fc.assert(
      fc.property(anyTrueMr, anyCode, anyOperation, (mr, header, operation) => {
        const lie = lyingAbout(mr, operation);
        const after = trusted(lie, mr, { header, picture: compose(header, operation) });
        // The true instance, which shows what its header says, corrected by that.
        const honest = deriveInstance(read(mr.dataSet, mr), {
          correction: correctionFor(header),
          identity: IDENTITY,
          record: RECORD,
        });
        const [one, other] = [parsedInstance(after, mr), parsedInstance(honest, mr)];
        expect(one.value(PIXELS)).toEqual(other.value(PIXELS));
        for (const tag of [ROWS, COLUMNS, SPACING, COSINES, 0x00181310, 0x00181312, 0x00200020, 0x00280034]) {
          expect(one.text(tag).join('\\')).toBe(other.text(tag).join('\\'));
        }
        // Where the header calls itself standard, its place is the very text of before.
        if (header === '000') expect(one.value(POSITION)).toEqual(parsedInstance(lie, mr).value(POSITION));
        one.numbers(POSITION).forEach((value, axis) => {
          expect(Math.abs(value - (other.numbers(POSITION)[axis] as number))).toBeLessThan(1e-9);
        });
      }),
      { numRuns: 200 },
    );
  });

  test('keeps the values of the source as the prior ones, and says that samples moved', () => {
    fc.assert(
      fc.property(anyTrueMr, anyCode, anyOperation, (mr, header, operation) => {
        const lie = lyingAbout(mr, operation);
        const [source, after] = [lie, trusted(lie, mr, { header, picture: compose(header, operation) })].map((bytes) =>
          parsedInstance(bytes, mr),
        ) as [ParsedInstance, ParsedInstance];
        const prior = after.elements.get(0x04000561)?.items.at(-1)?.elements.get(0x04000550)?.items[0];
        for (const tag of [COSINES, SPACING, ROWS]) {
          const kept = prior?.value(tag);
          if (kept === undefined) expect(after.value(tag)).toEqual(source.value(tag));
          else expect(kept).toEqual(source.value(tag));
        }
        const image = after.elements.get(0x00082112)?.items.at(-1);
        expect(image?.text(0x0028135a)).toEqual(['NO']);
      }),
      { numRuns: 100 },
    );
  });

  test('is refused where a transpose would change the field of view', () => {
    fc.assert(
      fc.property(anyOddMr, anyCode, anyOperation, (mr, header, operation) => {
        const parsed = parsedInstance(mr.dataSet, mr);
        const [rowSpacing, columnSpacing] = parsed.numbers(SPACING) as [number, number];
        const square = parsed.shorts(ROWS)[0] === parsed.shorts(COLUMNS)[0];
        fc.pre(operation[0] === '1' && !square && Math.abs(rowSpacing / columnSpacing - 1) > 0.01);
        const lie = lyingAbout(mr, operation);
        expect(() => trusted(lie, mr, { header, picture: compose(header, operation) })).toThrow(/PixelSpacing/);
      }),
      { numRuns: 60 },
    );
  });

  test('gives UIDs of its own: nobody takes the result for one that was reoriented', () => {
    const source = { ...IDENTITY, stack: 'cine', pixelSha256: 'a'.repeat(64) } as const;
    const correction = correctionFor(observed('101'));
    const reoriented = derivedIdentity(source, { correction, record: RECORD });
    const assertedOperation = operationBetween(observed('000'), observed('101'));
    const relabelled = derivedIdentity(source, { correction, record: { ...RECORD, assertedOperation } });
    expect(relabelled.sopInstanceUid).not.toBe(reoriented.sopInstanceUid);
    expect(relabelled.seriesInstanceUid).not.toBe(reoriented.seriesInstanceUid);
  });

  test('is told in the Derivation Description, without a name', () => {
    const options = { product: 'Product', softwareVersion: '1.0', observedCode: '101', correction: '110' };
    const description = derivationDescription({ ...options, byPerson: true, assertedOperation: '101' });
    expect(description).toContain('a person asserted');
    expect(description).not.toContain('every sample keeps its patient coordinate');
  });
});
