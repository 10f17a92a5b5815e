import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deriveInstance } from '../../src/app/derive-instance.ts';
import type { AttributeEdit } from '../../src/core/attributes/attribute-edit.ts';
import type { Correction } from '../../src/core/orientation/d4.ts';
import { DataSet } from '../../src/part10/data-set.ts';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';
import { applyEdits } from '../../src/part10/splice.ts';
import { encodedDataSet, encodedElement, longs, type MadeElement, shorts, text } from '../support/mr-elements.ts';
import { anyOddMr, type OddMr } from '../support/odd-mr.ts';
import { requireTool } from '../support/tools.ts';

/** It comes without types. */
const dcmjs = createRequire(import.meta.url)('dcmjs');

const EXPLICIT = { explicitVr: true, littleEndian: true, encapsulated: false, deflated: false };
const IMPLICIT = { ...EXPLICIT, explicitVr: false };

function read(elements: readonly MadeElement[], explicit = true): DataSet {
  return DataSet.read(encodedDataSet(elements, { explicit }), explicit ? EXPLICIT : IMPLICIT);
}

const setPatientName: AttributeEdit = { op: 'set', tag: 0x00100010, vr: 'PN', value: { strings: ['A^B'] } };

describe('applying edits', () => {
  test('puts new elements in their place and leaves the others their bytes', () => {
    const first = text(0x00080060, 'CS', 'MR');
    const last = shorts(0x00280010, 7);
    for (const explicit of [true, false]) {
      const edited = applyEdits(read([first, last], explicit), [setPatientName]);
      const middle = encodedElement(text(0x00100010, 'PN', 'A^B'), explicit);
      expect(
        Buffer.concat([encodedElement(first, explicit), middle, encodedElement(last, explicit)]).equals(edited),
      ).toBe(true);
    }
  });

  test('makes the group lengths of touched groups right, and leaves those of others as they are', () => {
    const wrong = { tag: 0x00080000, vr: 'UL', value: longs(99) };
    const touched = { tag: 0x00100000, vr: 'UL', value: longs(99) };
    const source = read([wrong, text(0x00080060, 'CS', 'MR'), touched, text(0x00100020, 'LO', 'ID')]);
    const edited = DataSet.read(applyEdits(source, [setPatientName]), EXPLICIT);
    const lengthOf = (tag: number) => Buffer.from(edited.bytes(tag) as Uint8Array).readUInt32LE(0);
    expect(lengthOf(0x00080000)).toBe(99);
    expect(lengthOf(0x00100000)).toBe(
      (edited.encoded(0x00100010)?.length ?? 0) + (edited.encoded(0x00100020)?.length ?? 0),
    );
  });

  test('drops a group length that is none, and one whose group is gone', () => {
    const empty = { tag: 0x00100000, vr: 'UL', value: Buffer.alloc(0) };
    const source = read([empty, text(0x00100020, 'LO', 'ID')]);
    expect(DataSet.read(applyEdits(source, [setPatientName]), EXPLICIT).tags).toEqual([0x00100010, 0x00100020]);
    const alone = read([text(0x00080060, 'CS', 'MR'), { ...empty, value: longs(12) }, text(0x00100020, 'LO', 'ID')]);
    const edited = applyEdits(alone, [{ op: 'remove', tag: 0x00100020 }]);
    expect(DataSet.read(edited, EXPLICIT).tags).toEqual([0x00080060]);
  });

  test('appends an item behind those that are there, of defined and of undefined length', () => {
    for (const undefinedLength of [true, false]) {
      const item = [text(0x00080070, 'LO', 'Earlier')];
      const source = read([{ tag: 0x0018a001, vr: 'SQ', undefinedLength, value: [item] }]);
      const added: AttributeEdit = {
        op: 'append-item',
        tag: 0x0018a001,
        item: { elements: [{ tag: 0x00080070, vr: 'LO', value: { strings: ['New'] } }] },
      };
      const items = DataSet.read(applyEdits(source, [added]), EXPLICIT).items(0x0018a001);
      expect(items.map((one) => one.strings(0x00080070))).toEqual([['Earlier'], ['New']]);
    }
  });

  test('does not mix items of two encodings: a sequence written as UN is left alone, and so is its instance', () => {
    const source = read([{ tag: 0x0018a001, vr: 'UN', undefinedLength: true, value: [[text(0x00080070, 'LO', 'x')]] }]);
    const added: AttributeEdit = { op: 'append-item', tag: 0x0018a001, item: { elements: [] } };
    expect(() => applyEdits(source, [added])).toThrow(expect.objectContaining({ code: 'cannot-reorient' }));
  });

  test('refuses a data set whose elements are out of order, twice there, or encoded in a way it does not write', () => {
    const [a, b] = [encodedElement(text(0x00080060, 'CS', 'MR'), true), encodedElement(shorts(0x00280010, 7), true)];
    for (const bytes of [Buffer.concat([b, a]), Buffer.concat([a, a])]) {
      expect(() => applyEdits(DataSet.read(bytes, EXPLICIT), [setPatientName])).toThrow(
        expect.objectContaining({ code: 'cannot-reorient' }),
      );
    }
    const compressed = DataSet.read(a, { ...EXPLICIT, encapsulated: true });
    expect(() => applyEdits(compressed, [setPatientName])).toThrow(
      expect.objectContaining({ code: 'cannot-reorient' }),
    );
  });

  test('says so where a value has no room behind a short length', () => {
    const long: AttributeEdit = { op: 'set', tag: 0x00081030, vr: 'LO', value: { bytes: new Uint8Array(70_000) } };
    expect(() => applyEdits(read([]), [long])).toThrow(expect.objectContaining({ code: 'cannot-reorient' }));
  });
});

/** What a derived instance of every kind looks like to others; without values of odd length, which the standard forbids. */
const SAMPLES = fc
  .sample(anyOddMr, { numRuns: 40, seed: 11 })
  .map((mr) => ({ ...mr, dataSet: encodedDataSet(mr.elements.map(padded), mr) }))
  .slice(0, 12);

function padded(element: MadeElement): MadeElement {
  const { value } = element;
  return value instanceof Uint8Array && value.length % 2 === 1
    ? { ...element, value: Buffer.concat([value, Buffer.from(' ')]) }
    : element;
}

function derivedFile(mr: Pick<OddMr, 'dataSet' | 'explicit'>): Buffer {
  const dataSet = deriveInstance(DataSet.read(mr.dataSet, mr.explicit ? EXPLICIT : IMPLICIT), {
    correction: '101' as Correction,
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
      seriesDescriptionSuffix: '[std]',
      seriesNumberOffset: 1000,
      uidPolicy: 'derive',
      privateGeometry: 'keep',
    },
  });
  return fileOf(mr, dataSet);
}

function fileOf({ explicit }: Pick<OddMr, 'explicit'>, dataSet: Uint8Array): Buffer {
  const transferSyntaxUid = explicit ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2';
  const meta = { sopClassUid: '1.2.840.10008.5.1.4.1.1.4', sopInstanceUid: '2.25.1', transferSyntaxUid };
  return Buffer.concat([encodeFileMeta(meta), dataSet]);
}

type Dict = Readonly<Record<string, { readonly Value?: readonly Record<string, { Value?: unknown }>[] }>>;

/** Undefined where it cannot: several character sets, and sequences in the place of UN, are beyond it. */
function dcmjsReads(file: Buffer): Dict | undefined {
  try {
    return dcmjs.data.DicomMessage.readFile(new Uint8Array(file).buffer).dict;
  } catch {
    return undefined;
  }
}

async function withFiles(work: (files: readonly string[]) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'derived-'));
  try {
    const files = SAMPLES.map((_, i) => join(folder, `${i}.dcm`));
    await Promise.all(SAMPLES.map((mr, i) => writeFile(files[i] as string, derivedFile(mr))));
    await work(files);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a derived instance', () => {
  test('is read by dcmjs wherever that reads the source', () => {
    let read = 0;
    for (const mr of SAMPLES) {
      if (dcmjsReads(fileOf(mr, mr.dataSet)) === undefined) continue;
      const dict = dcmjsReads(derivedFile(mr));
      expect(dict?.['00080018']?.Value).toEqual(['2.25.1']);
      expect(dict?.['04000561']?.Value?.at(-1)?.['04000565']?.Value).toEqual(['CORRECT']);
      read += 1;
    }
    expect(read).toBeGreaterThan(SAMPLES.length / 3);
  });

  test.skipIf(requireTool('dcmdump') === undefined)('gives DCMTK no warning but those of its source', async () => {
    const warnings = async (file: string) => {
      const { stdout, stderr } = await promisify(execFile)('dcmdump', [file]);
      return { stdout, warnings: `${stdout}${stderr}`.split('\n').filter((line) => /^[WE]:/.test(line)) };
    };
    await withFiles(async (files) => {
      for (const [i, mr] of SAMPLES.entries()) {
        const source = `${files[i]}.source`;
        await writeFile(source, fileOf(mr, mr.dataSet));
        const derived = await warnings(files[i] as string);
        expect(derived.warnings).toEqual((await warnings(source)).warnings);
        expect(derived.stdout).toContain('(0400,0565) CS [CORRECT]');
      }
    });
  });

  test.skipIf(requireTool('python3') === undefined)('is read by pydicom, where that is installed', async () => {
    await withFiles(async (files) => {
      const script = `
import sys
try:
    import pydicom
except ImportError:
    print('no pydicom'); sys.exit()
for path in sys.argv[1:]:
    d = pydicom.dcmread(path)
    str(d)
    assert d.SOPInstanceUID == '2.25.1' and d.OriginalAttributesSequence[-1].ReasonForTheAttributeModification == 'CORRECT'
    assert len(d.PixelData) >= d.Rows * d.Columns * d.BitsAllocated // 8
print('read')`;
      const { stdout } = await promisify(execFile)('python3', ['-W', 'ignore', '-c', script, ...files]);
      expect(['read', 'no pydicom']).toContain(stdout.trim());
    });
  });
});
