import { deflateRawSync, gzipSync } from 'node:zlib';
import dicomParser from 'dicom-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NodeError } from '../../src/core/errors.ts';
import { DataSet } from '../../src/part10/data-set.ts';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';
import { inspectDataSet } from '../../src/part10/inspect-data-set.ts';
import { encodingOf } from '../../src/part10/transfer-syntax.ts';
import { walkElements } from '../../src/part10/walk-elements.ts';
import { encodedDataSet, type MadeElement, shorts, text } from '../support/mr-elements.ts';
import { anyOddMr } from '../support/odd-mr.ts';

const EXPLICIT_UID = '1.2.840.10008.1.2.1';
const IMPLICIT_UID = '1.2.840.10008.1.2';
const FUZZ_MS = 700;

function walk(bytes: Uint8Array, explicitVr = true, totalLength = bytes.length) {
  return walkElements(bytes, { explicitVr, littleEndian: true, totalLength });
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'read';
  } catch (error) {
    if (error instanceof NodeError) return error.code;
    throw error;
  }
}

/** Everything that arrival and deciding do with the bytes: whatever they are, only a NodeError may come of it. */
function inspected(bytes: Uint8Array, transferSyntaxUid: string, totalLength = bytes.length): string {
  const announced = { sopClassUid: '', sopInstanceUid: '', transferSyntaxUid };
  return codeOf(() => inspectDataSet(bytes, announced, totalLength));
}

describe('walking a data set', () => {
  test('finds the elements that dicom-parser finds, where it finds them, and leaves no byte out', () => {
    fc.assert(
      fc.property(anyOddMr, ({ dataSet, explicit }) => {
        const meta = encodeFileMeta({
          sopClassUid: '1.2',
          sopInstanceUid: '1.3',
          transferSyntaxUid: explicit ? EXPLICIT_UID : IMPLICIT_UID,
        });
        const parsed = dicomParser.parseDicom(Buffer.concat([meta, dataSet]));
        const theirs = Object.values(parsed.elements)
          .filter((element) => element.dataOffset > meta.length)
          .map((element) => [Number.parseInt(element.tag.slice(1), 16), element.dataOffset - meta.length])
          .sort((a, b) => (a[1] as number) - (b[1] as number));
        const ours = walk(dataSet, explicit);
        expect(ours.map(({ tag, valueStart }) => [tag, valueStart])).toEqual(theirs);
        let at = 0;
        for (const { start, end } of ours) {
          expect(start).toBe(at);
          at = end;
        }
        expect(at).toBe(dataSet.length);
      }),
      { numRuns: 100 },
    );
  });

  test('says that a data set is truncated wherever it is cut inside an element', () => {
    const { dataSet, explicit } = fc.sample(anyOddMr, { numRuns: 1, seed: 7 })[0] as {
      dataSet: Buffer;
      explicit: boolean;
    };
    const ends = new Set(walk(dataSet, explicit).map(({ end }) => end));
    for (let length = 1; length < dataSet.length; length++) {
      const found = codeOf(() => walk(dataSet.subarray(0, length), explicit));
      expect(found).toBe(ends.has(length) ? 'read' : 'truncated');
    }
  });

  test('finds in the head of a data set the elements that lie in it as a whole', () => {
    fc.assert(
      fc.property(anyOddMr, fc.nat(), ({ dataSet, explicit }, where) => {
        const length = where % dataSet.length;
        const head = walk(dataSet.subarray(0, length), explicit, dataSet.length);
        expect(head).toEqual(walk(dataSet, explicit).filter(({ end }) => end <= length));
      }),
      { numRuns: 100 },
    );
  });

  test('says of the head of a data set that it is truncated where an element is longer than all that came', () => {
    const pixels = Buffer.alloc(12);
    pixels.write('OW', 4, 'latin1');
    pixels.writeUInt16LE(0x7fe0, 0);
    pixels.writeUInt16LE(0x0010, 2);
    pixels.writeUInt32LE(1000, 8);
    expect(codeOf(() => walk(pixels, true, 900))).toBe('truncated');
    expect(walk(pixels, true, 1100)).toEqual([]);
  });

  test('refuses sequences that are nested ten thousand deep, of undefined and of defined length', () => {
    const open = Buffer.from('09000110ffffffff' + 'feff00e0ffffffff', 'hex');
    const deep = Buffer.concat(Array.from({ length: 10_000 }, () => open));
    expect(codeOf(() => walk(deep, false))).toBe('not-an-instance');
    let nested: MadeElement = text(0x00091002, 'LO', 'x');
    for (let i = 0; i < 300; i++) nested = { tag: 0x00091001, vr: 'SQ', value: [[nested]] };
    expect(walk(encodedDataSet([nested], { explicit: false }), false)).toHaveLength(1);
  });

  test('refuses more elements than any data set has, before the memory is full of them', () => {
    expect(codeOf(() => walk(Buffer.alloc(8 * 100_000), false))).toBe('not-an-instance');
  });

  test('refuses what is no data set at all', () => {
    const texts = ['', 'hello', '<html><body>not found</body></html>'.repeat(40), '{"json": true}'.repeat(100)];
    const others = [gzipSync('x'.repeat(5000)), Buffer.from('504b0304140000000800', 'hex'), Buffer.alloc(4000)];
    for (const bytes of [...texts.map((one) => Buffer.from(one)), ...others]) {
      for (const syntax of [EXPLICIT_UID, IMPLICIT_UID]) {
        expect(['not-an-instance', 'truncated', 'contradicts-context']).toContain(inspected(bytes, syntax));
      }
    }
  });

  test('refuses Explicit VR that was announced as Implicit VR, and the other way round', () => {
    fc.assert(
      fc.property(anyOddMr, ({ dataSet, explicit }) => {
        const found = inspected(dataSet, explicit ? IMPLICIT_UID : EXPLICIT_UID);
        expect(['not-an-instance', 'truncated', 'contradicts-context']).toContain(found);
      }),
      { numRuns: 100 },
    );
  });

  test('lets nothing but a NodeError escape, whatever bytes are changed', () => {
    fc.assert(
      fc.property(
        anyOddMr,
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0x80, 0xfe, 0xff), fc.boolean()), { maxLength: 12 }),
        ({ dataSet, explicit }, changes) => {
          const bytes = Buffer.from(dataSet);
          for (const [where, value, early] of changes) bytes[where % (early ? 400 : bytes.length)] = value;
          inspected(bytes, explicit ? EXPLICIT_UID : IMPLICIT_UID);
          inspected(bytes.subarray(0, bytes.length >> 1), explicit ? EXPLICIT_UID : IMPLICIT_UID, bytes.length);
        },
      ),
      { numRuns: 100_000, interruptAfterTimeLimit: FUZZ_MS },
    );
  });

  test('lets nothing but a NodeError escape, whatever bytes come', () => {
    const syntaxes = [
      EXPLICIT_UID,
      IMPLICIT_UID,
      '1.2.840.10008.1.2.2',
      '1.2.840.10008.1.2.1.99',
      '1.2.840.10008.1.2.4.70',
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...syntaxes), (bytes, syntax) => {
        inspected(bytes, syntax);
      }),
      { numRuns: 100_000, interruptAfterTimeLimit: FUZZ_MS },
    );
  });
});

describe('inspecting a data set', () => {
  const announced = {
    sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
    sopInstanceUid: '1.2.3',
    transferSyntaxUid: EXPLICIT_UID,
  };
  const identity = [
    text(0x00080016, 'UI', announced.sopClassUid),
    text(0x00080018, 'UI', announced.sopInstanceUid),
    text(0x0020000d, 'UI', '1.2.4'),
    text(0x0020000e, 'UI', '1.2.5'),
  ];

  test('refuses an instance that is not the one announced, naming the attribute', () => {
    const bytes = encodedDataSet(identity, { explicit: true });
    for (const [attribute, other] of [
      ['SOPClassUID', { ...announced, sopClassUid: '1.2.840.10008.5.1.4.1.1.2' }],
      ['SOPInstanceUID', { ...announced, sopInstanceUid: '1.2.33' }],
    ] as const) {
      expect(() => inspectDataSet(bytes, other)).toThrow(
        expect.objectContaining({ code: 'contradicts-context', subject: { attribute } }),
      );
    }
  });

  test('takes an instance with a broken icon, and says why it is not turned', () => {
    const icon = { tag: 0x00880200, vr: 'SQ', value: Buffer.from('feff00e0ff000000', 'hex') };
    const sizes = [shorts(0x00280010, 1), shorts(0x00280011, 1), shorts(0x00280100, 16)];
    const pixels = { tag: 0x7fe00010, vr: 'OW', value: Buffer.alloc(2) };
    const bytes = encodedDataSet([...identity, ...sizes, icon, pixels], { explicit: true });
    const { header } = inspectDataSet(bytes, announced);
    expect(header.turnFault).toEqual({ attribute: 'IconImageSequence', fault: 'cannot be read' });
  });

  test('reads the header of a compressed instance that is larger than its head', () => {
    const start = encodedDataSet(identity, { explicit: true });
    const fragments = Buffer.from(`e07f10004f420000ffffffff${'feff00e000000000'}feff00e000100000`, 'hex');
    const head = Buffer.concat([start, fragments]);
    const { header, dataSet } = inspectDataSet(
      head,
      { ...announced, transferSyntaxUid: '1.2.840.10008.1.2.4.70' },
      head.length + 0x1000 + 8,
    );
    expect(header).toMatchObject({ studyInstanceUid: '1.2.4', seriesInstanceUid: '1.2.5', sopInstanceUid: '1.2.3' });
    expect(dataSet).toBeUndefined();
  });

  test('takes an unknown transfer syntax at its sender word', () => {
    const { header } = inspectDataSet(Buffer.from('anything'), { ...announced, transferSyntaxUid: '1.2.3.4' });
    expect(header).toMatchObject({ sopInstanceUid: '1.2.3', turnFault: { attribute: 'TransferSyntaxUID' } });
  });

  test('looks into a deflated data set, but not into one that grows without end', () => {
    const deflated = { ...announced, transferSyntaxUid: '1.2.840.10008.1.2.1.99' };
    const bytes = encodedDataSet(identity, { explicit: true });
    expect(inspectDataSet(deflateRawSync(bytes), deflated).header.seriesInstanceUid).toBe('1.2.5');
    const bomb = deflateRawSync(Buffer.concat([bytes, Buffer.alloc(80 * 1024 * 1024)]), { level: 1 });
    expect(inspectDataSet(bomb, deflated).header).toMatchObject({ sopInstanceUid: '1.2.3', seriesInstanceUid: '' });
    expect(() => inspectDataSet(Buffer.from('no stream'), deflated)).toThrow(NodeError);
  });
});

describe('reading values', () => {
  const encoding = encodingOf(EXPLICIT_UID);

  test('decodes descriptions by the character set, and splits nothing inside a character', () => {
    const read = (set: string, bytes: Buffer) => {
      const elements = [text(0x00080005, 'CS', set), { tag: 0x0008103e, vr: 'LO', value: bytes }];
      if (encoding === undefined) throw new Error('no encoding');
      return DataSet.read(encodedDataSet(elements, { explicit: true }), encoding).strings(0x0008103e);
    };
    expect(read('ISO_IR 100', Buffer.from('K\xfcrze ', 'latin1'))).toEqual(['Kürze']);
    expect(read('ISO_IR 192', Buffer.from('短軸'))).toEqual(['短軸']);
    // The second byte of 表 in Shift JIS, and of 誠 in GBK, is a backslash.
    expect(read('ISO_IR 13', Buffer.from([0x95, 0x5c]))).toEqual(['表']);
    expect(read('GBK', Buffer.from([0xd5, 0x5c]))).toHaveLength(1);
    expect(read('\\ISO 2022 IR 87', Buffer.from('\x1b$BC;<4\x1b(B', 'latin1'))).toEqual(['短軸']);
    expect(read('ISO 2022 IR 100', Buffer.from([0xe4]))).toEqual(['ä']);
  });
});
