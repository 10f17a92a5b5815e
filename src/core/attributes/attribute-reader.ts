/**
 * Read access to one data set or sequence item. Values are as they are encoded: strings trimmed of their padding,
 * split at the backslash; numbers from binary VRs.
 */
export interface AttributeReader {
  /** Tags in the order of the data set. */
  readonly tags: readonly number[];
  has(tag: number): boolean;
  /** VR as encoded; undefined in Implicit VR. */
  vr(tag: number): string | undefined;
  /** The values of a character string attribute; undefined where it is absent, empty where it has no value. */
  strings(tag: number): readonly string[] | undefined;
  /** The values of an attribute of VR US. */
  unsignedShorts(tag: number): readonly number[] | undefined;
  /** The raw value; undefined where the attribute is absent. */
  bytes(tag: number): Uint8Array | undefined;
  /** The whole element as encoded, header included. */
  encoded(tag: number): Uint8Array | undefined;
  /** The items of a sequence; empty where it is absent. */
  items(tag: number): readonly AttributeReader[];
  /** The encoded items of a sequence, item headers and delimiters included, to append to. */
  encodedItems(tag: number): readonly Uint8Array[];
}

/** First value of a string attribute, undefined where absent or empty. */
export function firstString(reader: AttributeReader, tag: number): string | undefined {
  const value = reader.strings(tag)?.[0];
  return value === undefined || value === '' ? undefined : value;
}

/** First value of a US attribute. */
export function firstShort(reader: AttributeReader, tag: number): number | undefined {
  return reader.unsignedShorts(tag)?.[0];
}

/** The values of a DS or IS attribute as numbers; NaN where a value is not a decimal string (PS3.5 6.2). */
export function decimals(reader: AttributeReader, tag: number): readonly number[] | undefined {
  return reader
    .strings(tag)
    ?.map((text) => (/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN));
}

/** First value of a DS or IS attribute, undefined where absent, empty or not a number. */
export function firstDecimal(reader: AttributeReader, tag: number): number | undefined {
  const value = decimals(reader, tag)?.[0];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
