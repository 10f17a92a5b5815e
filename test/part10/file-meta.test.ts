import dicomParser, { type DataSet } from 'dicom-parser';
import { describe, expect, test } from 'vitest';
import { encodeFileMeta, type FileMeta } from '../../src/part10/file-meta.ts';

const meta = {
  sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
  sopInstanceUid: '1.2.3.45',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
};

/** The parser wants something behind the file meta information: Modality MR. */
const modality = Buffer.from([0x08, 0x00, 0x60, 0x00, 0x43, 0x53, 0x02, 0x00, 0x4d, 0x52]);

function readBack(fileMeta: FileMeta): DataSet {
  return dicomParser.parseDicom(Buffer.concat([encodeFileMeta(fileMeta), modality]));
}

describe('file meta information', () => {
  test('is read back by an independent parser, with a group length that ends where the data set begins', () => {
    const titles = { sourceAeTitle: 'MR1', sendingAeTitle: 'MR1', receivingAeTitle: 'NODE' };
    const dataSet = readBack({ ...meta, ...titles });
    expect(dataSet.string('x00020002')).toBe(meta.sopClassUid);
    expect(dataSet.string('x00020003')).toBe(meta.sopInstanceUid);
    expect(dataSet.string('x00020010')).toBe(meta.transferSyntaxUid);
    expect(dataSet.string('x00020013')).toBe('CMR_NODE_0_1');
    expect(dataSet.string('x00020016')).toBe('MR1');
    expect(dataSet.string('x00020018')).toBe('NODE');
    expect(dataSet.uint32('x00020000')! + 128 + 4 + 12).toBe(encodeFileMeta({ ...meta, ...titles }).length);
    expect(dataSet.string('x00080060')).toBe('MR');
  });

  test('drops the padding of a UID, keeps everything else about it, and pads to an even length', () => {
    for (const uid of ['1.02.003\0', '1.02.003 ', '1.02.003']) {
      const bytes = encodeFileMeta({ ...meta, sopInstanceUid: uid });
      expect(readBack({ ...meta, sopInstanceUid: uid }).string('x00020003')).toBe('1.02.003');
      expect(bytes.length % 2).toBe(0);
    }
    expect(encodeFileMeta({ ...meta, sopInstanceUid: '' }).length % 2).toBe(0);
  });

  test('leaves out AE titles that are not known', () => {
    const dataSet = readBack({ ...meta, sourceAeTitle: '   ' });
    expect(dataSet.elements['x00020016']).toBeUndefined();
    expect(dataSet.elements['x00020017']).toBeUndefined();
  });
});
