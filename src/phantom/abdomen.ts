import type { Lps } from '../core/geometry/vector.ts';
import { TISSUE, type Tissue } from './tissue.ts';
import type { Subject } from './variation.ts';

const DIAPHRAGM_THICKNESS = 2.5;
const STOMACH_WALL = 4;

/** Height (patient z) of the diaphragm at (x, y): two domes, and the central tendon that carries the heart. */
export function diaphragmAt(subject: Subject, x: number, y: number): number {
  const { heartCentre, rightDomeZ, leftDomeZ, bodyHalfWidth } = subject;
  const half = 0.44 * bodyHalfWidth;
  const behind = 0.0062 * (y + 12) ** 2;
  const right = rightDomeZ - 0.0066 * (x + half) ** 2 - behind;
  const left = leftDomeZ - 0.0066 * (x - half) ** 2 - behind;
  const under = heartCentre[2] - 38 * subject.heartScale;
  const tendon = under - 0.004 * ((x - heartCentre[0] + 12) ** 2 + (y - heartCentre[1] - 6) ** 2);
  return Math.max(right, left, tendon);
}

/** What lies `below` millimetres under the diaphragm. */
export function abdomenAt(subject: Subject, [x, y, z]: Lps, below: number): Tissue {
  if (below < DIAPHRAGM_THICKNESS) return TISSUE.muscle;
  const stomach = stomachLabel(subject, [x, y, z]);
  if (stomach !== undefined) return stomach;
  if (inSpleen(subject, [x, y, z])) return TISSUE.spleen;
  if (inKidney(subject, [x, y, z])) return TISSUE.kidney;
  if (inLiver(subject, [x, y, z], below)) return liverLabel([x, y, z]);
  return below > 50 && inBowelLoop([x, y, z]) ? TISSUE.bowel : TISSUE.fat;
}

function inBowelLoop([x, y, z]: Lps): boolean {
  const bend = 1.8 * Math.sin(0.037 * z + 0.029 * y) + 1.5 * Math.sin(0.041 * x - 0.033 * y);
  return Math.sin(0.085 * x + bend) + Math.sin(0.09 * y - bend) + Math.sin(0.08 * z + 0.5 * bend) > 0.9;
}

function stomachLabel({ bodyHalfWidth, leftDomeZ, heartCentre }: Subject, [x, y, z]: Lps): Tissue | undefined {
  const dx = x - 0.42 * bodyHalfWidth;
  const dy = y - heartCentre[1] - 14;
  const dz = z - leftDomeZ + 44;
  const rho = Math.sqrt((dx / 37) ** 2 + (dy / 40) ** 2 + (dz / 34) ** 2);
  if (rho > 1) return undefined;
  if ((1 - rho) * 36 < STOMACH_WALL) return TISSUE.stomachWall;
  // A supine stomach: the gas stands in front.
  return dy < -14 ? TISSUE.gas : TISSUE.stomachContent;
}

function inSpleen({ bodyHalfWidth, leftDomeZ, spineY }: Subject, [x, y, z]: Lps): boolean {
  const dx = x - 0.66 * bodyHalfWidth;
  const dy = y - spineY + 18;
  return (dx / 24) ** 2 + (dy / 38) ** 2 + ((z - leftDomeZ + 42) / 36) ** 2 < 1;
}

/** The right one lies a little lower, under the liver. */
function inKidney({ spineY, leftDomeZ, rightDomeZ }: Subject, [x, y, z]: Lps): boolean {
  const dx = Math.abs(x) - 56;
  const dz = z - (x > 0 ? leftDomeZ : rightDomeZ - 28) + 100;
  const rho = (dx / 25) ** 2 + ((y - spineY - 4) / 22) ** 2 + (dz / 50) ** 2;
  // The hilum faces the spine and is filled with fat.
  return rho < 1 && (dx / 14) ** 2 + ((y - spineY) / 8) ** 2 + (dz / 22) ** 2 > 1;
}

/** The right lobe fills the dome; the left lobe thins out under the heart. */
function inLiver({ spineY, heartCentre }: Subject, [x, y, z]: Lps, below: number): boolean {
  const edge = heartCentre[0] + 28 - 0.9 * below - 0.25 * (y - heartCentre[1]);
  const deep = z - heartCentre[2] > -155 + 0.5 * Math.max(0, x + 60);
  const behind = Math.abs(x) < 40 ? spineY - 32 : spineY + 24;
  return x < edge && y < behind && deep;
}

function liverLabel([x, y, z]: Lps): Tissue {
  const branch = Math.sin(0.19 * x + 0.09 * y) * Math.sin(0.17 * z - 0.1 * x) * Math.sin(0.18 * y + 0.07 * z);
  return branch > 0.8 ? TISSUE.liverVessel : TISSUE.liver;
}
