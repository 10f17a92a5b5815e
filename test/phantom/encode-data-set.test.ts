import dicomParser from 'dicom-parser';
import { describe, expect, it } from 'vitest';
import { encodeDataSet } from '../../src/phantom/encode-data-set.ts';

describe('the phantom’s data set writer', () => {
  const elements = [
    { tag: 0x7fe00010, vr: 'OW', value: { bytes: Uint8Array.from([1, 2, 3]) } },
    { tag: 0x00080018, vr: 'UI', value: { text: ['1.2.3'] } },
    { tag: 0x00280010, vr: 'US', value: { shorts: [513] } },
    { tag: 0x00082112, vr: 'SQ', value: { items: [[{ tag: 0x00081150, vr: 'UI', value: { text: ['1.2'] } }], []] } },
  ];

  it('writes elements in order, values of even length, and sequences', () => {
    const bytes = encodeDataSet(elements, 'explicit');
    const read = dicomParser.parseDicom(bytes, { TransferSyntaxUID: '1.2.840.10008.1.2.1' });
    const ownTags = Object.keys(read.elements).filter((tag) => !tag.startsWith('x0002'));
    expect(ownTags).toEqual(['x00080018', 'x00082112', 'x00280010', 'x7fe00010']);
    expect(read.string('x00080018')).toBe('1.2.3');
    expect(read.uint16('x00280010')).toBe(513);
    expect(read.elements['x7fe00010']?.length).toBe(4);
    expect(read.elements['x00082112']?.items?.[0]?.dataSet?.string('x00081150')).toBe('1.2');
  });

  it('refuses a value that its VR cannot hold', () => {
    const text = ['x'.repeat(70_000)];
    expect(() => encodeDataSet([{ tag: 0x00081030, vr: 'LO', value: { text } }], 'explicit')).toThrow(RangeError);
  });
});
