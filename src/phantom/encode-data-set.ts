/**
 * A writer of little endian data sets (PS3.5 7.1), on purpose without a line in common with the code that reads, edits
 * and proves them: what the phantom says must not share that code's faults.
 */
export interface Element {
  readonly tag: number;
  readonly vr: string;
  readonly value: ElementValue;
}

export type ElementValue =
  | { readonly text: readonly string[] }
  | { readonly shorts: readonly number[] }
  | { readonly bytes: Uint8Array }
  | { readonly items: readonly (readonly Element[])[] };

export type LittleEndianEncoding = 'explicit' | 'implicit';

/** VRs with two reserved bytes and a length of four (PS3.5 table 7.1-1). */
const LONG_FORM = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const GREATEST_SHORT_LENGTH = 0xfffe;
const ITEM_TAG = 0xfffee000;

/** Elements in the order of their tags, each value padded to an even length. */
export function encodeDataSet(elements: readonly Element[], encoding: LittleEndianEncoding): Uint8Array {
  const sorted = [...elements].sort((a, b) => a.tag - b.tag);
  const bytes = Buffer.concat(sorted.flatMap((element) => encodeElement(element, encoding)));
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function encodeElement({ tag, vr, value }: Element, encoding: LittleEndianEncoding): readonly Uint8Array[] {
  const bytes = encodeValue(vr, value, encoding);
  if (encoding === 'implicit') return [tagAndLength(tag, bytes.length), bytes];
  if (LONG_FORM.has(vr)) {
    const header = Buffer.alloc(12);
    writeTag(header, tag);
    header.write(vr, 4, 'latin1');
    header.writeUInt32LE(bytes.length, 8);
    return [header, bytes];
  }
  if (bytes.length > GREATEST_SHORT_LENGTH) throw new RangeError(`a value of VR ${vr} is too long`);
  const header = Buffer.alloc(8);
  writeTag(header, tag);
  header.write(vr, 4, 'latin1');
  header.writeUInt16LE(bytes.length, 6);
  return [header, bytes];
}

function encodeValue(vr: string, value: ElementValue, encoding: LittleEndianEncoding): Uint8Array {
  if ('text' in value) return padded(Buffer.from(value.text.join('\\'), 'latin1'), vr === 'UI' ? 0 : 0x20);
  if ('bytes' in value) return padded(value.bytes, 0);
  if ('shorts' in value) {
    const bytes = Buffer.alloc(2 * value.shorts.length);
    value.shorts.forEach((short, i) => {
      bytes.writeUInt16LE(short, 2 * i);
    });
    return bytes;
  }
  return Buffer.concat(
    value.items.flatMap((item) => {
      const content = encodeDataSet(item, encoding);
      return [tagAndLength(ITEM_TAG, content.length), content];
    }),
  );
}

function padded(bytes: Uint8Array, filler: number): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([filler])]);
}

function tagAndLength(tag: number, length: number): Uint8Array {
  const header = Buffer.alloc(8);
  writeTag(header, tag);
  header.writeUInt32LE(length, 4);
  return header;
}

function writeTag(target: Buffer, tag: number): void {
  target.writeUInt16LE(tag >>> 16, 0);
  target.writeUInt16LE(tag & 0xffff, 2);
}
