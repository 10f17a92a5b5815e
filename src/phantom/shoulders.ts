import type { Lps } from '../core/geometry/vector.ts';
import { TISSUE, type Tissue } from './tissue.ts';
import type { Subject } from './variation.ts';

/** Heights over the middle of the heart, millimetres. */
const ARMPIT = 95;
const SHOULDER = 150;
const NECK = 215;
const CAGE_NARROWS = 65;
const LUNG_APEX = 165;
const NECK_RADIUS = 62;
/** How much broader the body is at the shoulders than at the heart. */
const SHOULDER_WIDTH = 1.2;
const HUMERAL_HEAD = 23;

/** Half width and half depth of the body as its height over the heart asks, from those at the heart. */
export function outlineAt(over: number, { width, depth }: { width: number; depth: number }): readonly [number, number] {
  if (over < ARMPIT) return [width, depth];
  const shoulder = width * (1 + (SHOULDER_WIDTH - 1) * smooth((over - ARMPIT) / (SHOULDER - ARMPIT)));
  const neck = smooth((over - SHOULDER) / (NECK - SHOULDER));
  return [shoulder + (NECK_RADIUS - shoulder) * neck, depth + (NECK_RADIUS - depth) * neck];
}

/** What lies about and above the tops of the lungs; undefined within the chest. */
export function shoulderLabel(
  { heartCentre, bodyHalfWidth, bodyHalfDepth }: Subject,
  [x, y, z]: Lps,
): Tissue | undefined {
  const over = z - heartCentre[2];
  if (over < CAGE_NARROWS) return undefined;
  // The windpipe, and the great vessels of the neck beside it.
  if (over > LUNG_APEX - 90 && Math.hypot(x, y - 16) < 9) return TISSUE.gas;
  if (over > LUNG_APEX && Math.hypot(Math.abs(x) - 24, y - 12) < 6) return TISSUE.vein;
  const narrowed = Math.sqrt(Math.max(0, 1 - ((over - CAGE_NARROWS) / (LUNG_APEX - CAGE_NARROWS)) ** 2));
  const cage = (x / (0.82 * bodyHalfWidth * narrowed)) ** 2 + (y / (0.8 * bodyHalfDepth * narrowed)) ** 2;
  if (cage < 1) return undefined;
  const fromArm = Math.hypot(
    Math.abs(x) - bodyHalfWidth,
    y - 8,
    Math.min(0, over - SHOULDER) * 0.3,
    Math.max(0, over - SHOULDER),
  );
  if (fromArm < HUMERAL_HEAD) return TISSUE.bone;
  return Math.sin(0.09 * x + 0.05 * z) * Math.sin(0.11 * y - 0.06 * z) > 0.55 ? TISSUE.fat : TISSUE.muscle;
}

function smooth(part: number): number {
  const t = Math.max(0, Math.min(1, part));
  return t * t * (3 - 2 * t);
}
