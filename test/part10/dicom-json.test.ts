import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NodeError } from '../../src/core/errors.ts';
import { DataSet } from '../../src/part10/data-set.ts';
import { dicomJsonElement, dicomJsonOf } from '../../src/part10/dicom-json.ts';
import { encodingOf } from '../../src/part10/transfer-syntax.ts';
import { encodedDataSet, longs, type MadeElement, shorts, text } from '../support/mr-elements.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const options = { bulkDataUri: (path: string) => `bulk/${path}`, inlineBytes: 8 };

function read(elements: readonly MadeElement[], transferSyntaxUid = EXPLICIT): DataSet {
  const bytes = encodedDataSet(elements, { explicit: transferSyntaxUid === EXPLICIT });
  return DataSet.read(bytes, encodingOf(transferSyntaxUid)!);
}
const jsonOf = (elements: readonly MadeElement[], transferSyntaxUid = EXPLICIT) =>
  dicomJsonOf(read(elements, transferSyntaxUid), options);
const binary = (tag: number, vr: string, length: number): MadeElement => ({ tag, vr, value: Buffer.alloc(length, 1) });

describe('the DICOM JSON Model of a data set', () => {
  test('gives sequences that are nested without sense, with lengths that are right, as bytes from some depth on', () => {
    let nested = Buffer.alloc(0);
    const header = (tag: readonly number[], length: number): Buffer => {
      const bytes = Buffer.from([...tag, 0, 0, 0, 0]);
      bytes.writeUInt32LE(length, 4);
      return bytes;
    };
    for (let depth = 0; depth < 10_000; depth++) {
      const item = Buffer.concat([header([0xfe, 0xff, 0x00, 0xe0], nested.length), nested]);
      nested = Buffer.concat([header([0x40, 0x00, 0x30, 0xa7], item.length), item]);
    }
    const json = JSON.stringify(dicomJsonOf(DataSet.read(nested, encodingOf(IMPLICIT)!), options));
    expect(json.split('"SQ"').length).toBeGreaterThan(50);
    expect(json).toContain('"vr":"UN","BulkDataURI"');
  });

  test('has numbers where the VR is one of numbers, and text where the value is none', () => {
    const json = jsonOf([
      text(0x00180050, 'DS', '5.000', '', '1e400', 'abc', '-1e-3'),
      text(0x00200013, 'IS', '+007'),
      shorts(0x00280010, 20, 65535),
      { tag: 0x00189073, vr: 'FD', value: Buffer.from(new Float64Array([0.1, Number.NaN]).buffer) },
      { tag: 0x00189087, vr: 'FL', value: Buffer.from(new Float32Array([0.1, 1e10]).buffer) },
      { tag: 0x00209165, vr: 'AT', value: Buffer.from([0x20, 0, 0x56, 0x90]) },
    ]);
    expect(json).toEqual({
      '00180050': { vr: 'DS', Value: [5, null, '1e400', 'abc', -0.001] },
      '00189073': { vr: 'FD', Value: [0.1, 'NaN'] },
      '00189087': { vr: 'FL', Value: [0.1, 1e10] },
      '00200013': { vr: 'IS', Value: [7] },
      '00209165': { vr: 'AT', Value: ['00209056'] },
      '00280010': { vr: 'US', Value: [20, 65535] },
    });
  });

  test('splits names into their groups, decodes text, and says that it is in UTF-8', () => {
    const json = jsonOf([
      text(0x00080005, 'CS', 'ISO_IR 100'),
      text(0x00081030, 'LO', 'H\xe9rz', '  second '),
      text(0x00100010, 'PN', 'Phantom^Peter =='),
      text(0x00104000, 'LT', '  one\\value '),
      text(0x00080050, 'SH'),
    ]);
    expect(json).toEqual({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00080050': { vr: 'SH' },
      '00081030': { vr: 'LO', Value: ['Hérz', 'second'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Phantom^Peter' }] },
      '00104000': { vr: 'LT', Value: ['  one\\value'] },
    });
  });

  test('is the same for implicit VR, where the dictionary knows the attribute', () => {
    const elements = [
      text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.4'),
      { tag: 0x00082112, vr: 'SQ', value: [[text(0x00081155, 'UI', '1.2.3')], []], undefinedLength: true },
      text(0x00290010, 'LO', 'MAKER'),
      shorts(0x00280103, 1),
      { ...shorts(0x00280106, -5), vr: 'SS' },
      shorts(0x60020010, 12),
      { tag: 0x7fe00010, vr: 'OW', value: Buffer.alloc(4) },
    ];
    expect(jsonOf(elements, IMPLICIT)).toEqual(jsonOf(elements));
    expect(jsonOf(elements)).toMatchObject({
      '00082112': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.3'] } }, {}] },
      '00280106': { vr: 'SS', Value: [-5] },
      '7FE00010': { vr: 'OW', BulkDataURI: 'bulk/7FE00010' },
    });
  });

  test('gives short binary values inline and long ones by address, in items too', () => {
    const icon = [binary(0x7fe00010, 'OW', 2), binary(0x00281201, 'OW', 10)];
    const json = jsonOf([
      binary(0x00291008, 'UN', 8),
      binary(0x00291010, 'OB', 9),
      { tag: 0x00880200, vr: 'SQ', value: [icon] },
    ]);
    expect(json).toEqual({
      '00291008': { vr: 'UN', InlineBinary: 'AQEBAQEBAQE=' },
      '00291010': { vr: 'OB', BulkDataURI: 'bulk/00291010' },
      '00880200': {
        vr: 'SQ',
        Value: [
          {
            '00281201': { vr: 'OW', BulkDataURI: 'bulk/00880200/1/00281201' },
            '7FE00010': { vr: 'OW', BulkDataURI: 'bulk/00880200/1/7FE00010' },
          },
        ],
      },
    });
  });

  test('leaves out group lengths and padding, and reads a UN of undefined length as the sequence that it is', () => {
    const json = jsonOf([
      { tag: 0x00080000, vr: 'UL', value: longs(4) },
      { tag: 0x00091001, vr: 'UN', value: [[text(0x00080100, 'SH', 'A')]], undefinedLength: true },
      binary(0xfffcfffc, 'OB', 4),
    ]);
    expect(json).toEqual({
      '00091001': { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['A'] } }] },
    });
  });

  test('tells one attribute alone', () => {
    const dataSet = read([text(0x00100020, 'LO', 'PHANTOM-1'), binary(0x7fe00010, 'OW', 4)]);
    expect(dicomJsonElement(dataSet, 0x00100020)).toEqual({ vr: 'LO', Value: ['PHANTOM-1'] });
    expect(dicomJsonElement(dataSet, 0x7fe00010)).toBeUndefined();
    expect(dicomJsonElement(dataSet, 0x00100010)).toBeUndefined();
  });

  test('lets nothing but a NodeError escape, whatever bytes are changed', () => {
    const whole = encodedDataSet(
      [
        text(0x00080005, 'CS', 'ISO 2022 IR 87'),
        { tag: 0x00082112, vr: 'SQ', value: [[text(0x00081155, 'UI', '1.2.3')]], undefinedLength: true },
        text(0x00100010, 'PN', 'Phantom^Peter'),
        shorts(0x00280106, 1),
        binary(0x7fe00010, 'OW', 4),
      ],
      { explicit: true },
    );
    const place = fc.nat(whole.length - 1);
    fc.assert(
      fc.property(fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          JSON.stringify(dicomJsonOf(DataSet.read(bytes, encodingOf(EXPLICIT)!), options));
        } catch (error) {
          expect(error).toBeInstanceOf(NodeError);
        }
      }),
    );
  });
});
