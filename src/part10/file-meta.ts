import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from './implementation.ts';

/** What the File Meta Information of a Part 10 file says about the data set behind it (PS3.10 table 7.1-1). */
export interface FileMeta {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly sourceAeTitle?: string;
  readonly sendingAeTitle?: string;
  readonly receivingAeTitle?: string;
}

const PREAMBLE_LENGTH = 128;
const GREATEST_SHORT_LENGTH = 0xffff;

/** Preamble, `DICM` and group 0002; the data set follows directly. UIDs are written as they came, valid or not. */
export function encodeFileMeta(meta: FileMeta): Uint8Array {
  const elements = Buffer.concat([
    versionElement(),
    uiElement(0x0002, meta.sopClassUid),
    uiElement(0x0003, meta.sopInstanceUid),
    uiElement(0x0010, meta.transferSyntaxUid),
    uiElement(0x0012, IMPLEMENTATION_CLASS_UID),
    textElement(0x0013, 'SH', IMPLEMENTATION_VERSION_NAME),
    aeElement(0x0016, meta.sourceAeTitle),
    aeElement(0x0017, meta.sendingAeTitle),
    aeElement(0x0018, meta.receivingAeTitle),
  ]);
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(elements.length);
  return Buffer.concat([
    Buffer.alloc(PREAMBLE_LENGTH),
    Buffer.from('DICM', 'latin1'),
    shortElement(0x0000, 'UL', groupLength),
    elements,
  ]);
}

/** File Meta Information Version 00\01: OB, the one long-form element of the group. */
function versionElement(): Buffer {
  return Buffer.from([0x02, 0x00, 0x01, 0x00, 0x4f, 0x42, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01]);
}

/** Padding is not part of a UID; an odd length is filled with NUL (PS3.5 9.1). */
function uiElement(element: number, uid: string): Buffer {
  const bytes = Buffer.from(withoutPadding(uid), 'latin1');
  return shortElement(element, 'UI', bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([0])]));
}

function aeElement(element: number, aeTitle: string | undefined): Buffer {
  const text = aeTitle?.trim() ?? '';
  return text === '' ? Buffer.alloc(0) : textElement(element, 'AE', text);
}

function textElement(element: number, vr: string, text: string): Buffer {
  return shortElement(element, vr, Buffer.from(text.length % 2 === 0 ? text : `${text} `, 'latin1'));
}

/** One element of group 0002 in explicit VR little endian, short form (PS3.5 7.1.2). */
function shortElement(element: number, vr: string, value: Uint8Array): Buffer {
  if (value.length > GREATEST_SHORT_LENGTH) {
    throw new RangeError(`(0002,${element.toString(16).padStart(4, '0')}) is ${value.length} bytes long`);
  }
  const header = Buffer.alloc(8);
  header.writeUInt16LE(0x0002, 0);
  header.writeUInt16LE(element, 2);
  header.write(vr, 4, 'latin1');
  header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}

/** A UID without the NULs (or, by mistake of some writers, spaces) that fill it to an even length. */
function withoutPadding(uid: string): string {
  let end = uid.length;
  while (end > 0 && (uid[end - 1] === '\0' || uid[end - 1] === ' ')) {
    end -= 1;
  }
  return uid.slice(0, end);
}
