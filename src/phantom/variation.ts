import { addScaled, cross, dot, type Lps, scale, unit } from '../core/geometry/vector.ts';
import { type SeededRandom, seededRandom } from './random.ts';

export interface SubjectOptions {
  readonly seed: string;
  /** `inversus`: the whole body mirrored in the patient's x. */
  readonly situs?: 'solitus' | 'inversus';
  /** A steep heart whose natural short-axis picture (chest wall up) lies near the 45° border between 000 and 101. */
  readonly axialLike?: boolean;
  /** A subendocardial infarct; by default the seed decides. */
  readonly scar?: boolean;
}

/** Where an infarct lies: angle about the long axis (from septum-to-lateral towards inferior), height and depth. */
export interface Infarct {
  readonly angle: number;
  readonly halfWidth: number;
  /** Part of the wall from the endocardium outwards. */
  readonly transmurality: number;
  /** Heights along the cavity, 0 apex … 1 base. */
  readonly from: number;
  readonly to: number;
}

/** One made-up person: every length in millimetres, in the frame of a body with the heart on the left. */
export interface Subject {
  readonly seed: string;
  readonly mirrored: boolean;
  readonly axialLike: boolean;
  readonly bodyHalfWidth: number;
  readonly bodyHalfDepth: number;
  readonly subcutaneousFat: number;
  readonly spineY: number;
  /** Middle of the left ventricular cavity at end diastole. */
  readonly heartCentre: Lps;
  readonly heartScale: number;
  /** Unit vectors of the heart: septum → lateral wall, anterior → inferior wall, apex → base. */
  readonly lateral: Lps;
  readonly inferior: Lps;
  readonly longAxis: Lps;
  readonly cavityRadius: number;
  readonly cavityLength: number;
  readonly wallThickness: number;
  readonly rightVentricleScale: number;
  /** Part of the cavity radius that systole takes away. */
  readonly radialShortening: number;
  readonly rightDomeZ: number;
  readonly leftDomeZ: number;
  readonly heartRate: number;
  readonly infarct: Infarct | undefined;
  /** Angle of *down* (PATIENT_DOWN on the plane) from the column direction of the natural picture, counter-clockwise, degrees. */
  readonly inPlaneAngleDegrees: number;
  /** Phases of the smooth deformation that makes no two bodies alike. */
  readonly warp: readonly number[];
}

/** Apex → base of the mean heart. */
const MEAN_LONG_AXIS: Lps = [-0.63, 0.66, 0.41];
/** Between inferior and posterior: the direction that a short-axis picture has at its bottom. */
export const PATIENT_DOWN: Lps = [-0.2, 0.5, -0.85];
const FEET_TO_HEAD: Lps = [0, 0, 1];
/** In-plane angle at which the septum of the mean heart stands upright on the viewer's left. */
const SEPTUM_ANGLE_DEGREES = 13.5;
const AXIAL_LIKE_SEPTUM_ANGLE_DEGREES = 5;

/** Names a made-up person in UIDs: other options make another person of the same seed. */
export function personName({ seed, situs = 'solitus', axialLike = false }: SubjectOptions): string {
  return [seed, situs === 'inversus' ? 'inversus' : '', axialLike ? 'axial-like' : ''].filter(Boolean).join(' ');
}

export function makeSubject({ seed, situs = 'solitus', axialLike = false, scar }: SubjectOptions): Subject {
  const random = seededRandom(`subject ${seed}`);
  const bodyHalfDepth = random.normal(111, 5);
  const spineY = bodyHalfDepth - 50;
  const pose = heartPose(random, axialLike);
  const heartCentre: Lps = [random.normal(38, 4), spineY - 90 + random.normal(0, 2), random.normal(0, 4)];
  return {
    seed,
    mirrored: situs === 'inversus',
    axialLike,
    bodyHalfWidth: random.normal(172, 9),
    bodyHalfDepth,
    subcutaneousFat: random.uniform(7, 20),
    spineY,
    heartCentre,
    heartScale: random.normal(1, 0.055),
    ...pose,
    cavityRadius: random.normal(25, 1.8),
    cavityLength: random.normal(84, 4),
    wallThickness: random.normal(9.5, 1.2),
    rightVentricleScale: random.normal(1, 0.07),
    radialShortening: random.normal(0.32, 0.04),
    rightDomeZ: heartCentre[2] + random.normal(-4, 5),
    leftDomeZ: heartCentre[2] + random.normal(-26, 5),
    heartRate: Math.round(random.normal(66, 8)),
    inPlaneAngleDegrees: axialLike ? random.normal(-43, 3) : random.normal(12, 9),
    warp: Array.from({ length: 6 }, () => random.uniform(0, 2 * Math.PI)),
    infarct: drawInfarct(random, scar),
  };
}

/** An axial-like heart is steeper; its septum stands in the body nearly as in everybody else. */
function heartPose(random: SeededRandom, axialLike: boolean): Pick<Subject, 'lateral' | 'inferior' | 'longAxis'> {
  const tilt: Lps = [random.normal(0, 0.07), random.normal(0, 0.07), random.normal(0, 0.07)];
  const steep = addScaled(addScaled(MEAN_LONG_AXIS, tilt, 1), FEET_TO_HEAD, axialLike ? 0.16 : 0);
  const longAxis = unit(steep);
  const septum = axialLike ? AXIAL_LIKE_SEPTUM_ANGLE_DEGREES : SEPTUM_ANGLE_DEGREES;
  const [right, down] = pictureAxes(longAxis, septum + random.normal(0, 5));
  return { lateral: right, inferior: down, longAxis };
}

/**
 * Row and column directions of the picture with the given row × column in which *down* is `angleDegrees`
 * counter-clockwise of the column direction.
 */
export function pictureAxes(normal: Lps, angleDegrees: number): readonly [Lps, Lps] {
  const down = unit(addScaled(PATIENT_DOWN, normal, -dot(PATIENT_DOWN, normal)));
  const right = cross(down, normal);
  const angle = (angleDegrees * Math.PI) / 180;
  const row = addScaled(scale(right, Math.cos(angle)), down, Math.sin(angle));
  const column = addScaled(scale(down, Math.cos(angle)), right, -Math.sin(angle));
  return [row, column];
}

/** The draws are made in any case, so that the choice changes nothing else about a seed's subject. */
function drawInfarct(random: SeededRandom, wanted: boolean | undefined): Infarct | undefined {
  const chance = random.next() < 0.5;
  const infarct: Infarct = {
    angle: random.uniform(0, 2 * Math.PI),
    halfWidth: random.uniform(0.3, 0.8),
    transmurality: random.uniform(0.3, 0.75),
    from: random.uniform(0.05, 0.45),
    to: random.uniform(0.55, 0.9),
  };
  return (wanted ?? chance) ? infarct : undefined;
}
