import { useKeys } from './keys.ts';

/** Keys of a view with one plain table: they move from row to row, and Enter opens the link that has the focus. */
export function useRowKeys(name: string): void {
  useKeys(name, [
    { keys: 'j', does: 'Next row', run: () => move(1) },
    { keys: 'k', does: 'Row before', run: () => move(-1) },
    {
      keys: 'x',
      does: 'Selects the row',
      run: () => rowWithFocus()?.querySelector<HTMLInputElement>(CHECKBOX)?.click(),
    },
  ]);
}

const CHECKBOX = 'input[type="checkbox"]';
const ROWS = 'main [data-rows] tbody tr';

function rowWithFocus(): Element | null {
  return document.activeElement?.closest(ROWS) ?? null;
}

function move(by: 1 | -1): void {
  const rows = [...document.querySelectorAll(ROWS)];
  const current = rowWithFocus();
  const next = current === null ? rows[0] : rows[rows.indexOf(current) + by];
  next?.querySelector<HTMLElement>('a, button, input')?.focus();
}
