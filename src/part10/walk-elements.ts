import { nameOfTag } from '../core/attributes/tags.ts';
import { NodeError } from '../core/errors.ts';

/** Where one element lies in the bytes of its data set. */
export interface ElementExtent {
  readonly tag: number;
  /** As encoded; undefined in Implicit VR. */
  readonly vr: string | undefined;
  /** First byte of the element header. */
  readonly start: number;
  readonly valueStart: number;
  /** End of the value, before a sequence delimitation item. */
  readonly valueEnd: number;
  /** First byte after the element. */
  readonly end: number;
  readonly undefinedLength: boolean;
}

export interface WalkOptions {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  /** Length of the whole data set, of which `bytes` may be the head only. */
  readonly totalLength: number;
}

/** VRs with a 16-bit length field in Explicit VR (PS3.5 7.1.2); every other one, known or to come, has 32 bits. */
const SHORT_LENGTH_VRS = new Set('AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US'.split(' '));

const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 0xfffee000;
const ITEM_DELIMITER = 0xfffee00d;
const SEQUENCE_DELIMITER = 0xfffee0dd;
/** More elements than this on one level are an attack on the memory, not a data set. */
const MOST_ELEMENTS = 65_536;
/** Sequences nested deeper than this are an attack, not a data set. */
export const MAXIMUM_DEPTH = 64;

/**
 * The top-level elements of a data set, in order and without a gap. Only lengths are followed; no value is read. Where
 * `bytes` are the head of a data set, the elements that lie in it as a whole.
 * @throws NodeError not-an-instance, truncated, contradicts-context, naming the attribute where it happened
 */
export function walkElements(bytes: Uint8Array, options: WalkOptions): ElementExtent[] {
  const walker = new Walker(bytes, options);
  const extents: ElementExtent[] = [];
  let at = 0;
  while (at < options.totalLength && at < bytes.length) {
    const extent = elementInHead(walker, at, options.totalLength);
    if (extent === undefined || extent.end > bytes.length) break;
    if (extents.length === MOST_ELEMENTS) throw new NodeError('not-an-instance', 'there are too many elements');
    extents.push(extent);
    at = extent.end;
  }
  return extents;
}

/** Undefined where the bytes that are there end before the element does. */
function elementInHead(walker: Walker, at: number, limit: number): ElementExtent | undefined {
  try {
    return walker.element(at, limit, 0);
  } catch (error) {
    if (error instanceof EndOfHead) return undefined;
    throw error;
  }
}

/** The items of a sequence as [start of the item's header, start, end] of each item's content. */
export function walkItems(
  bytes: Uint8Array,
  extent: ElementExtent,
  options: WalkOptions,
): { readonly start: number; readonly contentStart: number; readonly contentEnd: number; readonly end: number }[] {
  const walker = new Walker(bytes, options);
  const items = [];
  let at = extent.valueStart;
  while (at < extent.valueEnd) {
    if (items.length === MOST_ELEMENTS) throw new NodeError('not-an-instance', 'there are too many items');
    const item = walker.item(at, extent.valueEnd, 1);
    items.push(item);
    at = item.end;
  }
  return items;
}

class Walker {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #options: WalkOptions;

  constructor(bytes: Uint8Array, options: WalkOptions) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#options = options;
  }

  element(start: number, limit: number, depth: number): ElementExtent {
    const { tag, vr, valueStart, length } = this.#header(start, limit);
    if (length !== UNDEFINED_LENGTH) {
      if (valueStart + length > limit) throw truncated(tag);
      return {
        tag,
        vr,
        start,
        valueStart,
        valueEnd: valueStart + length,
        end: valueStart + length,
        undefinedLength: false,
      };
    }
    // A UN of undefined length is a sequence in Implicit VR (PS3.5 6.2.2).
    const inner =
      vr === 'UN' ? new Walker(this.#bytes, { ...this.#options, explicitVr: false, littleEndian: true }) : this;
    const valueEnd = inner.#sequenceEnd(valueStart, limit, { tag, depth });
    return { tag, vr, start, valueStart, valueEnd, end: valueEnd + 8, undefinedLength: true };
  }

  item(
    start: number,
    limit: number,
    depth: number,
  ): { start: number; contentStart: number; contentEnd: number; end: number } {
    const { tag, length } = this.#itemHeader(start, limit);
    if (tag !== ITEM)
      throw new NodeError('not-an-instance', `a sequence holds ${nameOfTag(tag)} where an item must be`);
    const contentStart = start + 8;
    if (length !== UNDEFINED_LENGTH) {
      if (contentStart + length > limit) throw truncated(ITEM);
      return { start, contentStart, contentEnd: contentStart + length, end: contentStart + length };
    }
    let at = contentStart;
    for (;;) {
      if (this.#itemHeader(at, limit).tag === ITEM_DELIMITER)
        return { start, contentStart, contentEnd: at, end: at + 8 };
      at = this.element(at, limit, depth).end;
    }
  }

  #sequenceEnd(start: number, limit: number, { tag, depth }: { tag: number; depth: number }): number {
    if (depth >= MAXIMUM_DEPTH) {
      throw new NodeError('not-an-instance', 'sequences are nested too deep', {
        subject: { attribute: nameOfTag(tag) },
      });
    }
    let at = start;
    while (this.#itemHeader(at, limit).tag !== SEQUENCE_DELIMITER) at = this.item(at, limit, depth + 1).end;
    return at;
  }

  #header(start: number, limit: number): { tag: number; vr: string | undefined; valueStart: number; length: number } {
    const { explicitVr, littleEndian } = this.#options;
    const { tag, length } = this.#itemHeader(start, limit);
    if (!explicitVr) return { tag, vr: undefined, valueStart: start + 8, length };
    const vr = String.fromCharCode(this.#bytes[start + 4] as number, this.#bytes[start + 5] as number);
    if (!/^[A-Z]{2}$/.test(vr)) {
      throw new NodeError('contradicts-context', 'the data set is not in Explicit VR', {
        subject: { attribute: nameOfTag(tag) },
      });
    }
    if (SHORT_LENGTH_VRS.has(vr)) {
      return { tag, vr, valueStart: start + 8, length: this.#view.getUint16(start + 6, littleEndian) };
    }
    this.#assertThere(start + 12, { limit, tag });
    return { tag, vr, valueStart: start + 12, length: this.#view.getUint32(start + 8, littleEndian) };
  }

  #itemHeader(start: number, limit: number): { tag: number; length: number } {
    this.#assertThere(start + 8, { limit, tag: undefined });
    const { littleEndian } = this.#options;
    const tag = this.#view.getUint16(start, littleEndian) * 0x10000 + this.#view.getUint16(start + 2, littleEndian);
    return { tag, length: this.#view.getUint32(start + 4, littleEndian) };
  }

  #assertThere(end: number, { limit, tag }: { readonly limit: number; readonly tag: number | undefined }): void {
    if (end > limit) throw truncated(tag);
    if (end > this.#bytes.length) throw new EndOfHead();
  }
}

/** The bytes at hand end, though the data set does not. */
class EndOfHead extends NodeError {
  constructor() {
    super('truncated', 'the head of the data set ends inside an element');
  }
}

function truncated(tag: number | undefined): NodeError {
  const subject = tag === undefined ? {} : { attribute: nameOfTag(tag) };
  return new NodeError('truncated', 'the data set ends inside an element', { subject });
}
