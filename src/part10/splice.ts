import type { AttributeEdit } from '../core/attributes/attribute-edit.ts';
import { nameOfTag } from '../core/attributes/tags.ts';
import { NodeError } from '../core/errors.ts';
import type { DataSet } from './data-set.ts';
import { encodeElement, encodeHeader, encodeItem } from './encode-element.ts';
import { isTurnableEncoding } from './transfer-syntax.ts';

/** A header of eight bytes, in Explicit VR (UL) as in Implicit VR, and the value. */
const GROUP_LENGTH_BYTES = 12;

interface Piece {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

/**
 * The data set with `edits` applied; every element that no edit names is the very bytes of the source. Group lengths
 * (gggg,0000) of touched groups are made right, where there are any.
 * @throws NodeError cannot-reorient where the source is not little-endian and native, or its elements are out of order
 */
export function applyEdits(source: DataSet, edits: readonly AttributeEdit[]): Uint8Array {
  if (!isTurnableEncoding(source.encoding)) {
    throw new NodeError('cannot-reorient', 'the transfer syntax cannot be edited', {
      subject: { attribute: 'TransferSyntaxUID' },
    });
  }
  assertAscending(source);
  const changed = new Map<number, Uint8Array | undefined>();
  for (const edit of edits) changed.set(edit.tag, applyEdit(source, edit));
  const kept = source.elements
    .filter(({ tag }) => !changed.has(tag))
    .map(({ tag, start, end }): Piece => ({ tag, bytes: source.encodedBytes.subarray(start, end) }));
  const written = [...changed].flatMap(([tag, bytes]): Piece[] => (bytes === undefined ? [] : [{ tag, bytes }]));
  const pieces = [...kept, ...written].sort((a, b) => a.tag - b.tag);
  const touched = new Set([...changed.keys()].map((tag) => tag >>> 16));
  return Buffer.concat(withGroupLengths(pieces, touched).map((piece) => piece.bytes));
}

function applyEdit(source: DataSet, edit: AttributeEdit): Uint8Array | undefined {
  switch (edit.op) {
    case 'remove':
      return undefined;
    case 'set':
      return encodeElement(edit, source.encoding);
    case 'append-item': {
      assertSequence(source, edit.tag);
      const items = [...source.encodedItems(edit.tag), encodeItem(edit.item, source.encoding)];
      const length = items.reduce((sum, item) => sum + item.length, 0);
      return Buffer.concat([encodeHeader(edit.tag, 'SQ', { length, encoding: source.encoding }), ...items]);
    }
  }
}

/** The items of a UN are in Implicit VR (PS3.5 6.2.2): they cannot stand beside new ones in Explicit VR. */
function assertSequence(source: DataSet, tag: number): void {
  const vr = source.vr(tag);
  if (vr === undefined || vr === 'SQ') return;
  throw new NodeError('cannot-reorient', `a sequence is encoded as ${vr}`, { subject: { attribute: nameOfTag(tag) } });
}

/** A group length is the number of bytes from the end of its own value to the end of the group (PS3.5 7.2). */
function withGroupLengths(pieces: readonly Piece[], touched: ReadonlySet<number>): Piece[] {
  const lengths = new Map<number, number>();
  for (const { tag, bytes } of pieces) {
    if ((tag & 0xffff) !== 0) lengths.set(tag >>> 16, (lengths.get(tag >>> 16) ?? 0) + bytes.length);
  }
  return pieces.flatMap((piece) => {
    const group = piece.tag >>> 16;
    if ((piece.tag & 0xffff) !== 0 || !touched.has(group)) return piece;
    const length = lengths.get(group);
    // A group length that is no UL, or of a group that is gone, says nothing that could be made right.
    if (piece.bytes.length !== GROUP_LENGTH_BYTES || length === undefined) return [];
    const bytes = Buffer.from(piece.bytes);
    bytes.writeUInt32LE(length, GROUP_LENGTH_BYTES - 4);
    return { tag: piece.tag, bytes };
  });
}

/** New elements have a place only where the others are in the order of their tags (PS3.5 7.1), each one once. */
function assertAscending(source: DataSet): void {
  source.elements.forEach((element, i) => {
    const before = source.elements[i - 1];
    if (before !== undefined && before.tag >= element.tag) {
      throw new NodeError('cannot-reorient', 'the elements are not in ascending order', {
        subject: { attribute: nameOfTag(element.tag) },
      });
    }
  });
}
