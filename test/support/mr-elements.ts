/**
 * A writer of data sets that can be odd in every way that real ones are: values of odd length, sequences of defined and
 * undefined length, private blocks, group lengths. It shares nothing with the code under test.
 */
export interface MadeElement {
  readonly tag: number;
  readonly vr: string;
  readonly value: Uint8Array | readonly (readonly MadeElement[])[];
  /** Sequences and their items end with delimiters instead of having lengths. */
  readonly undefinedLength?: boolean;
}

const LONG_FORM = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;

export function encodedElement({ tag, vr, value, undefinedLength = false }: MadeElement, explicit: boolean): Buffer {
  const isSequence = !(value instanceof Uint8Array);
  const undefinedHere = isSequence && undefinedLength;
  // The content of a UN of undefined length is in Implicit VR (PS3.5 6.2.2).
  const inner = explicit && vr !== 'UN';
  const bytes = isSequence
    ? Buffer.concat([
        ...value.map((item) => encodedItem(item, { explicit: inner, undefinedLength })),
        ...(undefinedHere ? [tagAndLength(SEQUENCE_END, 0)] : []),
      ])
    : Buffer.from(value);
  return Buffer.concat([header(tag, vr, { explicit, length: undefinedHere ? 0xffffffff : bytes.length }), bytes]);
}

/** In the order of their tags, and with those group lengths that are asked for. */
export function encodedDataSet(
  elements: readonly MadeElement[],
  { explicit, groupLengths = [] }: { readonly explicit: boolean; readonly groupLengths?: readonly number[] },
): Buffer {
  const sorted = [...elements].sort((a, b) => a.tag - b.tag);
  const pieces: Buffer[] = [];
  let group = -1;
  for (const element of sorted) {
    if (element.tag >>> 16 !== group) {
      group = element.tag >>> 16;
      if (groupLengths.includes(group)) {
        const members = sorted.filter(({ tag }) => tag >>> 16 === group);
        const length = members.reduce((sum, member) => sum + encodedElement(member, explicit).length, 0);
        pieces.push(encodedElement({ tag: group * 0x10000, vr: 'UL', value: longs(length) }, explicit));
      }
    }
    pieces.push(encodedElement(element, explicit));
  }
  return Buffer.concat(pieces);
}

function encodedItem(
  item: readonly MadeElement[],
  { explicit, undefinedLength }: { readonly explicit: boolean; readonly undefinedLength: boolean },
): Buffer {
  const content = encodedDataSet(item, { explicit });
  return undefinedLength
    ? Buffer.concat([tagAndLength(ITEM, 0xffffffff), content, tagAndLength(ITEM_END, 0)])
    : Buffer.concat([tagAndLength(ITEM, content.length), content]);
}

function header(tag: number, vr: string, of: { readonly explicit: boolean; readonly length: number }): Buffer {
  if (!of.explicit) return tagAndLength(tag, of.length);
  const bytes = Buffer.alloc(LONG_FORM.has(vr) ? 12 : 8);
  writeTag(bytes, tag);
  bytes.write(vr, 4, 'latin1');
  if (LONG_FORM.has(vr)) bytes.writeUInt32LE(of.length, 8);
  else bytes.writeUInt16LE(of.length, 6);
  return bytes;
}

function tagAndLength(tag: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  writeTag(bytes, tag);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function writeTag(bytes: Buffer, tag: number): void {
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
}

export function text(tag: number, vr: string, ...values: readonly string[]): MadeElement {
  const bytes = Buffer.from(values.join('\\'), 'latin1');
  const padding = bytes.length % 2 === 0 ? [] : [vr === 'UI' ? 0 : 0x20];
  return { tag, vr, value: Buffer.concat([bytes, Buffer.from(padding)]) };
}

export function shorts(tag: number, ...values: readonly number[]): MadeElement {
  const value = Buffer.alloc(values.length * 2);
  values.forEach((one, i) => {
    value.writeUInt16LE(one & 0xffff, i * 2);
  });
  return { tag, vr: 'US', value };
}

export function longs(...values: readonly number[]): Buffer {
  const value = Buffer.alloc(values.length * 4);
  values.forEach((one, i) => {
    value.writeUInt32LE(one, i * 4);
  });
  return value;
}
