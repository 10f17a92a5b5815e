import type { AttributeItem, AttributeValue, ItemElement } from '../core/attributes/attribute-edit.ts';
import { nameOfTag } from '../core/attributes/tags.ts';
import { NodeError } from '../core/errors.ts';
import type { Encoding } from './transfer-syntax.ts';

/** VRs with a 32-bit length in Explicit VR (PS3.5 7.1.2). */
const LONG_LENGTH_VRS: ReadonlySet<string> = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));
/** Padded with NUL instead of a space (PS3.5 6.2). */
const NUL_PADDED_VRS: ReadonlySet<string> = new Set(['UI', 'OB', 'UN']);
const GREATEST_SHORT_LENGTH = 0xfffe;
const ITEM = 0xfffee000;

interface NewElement {
  readonly tag: number;
  readonly vr: string;
  readonly value: AttributeValue;
}

/** One element in little-endian, header included, its value padded to an even length. */
function encodeElement(element: NewElement, encoding: Encoding): Buffer {
  return Buffer.concat(encodedParts(element, encoding));
}

/** Header and value of an element by themselves: pixels are not copied. */
export function encodedParts(element: NewElement, encoding: Encoding): readonly [Buffer, Uint8Array] {
  const encoded = encodeValue(element.value, encoding);
  // A sequence is as long as its items, also where one of them copies a value of odd length: padding would be no item.
  const value = 'items' in element.value ? encoded : padded(encoded, element.vr);
  return [encodeHeader(element.tag, element.vr, { length: value.length, encoding }), value];
}

/** The header of a little-endian element. */
export function encodeHeader(
  tag: number,
  vr: string,
  { length, encoding }: { readonly length: number; readonly encoding: Encoding },
): Buffer {
  const long = encoding.explicitVr && LONG_LENGTH_VRS.has(vr);
  const header = Buffer.alloc(long ? 12 : 8);
  writeTag(header, tag);
  if (!encoding.explicitVr) {
    header.writeUInt32LE(length, 4);
    return header;
  }
  header.write(vr, 4, 'latin1');
  if (long) header.writeUInt32LE(length, 8);
  else if (length <= GREATEST_SHORT_LENGTH) header.writeUInt16LE(length, 6);
  else {
    throw new NodeError('cannot-reorient', `a value of VR ${vr} would be too long`, {
      subject: { attribute: nameOfTag(tag) },
    });
  }
  return header;
}

/** One sequence item of explicit length. */
export function encodeItem(item: AttributeItem, encoding: Encoding): Buffer {
  const content =
    'encodedContent' in item
      ? item.encodedContent
      : Buffer.concat([...item.elements].sort((a, b) => a.tag - b.tag).map((e) => encodeItemElement(e, encoding)));
  const header = Buffer.alloc(8);
  writeTag(header, ITEM);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content]);
}

function encodeItemElement(element: ItemElement, encoding: Encoding): Uint8Array {
  return 'encoded' in element ? element.encoded : encodeElement(element, encoding);
}

function encodeValue(value: AttributeValue, encoding: Encoding): Uint8Array {
  if ('bytes' in value) return value.bytes;
  if ('strings' in value) return Buffer.from(value.strings.join('\\'), 'latin1');
  if ('items' in value) return Buffer.concat(value.items.map((item) => encodeItem(item, encoding)));
  const bytes = Buffer.alloc(value.unsignedShorts.length * 2);
  value.unsignedShorts.forEach((short, i) => {
    bytes.writeUInt16LE(short, i * 2);
  });
  return bytes;
}

function padded(value: Uint8Array, vr: string): Uint8Array {
  if (value.length % 2 === 0) return value;
  return Buffer.concat([value, Buffer.from([NUL_PADDED_VRS.has(vr) ? 0 : 0x20])]);
}

function writeTag(header: Buffer, tag: number): void {
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
}
