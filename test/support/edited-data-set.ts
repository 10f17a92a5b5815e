/** Values to put in place of others, in explicit VR little endian; undefined removes an element. Tags as `00080018`. */
export type Edits = Readonly<Record<string, { readonly vr: string; readonly value: string | Uint8Array } | undefined>>;

const LONG_FORM = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

/**
 * A data set with some elements replaced, added or removed, all others byte for byte: what is wrong with an instance is
 * made by hand here. Only for data sets in explicit VR little endian whose lengths are all defined.
 */
export function editedDataSet(dataSet: Uint8Array, edits: Edits): Buffer {
  const elements = new Map<string, Buffer>();
  const bytes = Buffer.from(dataSet);
  for (let at = 0; at < bytes.length; ) {
    const tag = tagAt(bytes, at);
    const long = LONG_FORM.has(bytes.toString('latin1', at + 4, at + 6));
    const length = long ? 12 + bytes.readUInt32LE(at + 8) : 8 + bytes.readUInt16LE(at + 6);
    elements.set(tag, bytes.subarray(at, at + length));
    at += length;
  }
  for (const [tag, edit] of Object.entries(edits)) {
    if (edit === undefined) elements.delete(tag);
    else elements.set(tag, encoded(tag, edit));
  }
  return Buffer.concat([...elements.keys()].sort().map((tag) => elements.get(tag) as Buffer));
}

export const shortValue = (value: number): Uint8Array => Uint8Array.of(value & 0xff, value >> 8);

function tagAt(bytes: Buffer, at: number): string {
  const hexadecimal = (value: number): string => value.toString(16).padStart(4, '0');
  return hexadecimal(bytes.readUInt16LE(at)) + hexadecimal(bytes.readUInt16LE(at + 2));
}

function encoded(tag: string, { vr, value }: { readonly vr: string; readonly value: string | Uint8Array }): Buffer {
  const raw = typeof value === 'string' ? Buffer.from(value, 'latin1') : Buffer.from(value);
  const padding = Buffer.from(raw.length % 2 === 0 ? '' : vr === 'UI' ? '\0' : ' ');
  const header = Buffer.alloc(LONG_FORM.has(vr) ? 12 : 8);
  header.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  header.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  header.write(vr, 4, 'latin1');
  const length = raw.length + padding.length;
  if (LONG_FORM.has(vr)) header.writeUInt32LE(length, 8);
  else header.writeUInt16LE(length, 6);
  return Buffer.concat([header, raw, padding]);
}
