import type { AttributeEdit } from '../core/attributes/attribute-edit.ts';
import { nameOfTag } from '../core/attributes/tags.ts';
import { NodeError } from '../core/errors.ts';
import type { DataSet } from './data-set.ts';
import { encodedParts, encodeHeader, encodeItem } from './encode-element.ts';
import { isTurnableEncoding } from './transfer-syntax.ts';

/** A header of eight bytes, in Explicit VR (UL) as in Implicit VR, and the value. */
const GROUP_LENGTH_BYTES = 12;

/** One element, in parts that follow each other. */
interface Piece {
  readonly tag: number;
  readonly parts: readonly Uint8Array[];
}

/** Gives room for a derived data set; it need not be cleared. */
export type Allocate = (length: number) => Uint8Array;

/**
 * The data set with `edits` applied; every element that no edit names is the very bytes of the source. Group lengths
 * (gggg,0000) of touched groups are made right, where there are any.
 * @throws NodeError cannot-reorient where the source is not little-endian and native, or its elements are out of order
 */
export function applyEdits(
  source: DataSet,
  edits: readonly AttributeEdit[],
  allocate: Allocate = Buffer.allocUnsafeSlow,
): Uint8Array {
  if (!isTurnableEncoding(source.encoding)) {
    throw new NodeError('cannot-reorient', 'the transfer syntax cannot be edited', {
      subject: { attribute: 'TransferSyntaxUID' },
    });
  }
  assertAscending(source);
  const changed = new Map<number, Piece['parts'] | undefined>();
  for (const edit of edits) changed.set(edit.tag, applyEdit(source, edit));
  const kept = source.elements
    .filter(({ tag }) => !changed.has(tag))
    .map(({ tag, start, end }): Piece => ({ tag, parts: [source.encodedBytes.subarray(start, end)] }));
  const written = [...changed].flatMap(([tag, parts]): Piece[] => (parts === undefined ? [] : [{ tag, parts }]));
  const pieces = [...kept, ...written].sort((a, b) => a.tag - b.tag);
  const touched = new Set([...changed.keys()].map((tag) => tag >>> 16));
  return joined(
    withGroupLengths(pieces, touched).flatMap(({ parts }) => parts),
    allocate,
  );
}

function joined(parts: readonly Uint8Array[], allocate: Allocate): Uint8Array {
  const length = lengthOf(parts);
  const bytes = allocate(length).subarray(0, length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function applyEdit(source: DataSet, edit: AttributeEdit): Piece['parts'] | undefined {
  switch (edit.op) {
    case 'remove':
      return undefined;
    case 'set':
      return encodedParts(edit, source.encoding);
    case 'append-item': {
      assertSequence(source, edit.tag);
      const items = [...source.encodedItems(edit.tag), encodeItem(edit.item, source.encoding)];
      return [encodeHeader(edit.tag, 'SQ', { length: lengthOf(items), encoding: source.encoding }), ...items];
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
  for (const { tag, parts } of pieces) {
    if ((tag & 0xffff) !== 0) lengths.set(tag >>> 16, (lengths.get(tag >>> 16) ?? 0) + lengthOf(parts));
  }
  return pieces.flatMap((piece) => {
    const group = piece.tag >>> 16;
    if ((piece.tag & 0xffff) !== 0 || !touched.has(group)) return piece;
    const length = lengths.get(group);
    // A group length that is no UL, or of a group that is gone, says nothing that could be made right.
    if (lengthOf(piece.parts) !== GROUP_LENGTH_BYTES || length === undefined) return [];
    const bytes = Buffer.concat(piece.parts);
    bytes.writeUInt32LE(length, GROUP_LENGTH_BYTES - 4);
    return { tag: piece.tag, parts: [bytes] };
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
