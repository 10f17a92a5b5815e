import type { AttributeReader } from '../core/attributes/attribute-reader.ts';
import { tagOf } from '../core/attributes/tags.ts';
import { VALUE_PADDING, withoutTrailing } from '../core/trailing-characters.ts';
import { decodeText } from './character-set.ts';
import type { Encoding } from './transfer-syntax.ts';
import { type ElementExtent, type WalkOptions, walkElements, walkItems } from './walk-elements.ts';

/** Attributes whose text is in the Specific Character Set, and so is decoded before anything compares it. */
const TEXT_ATTRIBUTES: ReadonlySet<number> = new Set(
  (['SeriesDescription', 'StudyDescription', 'ProtocolName', 'SequenceName', 'PulseSequenceName'] as const).map(tagOf),
);

/** As much as fits into a length of 16 bits. Nothing that is decided by is longer; where a VR lies, it may seem so. */
const GREATEST_TEXT_BYTES = 65_534;

/**
 * A data set as it was encoded, and where its elements lie. Reading decodes single values; the bytes are never
 * changed, so that everything that is not touched can be sent on as it came.
 */
export class DataSet implements AttributeReader {
  /** The whole data set as it was encoded. */
  readonly encodedBytes: Uint8Array;
  readonly encoding: Encoding;
  readonly elements: readonly ElementExtent[];
  readonly #byTag: ReadonlyMap<number, ElementExtent>;
  readonly #walk: WalkOptions;
  readonly #characterSets: readonly string[];

  private constructor(source: {
    bytes: Uint8Array;
    encoding: Encoding;
    walk: WalkOptions;
    characterSets?: readonly string[];
  }) {
    this.encodedBytes = source.bytes;
    this.encoding = source.encoding;
    this.#walk = source.walk;
    this.elements = walkElements(source.bytes, source.walk);
    this.#byTag = new Map(this.elements.map((element) => [element.tag, element]));
    this.#characterSets = this.strings(tagOf('SpecificCharacterSet')) ?? source.characterSets ?? [];
  }

  /**
   * Reads the elements of a data set that is not deflated; `totalLength` is given where `bytes` is only its head.
   * @throws NodeError not-an-instance, truncated, contradicts-context
   */
  static read(bytes: Uint8Array, encoding: Encoding, totalLength = bytes.length): DataSet {
    const { explicitVr, littleEndian } = encoding;
    return new DataSet({ bytes, encoding, walk: { explicitVr, littleEndian, totalLength } });
  }

  get tags(): readonly number[] {
    return this.elements.map((element) => element.tag);
  }

  has(tag: number): boolean {
    return this.#byTag.has(tag);
  }

  /** Values of Specific Character Set; those around this data set where it is an item without its own. */
  get characterSets(): readonly string[] {
    return this.#characterSets;
  }

  vr(tag: number): string | undefined {
    return this.#byTag.get(tag)?.vr;
  }

  extent(tag: number): ElementExtent | undefined {
    return this.#byTag.get(tag);
  }

  strings(tag: number): readonly string[] | undefined {
    const value = this.bytes(tag)?.subarray(0, GREATEST_TEXT_BYTES);
    if (value === undefined) return undefined;
    const text = TEXT_ATTRIBUTES.has(tag)
      ? decodeText(value, this.#characterSets)
      : Buffer.from(value).toString('latin1');
    const unpadded = withoutTrailing(text, VALUE_PADDING);
    return unpadded === '' ? [] : unpadded.split('\\').map((part) => withoutTrailing(part, VALUE_PADDING).trimStart());
  }

  unsignedShorts(tag: number): readonly number[] | undefined {
    const value = this.bytes(tag);
    if (value === undefined) return undefined;
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    const { littleEndian } = this.encoding;
    return Array.from({ length: value.byteLength >> 1 }, (_, i) => view.getUint16(i * 2, littleEndian));
  }

  items(tag: number): readonly DataSet[] {
    return this.#itemExtents(tag).map(({ contentStart, contentEnd }) => {
      const bytes = this.encodedBytes.subarray(contentStart, contentEnd);
      const walk = { ...this.#itemWalk(tag), totalLength: bytes.length };
      const encoding = { ...this.encoding, explicitVr: walk.explicitVr };
      return new DataSet({ bytes, encoding, walk, characterSets: this.#characterSets });
    });
  }

  encodedItems(tag: number): readonly Uint8Array[] {
    return this.#itemExtents(tag).map(({ start, end }) => this.encodedBytes.subarray(start, end));
  }

  encoded(tag: number): Uint8Array | undefined {
    const element = this.#byTag.get(tag);
    return element === undefined ? undefined : this.encodedBytes.subarray(element.start, element.end);
  }

  bytes(tag: number): Uint8Array | undefined {
    const element = this.#byTag.get(tag);
    return element === undefined ? undefined : this.encodedBytes.subarray(element.valueStart, element.valueEnd);
  }

  #itemExtents(tag: number): ReturnType<typeof walkItems> {
    const element = this.#byTag.get(tag);
    return element === undefined ? [] : walkItems(this.encodedBytes, element, this.#itemWalk(tag));
  }

  #itemWalk(tag: number): WalkOptions {
    return this.vr(tag) === 'UN' ? { ...this.#walk, explicitVr: false } : this.#walk;
  }
}
