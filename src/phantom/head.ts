import type { Lps } from '../core/geometry/vector.ts';
import type { LabelFunction } from './anatomy.ts';
import { TISSUE, type Tissue } from './tissue.ts';
import type { Subject } from './variation.ts';

/** Half axes of the braincase, millimetres: left–right, front–back, and its heights over and under its middle. */
const HALF_WIDTH = 70;
const HALF_DEPTH = 90;
const UPPER_HEIGHT = 72;
const LOWER_HEIGHT = 50;
const SKULL = 7;
const SCALP = 6;
const FLUID = 3.5;
const CORTEX = 6;
/** Where the scalp ends and face and neck begin. */
const EAR_HEIGHT = -30;
const NECK_RADIUS = 58;

/** A made-up head around the origin of the patient frame: skull, brain with its ventricles, eyes, face and neck. */
export function headAt({ heartScale, warp }: Subject): LabelFunction {
  return ([patientX, patientY, patientZ]) => {
    const bend = 2 * Math.sin(0.05 * patientZ + warp[0]!);
    const x = patientX / heartScale + 0.4 * bend;
    const y = patientY / heartScale + bend;
    const z = patientZ / heartScale;
    const height = z > 0 ? UPPER_HEIGHT : LOWER_HEIGHT;
    const rho = Math.sqrt((x / HALF_WIDTH) ** 2 + (y / HALF_DEPTH) ** 2 + (z / height) ** 2);
    const outside = (rho - 1) * HALF_WIDTH;
    if (outside < 0) return brainLabel([x, y, z], -outside);
    if (outside < (z > EAR_HEIGHT ? SKULL : 0.5 * SKULL)) return TISSUE.bone;
    const face = faceLabel([x, y, z]);
    if (face !== undefined) return face;
    if (z > EAR_HEIGHT) return outside < SKULL + SCALP ? TISSUE.fat : TISSUE.air;
    return neckLabel([x, y, z]);
  };
}

function brainLabel([x, y, z]: Lps, depth: number): Tissue {
  if (depth < FLUID) return TISSUE.clearFluid;
  const ax = Math.abs(x);
  if (z < -8) {
    const fromStem = Math.hypot(x, y - 6 + 0.2 * z);
    if (fromStem < 12) return TISSUE.whiteMatter;
    if (fromStem < 17 - 0.1 * (z + 50)) return TISSUE.clearFluid;
  }
  const lateralVentricle =
    inEllipsoid([ax - 10 - 0.12 * y, y + 4, z - 12 + 0.002 * y * y], [6, 38, 10]) ||
    inEllipsoid([ax - 25, y - 26, z + 4], [6, 16, 9]);
  if (lateralVentricle || (ax < 1.2 && depth < 24)) return TISSUE.clearFluid;
  const fold =
    7 * Math.sin(0.21 * x + Math.sin(0.13 * y)) * Math.sin(0.19 * y + Math.sin(0.12 * z)) +
    4 * Math.sin(0.23 * z + 0.15 * x) * Math.sin(0.2 * x - 0.17 * y);
  if (depth + fold < FLUID + 1) return TISSUE.clearFluid;
  const deep = inEllipsoid([ax - 21, y - 2, z - 4], [8, 20, 10]);
  return deep || depth + 1.2 * fold < FLUID + CORTEX ? TISSUE.greyMatter : TISSUE.whiteMatter;
}

/** Eyes, nose, nasal cavity, jaw; undefined outside the face. */
function faceLabel([x, y, z]: Lps): Tissue | undefined {
  const ax = Math.abs(x);
  if (inEllipsoid([ax - 32, y + 76, z + 34], [12, 12.5, 12])) return TISSUE.clearFluid;
  if (inEllipsoid([ax - 30, y + 62, z + 34], [17, 25, 16])) return TISSUE.fat;
  if (inEllipsoid([ax - 8, y + 74, z + 60], [6, 26, 16])) return TISSUE.gas;
  if (inEllipsoid([ax - 27, y + 62, z + 62], [12, 14, 13])) return TISSUE.gas;
  if (inEllipsoid([x, y + 94, z + 56], [12, 20, 18])) return TISSUE.muscle;
  if (!inEllipsoid([x, y + 40, z + 74], [54, 54, 50])) return undefined;
  if (inEllipsoid([x, y + 46, z + 90], [26, 30, 15])) return TISSUE.muscle;
  if (inEllipsoid([x, y + 42, z + 76], [38, 42, 7])) return TISSUE.bone;
  return inEllipsoid([x, y + 40, z + 74], [48, 48, 44]) ? TISSUE.muscle : TISSUE.fat;
}

function neckLabel([x, y, z]: Lps): Tissue {
  const radius = Math.hypot(x, y - 14);
  if (radius > NECK_RADIUS) return TISSUE.air;
  if (radius > NECK_RADIUS - 7) return TISSUE.fat;
  const canal = Math.hypot(x, y - 34);
  if (canal < 7) return TISSUE.spinalCanal;
  const turn = z / 18;
  if (Math.hypot(x, y - 18) < 12) return turn - Math.floor(turn) < 0.25 ? TISSUE.muscle : TISSUE.bone;
  if (canal < 12) return TISSUE.bone;
  if (Math.hypot(x, y + 12) < 9) return TISSUE.gas;
  return Math.hypot(Math.abs(x) - 26, y + 2) < 5 ? TISSUE.vein : TISSUE.muscle;
}

function inEllipsoid([x, y, z]: Lps, [a, b, c]: Lps): boolean {
  return (x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2 < 1;
}
