import type { SeriesDetail } from '../../api/series-detail.ts';

type Slice = SeriesDetail['slices'][number];

/** What the recogniser said of one place in the stack, over all its phases. */
export interface SlicePosition {
  /** Along the normal, from the first slice; null without geometry. */
  readonly positionMm: number | null;
  readonly instances: number;
  /** Means, in code order. */
  readonly probabilities: readonly number[];
  readonly sax: number | null;
  /** What the slice shows most probably, where the model says. */
  readonly quality: { readonly name: string; readonly probability: number } | null;
}

/** Places nearer than this are one: phases of one slice differ by rounding only. */
const SAME_PLACE_MM = 0.5;

/** Slices of the record by place, in order; those without a place stay apart. */
export function slicePositions(slices: readonly Slice[]): readonly SlicePosition[] {
  const sorted = [...slices].sort(
    (one, other) => (one.positionMm ?? 0) - (other.positionMm ?? 0) || order(one) - order(other),
  );
  const places: Slice[][] = [];
  for (const slice of sorted) {
    const first = places.at(-1)?.[0];
    const near =
      first !== undefined &&
      first.positionMm !== null &&
      slice.positionMm !== null &&
      slice.positionMm - first.positionMm < SAME_PLACE_MM;
    if (near) places.at(-1)?.push(slice);
    else places.push([slice]);
  }
  return places.map(meanOf);
}

function order({ instanceNumber, instanceId }: Slice): number {
  return instanceNumber ?? instanceId;
}

function meanOf(place: readonly Slice[]): SlicePosition {
  const qualities = means(place.map(({ quality }) => quality).filter((quality) => quality !== null));
  const best = Object.entries(qualities).sort(([, one], [, other]) => other - one)[0];
  return {
    positionMm: place[0]?.positionMm ?? null,
    instances: place.length,
    probabilities: Array.from({ length: 8 }, (_, code) => mean(place.map((slice) => slice.probabilities[code] ?? 0))),
    sax: place.some(({ sax }) => sax === null) ? null : mean(place.map(({ sax }) => sax ?? 0)),
    quality: best === undefined ? null : { name: best[0], probability: best[1] },
  };
}

function means(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  return Object.fromEntries([...names].map((name) => [name, mean(records.map((record) => record[name] ?? 0))]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
