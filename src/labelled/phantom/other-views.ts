import { addScaled, cross, dot, type Lps, scale, unit } from '../../core/geometry/vector.ts';
import { APEX_TO_BASE } from '../../core/orientation/header-opinion.ts';
import { centralView, type PlaneKind, type View } from '../../phantom/planes.ts';
import type { SeededRandom } from '../../phantom/random.ts';
import type { Subject } from '../../phantom/variation.ts';
import { pick } from './scan.ts';

/** Where a picture that is no short axis may be taken. The head has a frame of its own. */
export const OTHER_VIEWS = ['long-axis', 'scout', 'oblique', 'abdomen', 'upper-chest', 'head'] as const;
export type OtherView = (typeof OTHER_VIEWS)[number];

const DEGREES = Math.PI / 180;
/** No plane of these is nearer to a short axis than that: the cosine of 41°. */
const GREATEST_SIDE = 0.75;
const FEET_TO_HEAD: Lps = [0, 0, 1];
const AXIAL: View = { centre: [0, 0, 0], row: [1, 0, 0], column: [0, 1, 0] };

interface ViewDraw {
  readonly view: View;
  /** From one slice to the next, millimetres. */
  readonly spacingMm: number;
}

/** One such plane of a person, by chance; surely no short axis. */
export function drawOtherView(kind: OtherView, subject: Subject, random: SeededRandom): ViewDraw {
  for (;;) {
    const draw = drawAny(kind, subject, random);
    const normal = cross(draw.view.row, draw.view.column);
    const side = Math.max(Math.abs(dot(normal, APEX_TO_BASE)), Math.abs(dot(normal, subject.longAxis)));
    if (side < GREATEST_SIDE || kind === 'head') return draw;
  }
}

function drawAny(kind: OtherView, subject: Subject, random: SeededRandom): ViewDraw {
  const heartZ = subject.heartCentre[2];
  const middleOf = (plane: PlaneKind) => centralView(subject, plane);
  const axialAt = (z: number): View => ({ ...AXIAL, centre: [random.normal(0, 15), random.normal(0, 10), heartZ + z] });
  switch (kind) {
    case 'long-axis': {
      const view = middleOf(pick(random, ['2ch', '3ch', '4ch']));
      return { view: varied(view, random, { tilt: 12, turn: 30, shift: 15 }), spacingMm: 8 };
    }
    case 'scout': {
      const view = middleOf(pick(random, ['axial', 'coronal', 'sagittal']));
      return { view: varied(view, random, { tilt: 8, turn: 6, shift: 60 }), spacingMm: 25 };
    }
    case 'oblique':
      return { view: varied(anyView(subject, random), random, { tilt: 0, turn: 0, shift: 40 }), spacingMm: 15 };
    case 'abdomen':
      return {
        view: varied(axialAt(random.uniform(-190, -75)), random, { tilt: 8, turn: 8, shift: 0 }),
        spacingMm: 20,
      };
    case 'upper-chest':
      return { view: varied(axialAt(random.uniform(75, 230)), random, { tilt: 8, turn: 8, shift: 0 }), spacingMm: 20 };
    case 'head': {
      const { row, column } = middleOf(pick(random, ['axial', 'coronal', 'sagittal']));
      const view = { centre: [0, 0, random.uniform(-25, 10)] as const, row, column };
      return { view: varied(view, random, { tilt: 15, turn: 10, shift: 30 }), spacingMm: 18 };
    }
    default:
      return kind satisfies never;
  }
}

/** Any direction at all, about the heart. */
function anyView({ heartCentre }: Subject, random: SeededRandom): View {
  const z = random.uniform(-1, 1);
  const around = random.uniform(0, 2 * Math.PI);
  const flat = Math.sqrt(1 - z * z);
  const normal: Lps = [flat * Math.cos(around), flat * Math.sin(around), z];
  const row = unit(cross(Math.abs(z) > 0.8 ? [0, -1, 0] : FEET_TO_HEAD, normal));
  return { centre: heartCentre, row, column: cross(normal, row) };
}

/** The view at another angle, turned in its plane and shifted along its normal: up to so many degrees and millimetres. */
function varied(
  { centre, row, column }: View,
  random: SeededRandom,
  { tilt, turn, shift }: { tilt: number; turn: number; shift: number },
): View {
  const about = random.uniform(0, 2 * Math.PI);
  const [axis, aside] = spun([row, column], about);
  const [tilted] = spun([aside, cross(row, column)], DEGREES * random.uniform(-tilt, tilt));
  const [newRow, newColumn] = spun(spun([axis, tilted], -about), DEGREES * random.uniform(-turn, turn));
  const normal = cross(newRow, newColumn);
  return { centre: addScaled(centre, normal, random.uniform(-shift, shift)), row: newRow, column: newColumn };
}

/** A pair of perpendicular directions turned in their plane, the first towards the second. */
function spun([first, second]: readonly [Lps, Lps], angle: number): readonly [Lps, Lps] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [addScaled(scale(first, cos), second, sin), addScaled(scale(second, cos), first, -sin)];
}
