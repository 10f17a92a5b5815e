import { NodeError } from '../../core/errors.ts';

/**
 * The numbers of the row after which a page goes on, as a cursor holds them.
 * @throws NodeError bad-request where the cursor is none of a list with so many
 */
export function placeIn(cursor: string, numbers: number): readonly number[] {
  const parts = cursor.split('.').map((part) => (/^\d{1,15}$/.test(part) ? Number(part) : Number.NaN));
  if (parts.length === numbers && parts.every(Number.isSafeInteger)) return parts;
  throw new NodeError('bad-request', 'the cursor is none of this list: begin at its first page');
}

export function cursorAt(...numbers: readonly number[]): string {
  return numbers.join('.');
}
