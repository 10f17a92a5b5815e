import dicomParser from 'dicom-parser';
import { describe, expect, test } from 'vitest';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';

const meta = {
  sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
  sopInstanceUid: '1.2.3.45',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
};

describe('file meta information', () => {
  test('is read back by an independent parser, with a group length that ends where the data set begins', () => {
    const bytes = encodeFileMeta({ ...meta, sourceAeTitle: 'MR1', sendingAeTitle: 'MR1', receivingAeTitle: 'NODE' });
    const dataSet = dicomParser.parseDicom(bytes);
    expect(dataSet.string('x00020002')).toBe(meta.sopClassUid);
    expect(dataSet.string('x00020003')).toBe(meta.sopInstanceUid);
    expect(dataSet.string('x00020010')).toBe(meta.transferSyntaxUid);
    expect(dataSet.string('x00020013')).toBe('CMR_NODE_0_1');
    expect(dataSet.string('x00020016')).toBe('MR1');
    expect(dataSet.string('x00020018')).toBe('NODE');
    expect(dataSet.uint32('x00020000')! + 128 + 4 + 12).toBe(bytes.length);
  });

  test('drops the padding of a UID, keeps everything else about it, and pads to an even length', () => {
    for (const uid of ['1.02.003\0', '1.02.003 ', '1.02.003']) {
      const bytes = encodeFileMeta({ ...meta, sopInstanceUid: uid });
      expect(dicomParser.parseDicom(bytes).string('x00020003')).toBe('1.02.003');
      expect(bytes.length % 2).toBe(0);
    }
    expect(encodeFileMeta({ ...meta, sopInstanceUid: '' }).length % 2).toBe(0);
  });

  test('leaves out AE titles that are not known', () => {
    const dataSet = dicomParser.parseDicom(encodeFileMeta({ ...meta, sourceAeTitle: '   ' }));
    expect(dataSet.elements['x00020016']).toBeUndefined();
    expect(dataSet.elements['x00020017']).toBeUndefined();
  });
});
