import type { SeriesRow } from '../../api/series.ts';
import type { ChosenSeries } from '../acts/act-order.ts';
import { shownName, shownText } from '../shown-text.ts';

/** Chosen series by id, as they were shown when they were chosen. */
export type Selection = ReadonlyMap<number, SeriesRow>;

export function toggled(selection: Selection, row: SeriesRow): Selection {
  const next = new Map(selection);
  if (!next.delete(row.id)) next.set(row.id, row);
  return next;
}

/** With all rows from one index to another, in either direction; or without them. */
export function withRange(
  selection: Selection,
  rows: readonly SeriesRow[],
  range: { readonly from: number; readonly to: number; readonly chosen: boolean },
): Selection {
  const next = new Map(selection);
  const [first, last] = [Math.min(range.from, range.to), Math.max(range.from, range.to)];
  for (const row of rows.slice(Math.max(first, 0), last + 1)) {
    if (range.chosen) next.set(row.id, row);
    else next.delete(row.id);
  }
  return next;
}

/** What is still as it was when it was chosen. A row that is not among these was not looked at again and stays. */
export function stillAsChosen(selection: Selection, rows: readonly SeriesRow[]): Selection {
  const versions = new Map(rows.map(({ id, version }) => [id, version]));
  return new Map([...selection].filter(([id, row]) => (versions.get(id) ?? row.version) === row.version));
}

/** For the dialog of an act. */
export function chosenSeries(selection: Selection): readonly ChosenSeries[] {
  return [...selection.values()].map((row) => ({ id: row.id, version: row.version, label: labelOf(row) }));
}

/** Names a series for a person: number, description, patient. */
export function labelOf({ id, seriesNumber, seriesDescription, patient }: SeriesRow): string {
  const number = seriesNumber === null ? `series ${id}` : `${seriesNumber}`;
  return [number, shownText(seriesDescription ?? ''), shownName(patient.name)]
    .filter((part) => part !== '')
    .join(' · ');
}
