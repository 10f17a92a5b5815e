import { NodeError } from '../core/errors.ts';
import { VALUE_PADDING, withoutTrailing } from '../core/trailing-characters.ts';
import type { FileMeta } from './file-meta.ts';

/** The file meta information at the head of a Part 10 file, and where the data set behind it begins. */
export interface FileHead {
  readonly meta: FileMeta;
  readonly dataSetOffset: number;
}

/** Longer file meta information is not believed: its elements are UIDs, titles and small private information. */
export const GREATEST_FILE_META_LENGTH = 1024 * 1024;

const FIRST_ELEMENT = 132;
const GROUP = 0x0002;
const DEFLATED_TRANSFER_SYNTAX = '1.2.840.10008.1.2.1.99';
/** VRs of group 0002 with a 32-bit length behind two reserved bytes (PS3.5 7.1.2). */
const LONG_FORM = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'UN', 'UT', 'UC', 'UR', 'SQ', 'SV', 'UV']);

/**
 * Reads preamble, `DICM` and group 0002 (PS3.10 7.1) from the first bytes of a file; undefined while there are too
 * few of them. The end is where the group ends, because writers get the group length wrong more often than that.
 * @throws NodeError not-an-instance
 */
export function readFileMeta(head: Uint8Array): FileHead | undefined {
  if (head.length < FIRST_ELEMENT) {
    return undefined;
  }
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (bytes.toString('latin1', FIRST_ELEMENT - 4, FIRST_ELEMENT) !== 'DICM') {
    throw new NodeError('not-an-instance', 'the bytes do not begin as a DICOM file does (no DICM after the preamble)');
  }
  const values = new Map<number, Buffer>();
  let offset = FIRST_ELEMENT;
  for (;;) {
    if (endsAt(bytes, { offset, values })) {
      return { meta: fileMetaOf(values), dataSetOffset: offset };
    }
    const element = readElement(bytes, offset);
    if (element === undefined) {
      return undefined;
    }
    values.set(element.element, element.value);
    offset = element.end;
  }
}

/** A deflated data set may begin with any two bytes, 02 00 among them: there the group length alone tells. */
function endsAt(bytes: Buffer, at: { offset: number; values: ReadonlyMap<number, Buffer> }): boolean {
  if (at.offset > GREATEST_FILE_META_LENGTH) {
    throw new NodeError('not-an-instance', 'the file meta information has no end');
  }
  if (text(at.values.get(0x0010)) === DEFLATED_TRANSFER_SYNTAX && at.values.get(0x0000)?.length === 4) {
    const announced = FIRST_ELEMENT + 12 + at.values.get(0x0000)!.readUInt32LE(0);
    return at.offset >= announced;
  }
  return bytes.length >= at.offset + 2 && bytes.readUInt16LE(at.offset) !== GROUP;
}

function readElement(bytes: Buffer, offset: number): { element: number; value: Buffer; end: number } | undefined {
  if (bytes.length < offset + 12) {
    return undefined;
  }
  const vr = bytes.toString('latin1', offset + 4, offset + 6);
  if (!/^[A-Z]{2}$/.test(vr)) {
    throw new NodeError('not-an-instance', 'the file meta information is not in explicit VR little endian');
  }
  const long = LONG_FORM.has(vr);
  const length = long ? bytes.readUInt32LE(offset + 8) : bytes.readUInt16LE(offset + 6);
  const start = offset + (long ? 12 : 8);
  if (length > GREATEST_FILE_META_LENGTH) {
    throw new NodeError('not-an-instance', 'an element of the file meta information is longer than any can be');
  }
  if (bytes.length < start + length) {
    return undefined;
  }
  return {
    element: bytes.readUInt16LE(offset + 2),
    value: bytes.subarray(start, start + length),
    end: start + length,
  };
}

function fileMetaOf(values: ReadonlyMap<number, Buffer>): FileMeta {
  const transferSyntaxUid = text(values.get(0x0010));
  if (transferSyntaxUid === '') {
    throw new NodeError('not-an-instance', 'the file does not say how it is encoded', {
      subject: { attribute: 'TransferSyntaxUID' },
    });
  }
  return {
    sopClassUid: text(values.get(0x0002)),
    sopInstanceUid: text(values.get(0x0003)),
    transferSyntaxUid,
    ...aeTitle('sourceAeTitle', values.get(0x0016)),
    ...aeTitle('sendingAeTitle', values.get(0x0017)),
    ...aeTitle('receivingAeTitle', values.get(0x0018)),
  };
}

function aeTitle<Name extends string>(name: Name, value: Buffer | undefined): { [key in Name]?: string } {
  const title = text(value);
  return title === '' ? {} : ({ [name]: title } as { [key in Name]?: string });
}

function text(value: Buffer | undefined): string {
  return value === undefined ? '' : withoutTrailing(value.toString('latin1'), VALUE_PADDING);
}
