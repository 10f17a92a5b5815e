import type { LabelledPicture } from '../labelled/labelled-picture.ts';
import { gathered } from './breakdown.ts';
import type { JudgedSlice } from './judged-slice.ts';

/** The longer side of the picture in millimetres, where spacing is known: 1 mm both ways is what a picture without it is given. */
export function extentMm({ image, plane }: Pick<LabelledPicture, 'image' | 'plane'>): number | undefined {
  const { rowSpacingMm, columnSpacingMm } = image;
  return plane === undefined && rowSpacingMm === 1 && columnSpacingMm === 1 ? undefined : longerSide(image);
}

/** How much of the longer side the drawn left ventricle takes; undefined where nobody drew it. */
export function ventricleShare({ image, masks }: Pick<LabelledPicture, 'image' | 'masks'>): number | undefined {
  const { leftVentricle } = masks;
  if (leftVentricle === undefined) return undefined;
  const { columns, rowSpacingMm, columnSpacingMm } = image;
  let [left, right, top, bottom] = [Number.POSITIVE_INFINITY, -1, -1, -1];
  leftVentricle.forEach((inside, index) => {
    if (inside === 0) return;
    const x = index % columns;
    const y = Math.floor(index / columns);
    left = Math.min(left, x);
    right = Math.max(right, x);
    if (top === -1) top = y;
    bottom = y;
  });
  if (right === -1) return undefined;
  return Math.max((right - left + 1) * columnSpacingMm, (bottom - top + 1) * rowSpacingMm) / longerSide(image);
}

/** For each slice, how often the ventricle of its series, where it is largest, fits into the longer side. */
export function fieldInVentricles(slices: readonly JudgedSlice[]): (slice: JudgedSlice) => number | undefined {
  const key = ({ dataSet, series }: JudgedSlice): string => JSON.stringify([dataSet, series]);
  const largest = new Map(
    [...gathered(slices, key)].map(([series, own]) => [
      series,
      Math.max(0, ...own.map((one) => one.ventricleShare ?? 0)),
    ]),
  );
  return (slice) => {
    const share = largest.get(key(slice));
    return share === undefined || share === 0 ? undefined : 1 / share;
  };
}

function longerSide({ rows, columns, rowSpacingMm, columnSpacingMm }: LabelledPicture['image']): number {
  return Math.max(rows * rowSpacingMm, columns * columnSpacingMm);
}
