import { addScaled, scale } from '../../core/geometry/vector.ts';
import type { Contrast } from '../../phantom/contrast.ts';
import type { View } from '../../phantom/planes.ts';
import type { SeededRandom } from '../../phantom/random.ts';
import { pictureAxes, type Subject } from '../../phantom/variation.ts';
import type { LabelledPicture } from '../labelled-picture.ts';
import { heartMasks, sliceQuality } from './heart-masks.ts';
import { pictureOf } from './picture-of.ts';
import { drawScan, type Scan, scanned } from './scan.ts';

const DEGREES = Math.PI / 180;
/** Width of both ventricles in the radius of the left one. */
const HEART_WIDTH = 3;
/** The tightest field of view, in the heart's width. */
const TIGHTEST = 1.3;
const TORSO_MM = 430;
const TILT_DEVIATION_DEGREES = 9;
const GREATEST_TILT_DEGREES = 25;
const GREATEST_TURN_DEGREES = 30;
/** A picture whose heart stands so near the border of 45° that the neighbouring code is no harm (within 60°). */
const NEAR_BORDER_DEGREES = 30;

export interface ShortAxisStack {
  readonly subject: Subject;
  /** Name of the series. */
  readonly series: string;
  readonly contrast: Contrast;
  readonly positions: number;
  /** Each slice position is shown at so many phases. */
  readonly phases: number;
}

/** A stack of short axes from beyond the base to beyond the apex, position by position, all by one plan. */
export function* shortAxisStack(stack: ShortAxisStack, random: SeededRandom): Generator<LabelledPicture> {
  const { subject, series, contrast } = stack;
  const plan = drawPlan(stack, random);
  for (let position = 0; position < stack.positions; position++) {
    const along = plan.from + ((plan.to - plan.from) * position) / (stack.positions - 1);
    const view = { ...plan.view, centre: addScaled(plan.view.centre, plan.normal, along) };
    for (let index = 0; index < stack.phases; index++) {
      const phase = contrast === 'cine' ? (index + random.next()) / stack.phases : random.uniform(0.65, 0.85);
      const place = { position, phase };
      const made = scanned(plan.scan, { subject, view, phase, noiseSeed: `${series} ${position} ${index}` });
      const masks = heartMasks(made.labels);
      const { rowSpacingMm, columnSpacingMm } = plan.scan.matrix;
      yield {
        ...pictureOf({ subject: subject.seed, series, place, picture: made.picture }),
        kind: contrast,
        code: plan.scan.code,
        shortAxis: true,
        nearBorder: Math.abs(plan.angleDegrees) >= NEAR_BORDER_DEGREES,
        angleDegrees: plan.angleDegrees,
        quality: sliceQuality(masks, { pixelMm2: rowSpacingMm * columnSpacingMm, side: along > 0 ? 'base' : 'apex' }),
        masks,
      };
    }
  }
}

interface Plan {
  readonly scan: Scan;
  /** Through the middle of the heart. */
  readonly view: View;
  readonly normal: View['row'];
  readonly angleDegrees: number;
  /** Heights of the first and the last slice over the middle of the heart, millimetres. */
  readonly from: number;
  readonly to: number;
}

function drawPlan({ subject, contrast }: ShortAxisStack, random: SeededRandom): Plan {
  const { heartCentre, lateral, inferior, longAxis, heartScale } = subject;
  const heartMm = HEART_WIDTH * (subject.cavityRadius + subject.wallThickness) * heartScale;
  const scan = drawScan(random, { contrast, fieldMm: [0, TORSO_MM], leastSideMm: TIGHTEST * heartMm });
  const tilt = DEGREES * random.normal(0, TILT_DEVIATION_DEGREES, GREATEST_TILT_DEGREES / TILT_DEVIATION_DEGREES);
  const about = random.uniform(0, 2 * Math.PI);
  const aside = addScaled(scale(lateral, Math.cos(about)), inferior, Math.sin(about));
  const normal = addScaled(scale(longAxis, Math.cos(tilt)), aside, Math.sin(tilt));
  const turn = random.uniform(-GREATEST_TURN_DEGREES, GREATEST_TURN_DEGREES);
  const angleDegrees = nearestQuarter(subject.inPlaneAngleDegrees + turn);
  const [row, column] = pictureAxes(normal, angleDegrees);
  const { rows, columns, rowSpacingMm, columnSpacingMm } = scan.matrix;
  const across = drawShift(random, columns * columnSpacingMm, heartMm);
  const down = drawShift(random, rows * rowSpacingMm, heartMm);
  const heart = addScaled(heartCentre, lateral, -14 * heartScale);
  const half = (subject.cavityLength * heartScale) / 2;
  return {
    scan,
    view: { centre: addScaled(addScaled(heart, row, across), column, down), row, column },
    normal,
    angleDegrees,
    from: half + random.uniform(-18, 22),
    to: -half - random.uniform(-12, 18),
  };
}

/** Of the four quarter turns of a picture, the one nearest to *down* is the standard picture: within ±45°. */
function nearestQuarter(degrees: number): number {
  return degrees - 90 * Math.round(degrees / 90);
}

/** The heart is not always in the middle, but nearly whole. */
function drawShift(random: SeededRandom, sideMm: number, heartMm: number): number {
  const room = Math.min(0.18 * sideMm, (sideMm - heartMm) / 2);
  return random.uniform(-room, room);
}
