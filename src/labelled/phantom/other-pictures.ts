import { addScaled, cross } from '../../core/geometry/vector.ts';
import { CONTRASTS } from '../../phantom/contrast.ts';
import { headAt } from '../../phantom/head.ts';
import type { SeededRandom } from '../../phantom/random.ts';
import type { Subject } from '../../phantom/variation.ts';
import type { LabelledPicture } from '../labelled-picture.ts';
import { drawOtherView, type OtherView } from './other-views.ts';
import { pictureOf } from './picture-of.ts';
import { drawScan, pick, scanned } from './scan.ts';

/** Bounds of the longer side of the field of view: from a detail to all of it. */
const FIELD_MM: Readonly<Record<OtherView, readonly [number, number]>> = {
  'long-axis': [170, 400],
  scout: [200, 450],
  oblique: [160, 430],
  abdomen: [180, 430],
  'upper-chest': [180, 450],
  head: [150, 300],
};

export interface OtherSeries {
  readonly subject: Subject;
  /** Name of the series. */
  readonly series: string;
  readonly view: OtherView;
  readonly positions: number;
}

/** A series that is no short axis. Sequence rules know none of these as cine, LGE or T2. */
export function* otherPictures(
  { subject, series, view, positions }: OtherSeries,
  random: SeededRandom,
): Generator<LabelledPicture> {
  const fieldMm = FIELD_MM[view];
  const scan = drawScan(random, { contrast: pick(random, CONTRASTS), fieldMm, leastSideMm: 0.7 * fieldMm[0] });
  const { view: middle, spacingMm } = drawOtherView(view, subject, random);
  const normal = cross(middle.row, middle.column);
  for (let position = 0; position < positions; position++) {
    const along = (position - (positions - 1) / 2) * spacingMm;
    const phase = random.next();
    const { picture } = scanned(scan, {
      subject,
      view: { ...middle, centre: addScaled(middle.centre, normal, along) },
      phase,
      noiseSeed: `${series} ${position}`,
      ...(view === 'head' ? { anatomy: headAt(subject) } : {}),
    });
    yield {
      ...pictureOf({ subject: subject.seed, series, place: { position, phase }, picture }),
      kind: 'other',
      code: undefined,
      shortAxis: false,
      nearBorder: undefined,
      quality: undefined,
      angleDegrees: undefined,
      masks: {},
    };
  }
}
