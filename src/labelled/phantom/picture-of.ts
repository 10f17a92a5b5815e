import type { PlacedMatrix } from '../../phantom/picture-code.ts';
import type { LabelledPicture } from '../labelled-picture.ts';

export interface MadeUpPicture {
  /** Name of the made-up person. */
  readonly subject: string;
  readonly series: string;
  /** `phase` 0 … 1 of the cardiac cycle. */
  readonly place: { readonly position: number; readonly phase: number };
  readonly picture: PlacedMatrix<Float32Array>;
}

type Named = Pick<LabelledPicture, 'file' | 'subject' | 'series' | 'position' | 'phase' | 'image' | 'plane'>;

/** What every made-up picture says: its names, the stored samples and where they lie. */
export function pictureOf({ subject, series, place, picture: { plane, samples } }: MadeUpPicture): Named {
  const { rows, columns, rowSpacingMm, columnSpacingMm } = plane;
  const position = String(place.position);
  const phase = String(Math.floor(100 * place.phase));
  return {
    file: `${series}/${position}-${phase}`,
    subject,
    series,
    position,
    phase,
    image: { rows, columns, rowSpacingMm, columnSpacingMm, samples },
    plane,
  };
}
