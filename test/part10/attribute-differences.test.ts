import { describe, expect, test } from 'vitest';
import { attributeDifferences } from '../../src/part10/attribute-differences.ts';
import { DataSet } from '../../src/part10/data-set.ts';
import { encodingOf } from '../../src/part10/transfer-syntax.ts';
import { encodedDataSet, type MadeElement, shorts, text } from '../support/mr-elements.ts';

function dataSet(elements: readonly MadeElement[], explicit = true): DataSet {
  const syntax = explicit ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2';
  return DataSet.read(encodedDataSet(elements, { explicit }), encodingOf(syntax)!);
}

function differences(before: readonly MadeElement[], after: readonly MadeElement[], explicit = true) {
  return attributeDifferences(dataSet(before, explicit), dataSet(after, explicit));
}

const binary = (tag: number, vr: string, ...bytes: number[]): MadeElement => ({ tag, vr, value: Buffer.from(bytes) });

describe('the differences of two data sets', () => {
  test.each([true, false])('are every attribute that is not alike, old and new, explicit VR: %s', (explicit) => {
    const same = [text(0x00080060, 'CS', 'MR'), text(0x00100010, 'PN', 'Doe^Jane')];
    const before = [
      ...same,
      shorts(0x00280010, 20),
      text(0x00280030, 'DS', '1.50\\2'),
      text(0x00080008, 'CS', 'ORIGINAL'),
    ];
    const after = [
      ...same,
      shorts(0x00280010, 24),
      text(0x00280030, 'DS', '2\\1.50'),
      text(0x0020000e, 'UI', '2.25.1'),
    ];
    expect(differences(before, after, explicit)).toEqual([
      { tag: '0008,0008', keyword: 'ImageType', before: 'ORIGINAL', after: null },
      { tag: '0020,000E', keyword: 'SeriesInstanceUID', before: null, after: '2.25.1' },
      { tag: '0028,0010', keyword: 'Rows', before: '20', after: '24' },
      { tag: '0028,0030', keyword: 'PixelSpacing', before: '1.50\\2', after: '2\\1.50' },
    ]);
    expect(differences(before, before, explicit)).toEqual([]);
  });

  test('say of pixels and overlays that they are rearranged, and of other binary values how long they are', () => {
    const before = [
      binary(0x7fe00010, 'OW', 1, 0, 2, 0),
      binary(0x60003000, 'OW', 1, 0),
      binary(0x00420011, 'OB', 1, 2),
      text(0x00290010, 'LO', 'MAKER'),
      binary(0x00291001, 'OB', 1, 2),
    ];
    const after = [
      binary(0x7fe00010, 'OW', 2, 0, 1, 0),
      binary(0x60003000, 'OW', 0, 1),
      binary(0x00420011, 'OB', 1, 2, 3, 4),
      text(0x00290010, 'LO', 'MAKER'),
      binary(0x00291001, 'OB', 2, 2),
    ];
    expect(differences(before, after).map(({ tag: _, ...rest }) => rest)).toEqual([
      { keyword: 'private, MAKER', before: '2 bytes', after: '2 bytes, changed' },
      { keyword: 'EncapsulatedDocument', before: '2 bytes', after: '4 bytes' },
      { keyword: 'OverlayData', before: '2 bytes', after: 'rearranged' },
      { keyword: 'PixelData', before: '4 bytes', after: 'rearranged' },
    ]);
  });

  test('tell what is in a sequence, codes by their meaning, and no more than one can read', () => {
    const code = [
      text(0x00080100, 'SH', '109103'),
      text(0x00080102, 'SH', 'DCM'),
      text(0x00080104, 'LO', 'Modifying Equipment'),
    ];
    const item = [text(0x00080070, 'LO', 'Maker'), { tag: 0x0040a170, vr: 'SQ', value: [code] }];
    const [one] = differences([], [{ tag: 0x0018a001, vr: 'SQ', value: [item] }]);
    expect(one).toEqual({
      tag: '0018,A001',
      keyword: 'ContributingEquipmentSequence',
      before: null,
      after: '1 item: Manufacturer Maker; PurposeOfReferenceCodeSequence 1 item: 109103 DCM Modifying Equipment',
    });
    const [long] = differences([], [text(0x00204000, 'LT', 'x'.repeat(5000))]);
    expect(long!.after!.length).toBeLessThan(2100);
  });
});
