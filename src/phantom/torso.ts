import type { Lps } from '../core/geometry/vector.ts';
import { abdomenAt, diaphragmAt } from './abdomen.ts';
import { outlineAt, shoulderLabel } from './shoulders.ts';
import { TISSUE, type Tissue } from './tissue.ts';
import type { Subject } from './variation.ts';

/** How square the body's cross section is. */
const SQUARENESS = 0.6;
const CHEST_WALL = 17;
const RIB_SPACING = 31;
/** How the depth of the chest falls per millimetre above the heart. */
const CHEST_LEAN = 0.0006;
const CHEST_CURVE = 0.000009;

/** Everything but heart and great vessels; in the frame of a body with the heart on the left. */
export function torsoLabel(subject: Subject, [x, y, z]: Lps): Tissue {
  const depth = depthUnderSkin(subject, [x, y, z]);
  if (depth < 0) return TISSUE.air;
  if (depth < 2) return TISSUE.muscle;
  const spine = spineLabel(subject, [x, y, z]);
  if (spine !== undefined) return spine;
  const fat = subject.subcutaneousFat * (0.75 + 0.35 * Math.abs(x / subject.bodyHalfWidth));
  if (depth < fat) return TISSUE.fat;
  const wall = depth - fat;
  if (wall < wallThickness(subject, x, y)) return wallLabel([x, y, z], wall);
  if (isParaspinal(subject, x, y)) return TISSUE.muscle;
  const height = z - diaphragmAt(subject, x, y);
  if (height < 0) return abdomenAt(subject, [x, y, z], -height);
  return shoulderLabel(subject, [x, y, z]) ?? chestLabel(subject, [x, y, z]);
}

/** Depth under the skin, negative outside. The front of the chest leans back towards the neck. */
function depthUnderSkin(subject: Subject, [x, y, z]: Lps): number {
  const over = z - subject.heartCentre[2];
  const above = y < 0 ? Math.max(0, Math.min(200, over)) : 0;
  const depth = subject.bodyHalfDepth * (1 - CHEST_LEAN * above - CHEST_CURVE * above * above);
  const [bodyHalfWidth, bodyHalfDepth] = outlineAt(over, { width: subject.bodyHalfWidth, depth });
  const a = (x / bodyHalfWidth) ** 2;
  const b = (y / bodyHalfDepth) ** 2;
  if (a > 1.2 || b > 1.2) return -1;
  const q = Math.sqrt(a + b - SQUARENESS * a * b);
  if (q === 0) return bodyHalfDepth;
  const gradientX = ((x / bodyHalfWidth ** 2) * (1 - SQUARENESS * b)) / q;
  const gradientY = ((y / bodyHalfDepth ** 2) * (1 - SQUARENESS * a)) / q;
  return (1 - q) / Math.sqrt(gradientX * gradientX + gradientY * gradientY);
}

function wallThickness({ bodyHalfDepth }: Subject, x: number, y: number): number {
  const back = y > 0 ? 9 * (y / bodyHalfDepth) ** 2 : 0;
  return CHEST_WALL - 4 * Math.exp(-((x / 30) ** 2)) + back;
}

/** Muscle with sternum in front and ribs, which come down towards the front. */
function wallLabel([x, y, z]: Lps, wall: number): Tissue {
  if (y < 0 && Math.abs(x) < 17) return wall > 1.5 && wall < 11.5 ? TISSUE.bone : TISSUE.muscle;
  if (wall < 5 || wall > 13.5) return TISSUE.muscle;
  const turn = (z + 0.42 * y + 0.12 * Math.abs(x)) / RIB_SPACING;
  const off = (turn - Math.floor(turn) - 0.5) * RIB_SPACING;
  return (off / 5.8) ** 2 + ((wall - 9.2) / 4) ** 2 < 1 ? TISSUE.bone : TISSUE.muscle;
}

function isParaspinal({ spineY }: Subject, x: number, y: number): boolean {
  return y > spineY + 4 && Math.abs(x) < 52 - 0.35 * (spineY + 44 - y) && Math.abs(x) > 6;
}

/** Vertebral bodies with discs, the canal and the arch behind it. */
function spineLabel({ spineY }: Subject, [x, y, z]: Lps): Tissue | undefined {
  const ax = Math.abs(x);
  if (ax > 26 || y < spineY - 20) return undefined;
  const canal = x * x + (y - spineY - 24) ** 2;
  if (canal < 64) return TISSUE.spinalCanal;
  if ((x / 21) ** 2 + ((y - spineY) / 17) ** 2 < 1) {
    const turn = z / 25;
    return turn - Math.floor(turn) < 0.2 ? TISSUE.muscle : TISSUE.bone;
  }
  if (canal < 169) return TISSUE.bone;
  return ax < 4 && y > spineY + 24 && y < spineY + 44 ? TISSUE.bone : undefined;
}

/** Lungs on both sides of the mediastinum, which is wide about the heart and narrow behind the sternum. */
function chestLabel({ spineY, heartCentre }: Subject, [x, y, z]: Lps): Tissue {
  const bulge = Math.max(0, 1 - ((y - heartCentre[1] - 22) / 58) ** 2);
  const besideSpine = y > spineY - 26 ? 14 : 0;
  const right = -(13 + 30 * bulge * bulge + besideSpine);
  const left = 15 + 22 * bulge + 1.4 * besideSpine;
  if (x > right && x < left) return TISSUE.mediastinum;
  const bend = 2.2 * Math.sin(0.053 * y + 0.031 * z) + 1.7 * Math.sin(0.047 * x - 0.061 * z);
  const branch = Math.sin(0.23 * x + bend) * Math.sin(0.21 * y - 0.13 * x) * Math.sin(0.22 * z + 0.1 * y - bend);
  const hilar = Math.exp(-(((Math.abs(x) - 30) / 55) ** 2));
  return branch > 0.95 - 0.2 * hilar ? TISSUE.lungVessel : TISSUE.lung;
}
