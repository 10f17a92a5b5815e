import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SeriesQuery, SeriesRow } from '../../api/series.ts';
import { useKeys } from '../keys.ts';
import { navigate } from '../navigation.tsx';
import { type Selection, toggled, withRange } from './selection.ts';
import { SeriesCells } from './series-cells.tsx';
import { rowsInView, scrolledTo } from './window.ts';

interface SeriesTableProps {
  readonly rows: readonly SeriesRow[];
  readonly total: number;
  readonly busy: boolean;
  readonly order: SeriesQuery['order'];
  readonly descending: boolean;
  readonly onOrder: (order: SeriesQuery['order'], descending: boolean) => void;
  readonly selection: Selection;
  readonly onSelection: (selection: Selection) => void;
  readonly onNearEnd: () => void;
}

interface Column {
  readonly name: string;
  readonly title?: string;
  readonly order?: SeriesQuery['order'];
  readonly class: string;
}

const COLUMNS: readonly Column[] = [
  { name: 'Received', order: 'received', class: 'col-received' },
  { name: 'Patient', class: '' },
  { name: 'Study date', class: 'col-date' },
  { name: 'Scanner', order: 'scanner', class: 'col-scanner' },
  { name: 'Kind', order: 'kind', class: 'col-kind' },
  { name: 'Description', class: '' },
  { name: 'Code', order: 'code', class: 'col-code' },
  { name: 'Decision', order: 'decision', class: 'col-decision' },
  {
    name: 'Conf.',
    title: 'Confidence: probability of the most probable code',
    order: 'confidence',
    class: 'col-number',
  },
  { name: 'Flags', class: 'col-flags' },
  { name: 'Review', class: 'col-review' },
  { name: 'Delivery', class: 'col-delivery' },
];

/** Of many thousand rows only those in view are in the document; the others are room above and below. */
export function SeriesTable(props: SeriesTableProps) {
  const { rows, total, selection, onSelection } = props;
  const scroller = useRef<HTMLElement>(null);
  const anchor = useRef(0);
  const toFocus = useRef<number | undefined>(undefined);
  const [current, setCurrent] = useState(-1);
  const [view, setView] = useState({ top: 0, height: 800 });
  const { from, to, above, below } = rowsInView(view, rows.length);

  const look = () => {
    const { scrollTop, clientHeight } = scroller.current ?? { scrollTop: 0, clientHeight: 800 };
    setView({ top: scrollTop, height: clientHeight });
  };
  useLayoutEffect(() => {
    look();
    const resized = new ResizeObserver(look);
    if (scroller.current !== null) resized.observe(scroller.current);
    return () => resized.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (to >= rows.length - 20 && rows.length > 0) props.onNearEnd();
    const row = scroller.current?.querySelector<HTMLElement>(`tr[data-index="${toFocus.current}"] .row-link`);
    if (row == null) return;
    toFocus.current = undefined;
    row.focus({ preventScroll: true });
  });

  const move = (by: number, extend = false) => {
    if (rows.length === 0) return;
    const index = Math.min(Math.max(current + by, 0), rows.length - 1);
    if (extend) onSelection(withRange(selection, rows, { from: Math.max(current, 0), to: index, chosen: true }));
    else anchor.current = index;
    toFocus.current = index;
    setCurrent(index);
    const { current: element } = scroller;
    if (element !== null)
      element.scrollTop = scrolledTo(index, { top: element.scrollTop, height: element.clientHeight });
  };
  const choose = (index: number, shift: boolean) => {
    const row = rows[index];
    if (row === undefined) return;
    const range = { from: anchor.current, to: index, chosen: !selection.has(row.id) };
    onSelection(shift ? withRange(selection, rows, range) : toggled(selection, row));
    anchor.current = index;
  };
  useKeys('Series list', [
    { keys: 'j', does: 'Next series', run: () => move(1) },
    { keys: 'k', does: 'Series before', run: () => move(-1) },
    { keys: 'ArrowDown', does: 'Next series', run: () => move(1) },
    { keys: 'ArrowUp', does: 'Series before', run: () => move(-1) },
    { keys: 'Enter', does: 'Opens it', run: () => rows[current] && navigate(`/series/${rows[current].id}`) },
    { keys: 'x', does: 'Selects it', run: () => choose(current, false) },
    { keys: 'Shift+ArrowDown', does: 'Selects downwards', run: () => move(1, true) },
    { keys: 'Shift+ArrowUp', does: 'Selects upwards', run: () => move(-1, true) },
  ]);

  const all = rows.length > 0 && rows.every(({ id }) => selection.has(id));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="rows" ref={scroller} onScroll={look} aria-label="Series" tabIndex={0}>
      <table class="series-table" aria-rowcount={total + 1} aria-busy={props.busy}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" class="col-check">
              <input
                type="checkbox"
                aria-label="Select all that are loaded"
                checked={all}
                onChange={() => onSelection(withRange(selection, rows, { from: 0, to: rows.length - 1, chosen: !all }))}
              />
            </th>
            {COLUMNS.map((column) => (
              <Head key={column.name} column={column} table={props} />
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <tr style={{ height: `${above}px` }} />}
          {rows.slice(from, to).map((row, offset) => {
            const index = from + offset;
            const chosen = selection.has(row.id);
            return (
              <tr
                key={row.id}
                data-index={index}
                aria-rowindex={index + 2}
                class={`${chosen ? 'chosen' : ''} ${index === current ? 'current' : ''}`}
                onFocusCapture={() => setCurrent(index)}
              >
                <td class="col-check">
                  <input
                    type="checkbox"
                    aria-label={`Select series ${row.seriesNumber ?? row.id}`}
                    checked={chosen}
                    onClick={(event) => {
                      event.preventDefault();
                      choose(index, event.shiftKey);
                    }}
                  />
                </td>
                <SeriesCells row={row} />
              </tr>
            );
          })}
          {below > 0 && <tr style={{ height: `${below}px` }} />}
        </tbody>
      </table>
    </section>
  );
}

function Head({ column, table }: { readonly column: Column; readonly table: SeriesTableProps }) {
  const { name, order } = column;
  if (order === undefined) {
    return (
      <th scope="col" class={column.class}>
        {name}
      </th>
    );
  }
  const sorted = table.order === order;
  const direction = table.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" class={column.class} {...(sorted ? { 'aria-sort': direction } : {})}>
      <button
        type="button"
        class="sort"
        title={column.title ?? ''}
        onClick={() => table.onOrder(order, sorted ? !table.descending : order === 'received')}
      >
        {name}
        <span aria-hidden="true">{sorted ? (table.descending ? ' ▾' : ' ▴') : ''}</span>
      </button>
    </th>
  );
}
