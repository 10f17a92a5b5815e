import { type OrientationCode, sourceIndex, stepsOf } from '../../src/core/orientation/d4.ts';
import type { GreyImage } from '../../src/core/pixels/grey-image.ts';

/** The picture after `code` was done to it, pixel by pixel by the law of sourceIndex. */
export function turnedImage(image: GreyImage, code: OrientationCode): GreyImage {
  const { rows, columns, samples } = image;
  const { transpose } = stepsOf(code);
  const turnedColumns = transpose ? rows : columns;
  return {
    rows: transpose ? columns : rows,
    columns: turnedColumns,
    rowSpacingMm: transpose ? image.columnSpacingMm : image.rowSpacingMm,
    columnSpacingMm: transpose ? image.rowSpacingMm : image.columnSpacingMm,
    samples: Float32Array.from(samples, (_, index) => {
      const target = { x: index % turnedColumns, y: Math.floor(index / turnedColumns) };
      const source = sourceIndex(code, target, { columns, rows });
      return samples[source.y * columns + source.x] as number;
    }),
  };
}
