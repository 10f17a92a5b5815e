import { SLICE_QUALITIES } from '../core/orientation/slice-quality.ts';
import { SEQUENCE_KINDS } from '../core/series/sequence-kind.ts';
import type { JudgedSlice } from './judged-slice.ts';

/** One way to part what is measured; every item belongs to exactly one part. */
export interface Dimension<Item> {
  readonly title: string;
  readonly labelOf: (item: Item) => string;
  /** Parts in this order; others after them, by the alphabet. */
  readonly order: readonly string[];
}

export interface Part<Item> {
  readonly label: string;
  readonly items: readonly Item[];
}

export const UNKNOWN = 'unknown';

/** The parts that are not empty. Together they are the whole. */
export function partsOf<Item>(
  items: readonly Item[],
  { labelOf, order }: Omit<Dimension<Item>, 'title'>,
): Part<Item>[] {
  const rank = (label: string): number => {
    const at = order.indexOf(label);
    return label === UNKNOWN ? order.length + 1 : at === -1 ? order.length : at;
  };
  return [...gathered(items, labelOf)]
    .map(([label, members]) => ({ label, items: members }))
    .sort((a, b) => rank(a.label) - rank(b.label) || (a.label < b.label ? -1 : 1));
}

/** Items of one key together, in the order in which they first appear. */
export function gathered<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** A dimension over a number, in ranges between `limits`. */
export function ranged<Item>(
  title: string,
  numberOf: (item: Item) => number | undefined,
  { limits, unit, digits = 0 }: { readonly limits: readonly number[]; readonly unit: string; readonly digits?: number },
): Dimension<Item> {
  const text = (value: number): string => value.toFixed(digits);
  const labels = Array.from({ length: limits.length + 1 }, (_, i) => {
    const [from, to] = [limits[i - 1], limits[i]];
    if (from === undefined) return `below ${text(to as number)}${unit}`;
    return to === undefined ? `${text(from)}${unit} and more` : `${text(from)} – ${text(to)}${unit}`;
  });
  const labelOf = (item: Item): string => {
    const value = numberOf(item);
    return value === undefined ? UNKNOWN : (labels[limits.filter((limit) => value >= limit).length] as string);
  };
  return { title, labelOf, order: labels };
}

const yesNo = (value: boolean | undefined): string => (value === undefined ? UNKNOWN : value ? 'yes' : 'no');

type Placed = Pick<JudgedSlice, 'dataSet' | 'kind' | 'truth' | 'side'>;

/** What slices and series are broken down by alike. */
export const COMMON_DIMENSIONS: readonly Dimension<Placed>[] = [
  { title: 'Data set', labelOf: ({ dataSet }) => dataSet, order: [] },
  { title: 'Sequence kind', labelOf: ({ kind }) => kind, order: SEQUENCE_KINDS },
  { title: 'Labelled near the border', labelOf: ({ truth }) => yesNo(truth?.nearBorder), order: ['no', 'yes'] },
  ranged('Angle against down', ({ truth }) => absolute(truth?.angleDegrees), { limits: [15, 30, 45], unit: '°' }),
  ranged('Side of the plane', ({ side }) => side, { limits: [0.9, 0.95, 0.98], unit: '', digits: 2 }),
];

export const SLICE_DIMENSIONS: readonly Dimension<JudgedSlice>[] = [
  ...COMMON_DIMENSIONS,
  ranged('Field of view', ({ extentMm }) => extentMm, { limits: [200, 250, 300, 350, 400], unit: ' mm' }),
  { title: 'What the slice shows', labelOf: ({ quality }) => quality ?? UNKNOWN, order: SLICE_QUALITIES },
];

function absolute(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.abs(value);
}
