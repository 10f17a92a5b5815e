import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NodeError } from '../../src/core/errors.ts';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';
import { readFileMeta } from '../../src/part10/read-file-meta.ts';

const meta = {
  sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
  sopInstanceUid: '1.2.3.45',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
  sourceAeTitle: 'MR1',
};
const encoded = Buffer.from(encodeFileMeta(meta));
const dataSet = Buffer.from([0x08, 0x00, 0x60, 0x00, 0x43, 0x53, 0x02, 0x00, 0x4d, 0x52]);
const file = Buffer.concat([encoded, dataSet]);

describe('reading file meta information', () => {
  test('gives back what was written, and where the data set begins', () => {
    expect(readFileMeta(file)).toEqual({ meta, dataSetOffset: encoded.length });
  });

  test('wants more bytes until it has seen the beginning of the data set', () => {
    for (let length = 0; length < encoded.length + 2; length++) {
      expect(readFileMeta(file.subarray(0, length))).toBeUndefined();
    }
  });

  test.each([0, 10, 100_000])('ends where the group ends, whatever the group length says (%i)', (groupLength) => {
    const lying = Buffer.from(file);
    lying.writeUInt32LE(groupLength, 140);
    expect(readFileMeta(lying)).toEqual({ meta, dataSetOffset: encoded.length });
  });

  test('trusts the group length before a deflated data set, which may begin with any bytes', () => {
    const deflated = Buffer.from(encodeFileMeta({ ...meta, transferSyntaxUid: '1.2.840.10008.1.2.1.99' }));
    const head = readFileMeta(
      Buffer.concat([deflated, Buffer.from([2, 0, 0x41, 0x41, 0x41, 0x41, 1, 2, 3, 4, 5, 6, 7])]),
    );
    expect(head?.dataSetOffset).toBe(deflated.length);
  });

  test('refuses what has no DICM, no transfer syntax or no explicit VR', () => {
    const noSyntax = Buffer.concat([file.subarray(0, 132), dataSet]);
    const implicit = Buffer.concat([file.subarray(0, 132), Buffer.from([2, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 0])]);
    for (const bytes of [Buffer.alloc(200), noSyntax, implicit]) {
      expect(() => readFileMeta(bytes)).toThrowError(expect.objectContaining({ code: 'not-an-instance' }));
    }
  });

  test('is a head, a wish for more bytes or a refusal for any damage whatever', () => {
    const damage = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(damage, fc.nat(file.length), (bytes, length) => {
        const damaged = Buffer.from(file);
        for (const [at, value] of bytes) {
          damaged[at] = value;
        }
        try {
          readFileMeta(damaged.subarray(0, length));
        } catch (error) {
          expect(error).toBeInstanceOf(NodeError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
