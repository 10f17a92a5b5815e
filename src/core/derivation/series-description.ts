import type { AttributeReader } from '../attributes/attribute-reader.ts';
import { tagOf } from '../attributes/tags.ts';

/** Greatest length of an LO value in characters (PS3.5 6.2). */
const LO_CHARACTERS = 64;
const SPACE = 0x20;

/**
 * Series Description with the ASCII `suffix` appended, as bytes in the data set's own character set.
 *
 * ASCII may follow any value: code extensions end with the value (PS3.5 6.1.2.5.3). A value that has no room is cut,
 * but only where a byte is a character; in a multi-byte character set it is left as it is rather than cut in two.
 * @returns undefined where it is not to be changed
 */
export function suffixedDescription(header: AttributeReader, suffix: string): Uint8Array | undefined {
  if (suffix === '') return undefined;
  const tag = tagOf('SeriesDescription');
  const prior = trimmed(header.bytes(tag) ?? new Uint8Array());
  const separated = prior.length === 0 ? suffix : ` ${suffix}`;
  const room = LO_CHARACTERS - separated.length;
  const kept =
    prior.length <= room
      ? prior
      : prior.every((byte) => byte < 0x80 && byte !== 0x1b)
        ? trimmed(prior.slice(0, room))
        : undefined;
  if (kept === undefined) return undefined;
  return new Uint8Array([...kept, ...[...separated].map((character) => character.charCodeAt(0))]);
}

function trimmed(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === SPACE || bytes[end - 1] === 0)) end--;
  return bytes.subarray(0, end);
}
