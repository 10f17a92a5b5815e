import type { GreyImage } from '../../core/pixels/grey-image.ts';
import type { SeededRandom } from '../../phantom/random.ts';

/** What a scanner leaves black: everything outside a circle, or strips along two sides. */
export type Frame =
  | { readonly shape: 'none' }
  | { readonly shape: 'circle'; readonly radius: number }
  | { readonly shape: 'strips'; readonly upright: boolean; readonly width: number };

export function drawFrame(random: SeededRandom): Frame {
  const choice = random.next();
  if (choice < 0.15) return { shape: 'circle', radius: random.uniform(0.46, 0.52) };
  if (choice < 0.25) return { shape: 'strips', upright: random.next() < 0.5, width: random.uniform(0.02, 0.08) };
  return { shape: 'none' };
}

/** The samples with what lies outside the frame at zero. */
export function blackened(image: GreyImage, frame: Frame): Float32Array {
  const inside = insideOf(image, frame);
  return Float32Array.from(image.samples, (sample, i) =>
    inside(i % image.columns, Math.floor(i / image.columns)) ? sample : 0,
  );
}

function insideOf(
  { rows, columns, rowSpacingMm, columnSpacingMm }: GreyImage,
  frame: Frame,
): (x: number, y: number) => boolean {
  switch (frame.shape) {
    case 'none':
      return () => true;
    case 'circle': {
      const radius = frame.radius * Math.max(rows * rowSpacingMm, columns * columnSpacingMm);
      return (x, y) =>
        Math.hypot((x - (columns - 1) / 2) * columnSpacingMm, (y - (rows - 1) / 2) * rowSpacingMm) < radius;
    }
    case 'strips': {
      const count = frame.upright ? columns : rows;
      const width = Math.round(frame.width * count);
      const within = (at: number) => at >= width && at < count - width;
      return frame.upright ? (x) => within(x) : (_, y) => within(y);
    }
    default:
      return frame satisfies never;
  }
}
