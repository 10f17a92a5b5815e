import { ORIENTATION_CODES, type OrientationCode } from '../../core/orientation/d4.ts';
import type { LabelFunction } from '../../phantom/anatomy.ts';
import type { Contrast, Preparation } from '../../phantom/contrast.ts';
import { applyCode, type PlacedMatrix } from '../../phantom/picture-code.ts';
import { type Matrix, placed, type View } from '../../phantom/planes.ts';
import type { SeededRandom } from '../../phantom/random.ts';
import { renderSlice } from '../../phantom/render-slice.ts';
import type { Subject } from '../../phantom/variation.ts';
import { blackened, drawFrame, type Frame } from './frame.ts';

/** What a scanner was told to do for one series. */
export interface Scan extends Preparation {
  readonly contrast: Contrast;
  /** In the natural orientation. */
  readonly matrix: Matrix;
  readonly thicknessMm: number;
  readonly noise: number;
  readonly wrap: number;
  readonly frame: Frame;
  /** What is done to the natural picture before it is stored. */
  readonly code: OrientationCode;
}

/** Pixels along the longer side. */
const LEAST_PIXELS = 104;
const MOST_PIXELS = 168;
const GREATEST_ANISOTROPY = 1.35;
const GREATEST_HAZE = 0.6;
/** Most fields of view are wide: the exponent of a chance of 0 … 1. */
const WIDE = 0.6;

/** A scan by chance. `fieldMm` bounds the longer side of the field of view, `leastSideMm` both sides. */
export function drawScan(
  random: SeededRandom,
  { contrast, fieldMm, leastSideMm }: { contrast: Contrast; fieldMm: readonly [number, number]; leastSideMm: number },
): Scan {
  return {
    contrast,
    matrix: drawMatrix(random, { fieldMm, leastSideMm }),
    thicknessMm: random.uniform(4, 10),
    noise: logUniform(random, 0.006, 0.05),
    wrap: random.next() < 0.2 ? random.uniform(0.03, 0.2) : 0,
    frame: drawFrame(random),
    code: pick(random, ORIENTATION_CODES),
    fatSuppressed: random.next() < (contrast === 'T2' ? 0.5 : 0.1),
    phaseSensitive: contrast === 'LGE' && random.next() < 0.5,
    haze: GREATEST_HAZE * random.next() ** 2,
  };
}

function drawMatrix(
  random: SeededRandom,
  { fieldMm: [least, greatest], leastSideMm }: { fieldMm: readonly [number, number]; leastSideMm: number },
): Matrix {
  const tightest = Math.max(least, leastSideMm);
  const long = tightest * (greatest / tightest) ** (random.next() ** WIDE);
  const short = Math.max(leastSideMm, long * random.uniform(0.7, 1));
  const pixels = random.uniform(LEAST_PIXELS, MOST_PIXELS);
  const unequal = random.next() < 0.35 ? logUniform(random, 1 / GREATEST_ANISOTROPY, GREATEST_ANISOTROPY) : 1;
  const along = { count: Math.round(pixels), spacing: long / pixels };
  const across = { count: Math.round(short / (along.spacing * unequal)), spacing: along.spacing * unequal };
  const [x, y] = random.next() < 0.65 ? [along, across] : [across, along];
  return { rows: y.count, columns: x.count, rowSpacingMm: y.spacing, columnSpacingMm: x.spacing };
}

export interface ScanSubject {
  readonly subject: Subject;
  readonly view: View;
  /** 0 … 1 of the cardiac cycle. */
  readonly phase: number;
  /** Names the noise. */
  readonly noiseSeed: string;
  /** Instead of the subject's torso. */
  readonly anatomy?: LabelFunction;
}

/** A picture as stored, and its label map turned with it. */
export interface ScannedPicture {
  readonly picture: PlacedMatrix<Float32Array>;
  readonly labels: Uint8Array;
}

export function scanned(scan: Scan, { view, ...of }: ScanSubject): ScannedPicture {
  const plane = placed(view, scan.matrix);
  const { image, labels } = renderSlice({ ...scan, ...of, plane });
  const samples = blackened(image, scan.frame);
  return {
    picture: applyCode({ plane, samples }, scan.code),
    labels: applyCode({ plane, samples: labels }, scan.code).samples,
  };
}

export function logUniform(random: SeededRandom, from: number, to: number): number {
  return from * (to / from) ** random.next();
}

export function pick<Choice>(random: SeededRandom, choices: readonly Choice[]): Choice {
  return choices[Math.floor(random.next() * choices.length)] as Choice;
}
