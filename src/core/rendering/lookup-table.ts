import type { AttributeReader } from '../attributes/attribute-reader.ts';
import { type Keyword, tagOf } from '../attributes/tags.ts';

/** A table from values to values (PS3.3 C.11.1.1, C.7.6.3.1.5). */
export interface LookupTable {
  /** The value that the first entry is for; lower ones get it too. */
  readonly first: number;
  readonly entries: Uint8Array | Uint16Array;
  /** What an entry can be at most. */
  readonly greatest: number;
}

/**
 * Undefined where there is no table, or none that can be read.
 * @param signed whether the values that are looked up may be negative
 */
export function readLookupTable(
  reader: AttributeReader,
  [descriptorKeyword, dataKeyword]: readonly [Keyword, Keyword],
  signed: boolean,
): LookupTable | undefined {
  const [length, first = 0, bits = 16] = reader.unsignedShorts(tagOf(descriptorKeyword)) ?? [];
  const bytes = reader.bytes(tagOf(dataKeyword));
  if (length === undefined || bytes === undefined) return undefined;
  const count = length === 0 ? 0x10000 : length;
  const entries = entriesOf(bytes, count);
  if (entries === undefined) return undefined;
  const lowest = signed && first > 0x7fff ? first - 0x10000 : first;
  const isBytes = entries instanceof Uint8Array;
  return { first: lowest, entries, greatest: isBytes ? 0xff : 2 ** Math.min(Math.max(bits, 8), 16) - 1 };
}

/** Entries of eight bits lie close together (PS3.3 C.7.6.3.1.6). */
function entriesOf(bytes: Uint8Array, count: number): Uint8Array | Uint16Array | undefined {
  if (bytes.length === count || bytes.length === count + (count % 2)) return bytes.subarray(0, count);
  if (bytes.length < 2 * count) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * i, true));
}

export function lookedUp({ first, entries }: LookupTable, value: number): number {
  const place = Math.min(Math.max(Math.round(value) - first, 0), entries.length - 1);
  return entries[place] as number;
}
