/** Height of a row of the list in CSS pixels: the style sheet sets the same (`--row`). */
export const ROW_PX = 30;
const HEAD_PX = 32;
/** Rows beyond the edges, so that a quick turn of the wheel shows no gap. */
const SPARE = 12;

interface View {
  readonly top: number;
  readonly height: number;
}

/** Which rows are to be there, [from, to), and the room of the others in pixels. */
export function rowsInView({ top, height }: View, count: number) {
  const from = Math.min(Math.max(Math.floor(top / ROW_PX) - SPARE, 0), count);
  const to = Math.min(Math.ceil((top + height) / ROW_PX) + SPARE, count);
  return { from, to, above: from * ROW_PX, below: (count - to) * ROW_PX };
}

/** Where to scroll to so that a row is wholly in view; where it is now, if it is already. */
export function scrolledTo(index: number, { top, height }: View): number {
  const start = index * ROW_PX;
  if (start < top) return start;
  const end = start + ROW_PX + HEAD_PX;
  return end > top + height ? end - height : top;
}
