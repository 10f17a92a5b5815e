import { addScaled, dot, type Lps } from '../core/geometry/vector.ts';
import { TISSUE, type Tissue } from './tissue.ts';
import type { Subject } from './variation.ts';

/** A straight piece of vessel with round ends. */
interface Capsule {
  readonly tissue: Tissue;
  readonly from: Lps;
  readonly along: Lps;
  readonly lengthSquared: number;
  readonly radius: number;
  readonly wall: number;
}

interface Ellipsoid {
  readonly tissue: Tissue;
  /** In the heart's frame. */
  readonly centre: Lps;
  readonly halfAxes: Lps;
}

/** Atria and great vessels at one phase; `labelAt` takes the point in the body's and in the heart's frame. */
export interface GreatVessels {
  labelAt(lps: Lps, heart: Lps): Tissue | undefined;
}

const ATRIAL_WALL = 2.2;
const ATRIAL_FAT = 5;

export function greatVesselsAt(subject: Subject, ventricles: { base: number; outerRadius: number }): GreatVessels {
  const atria = atriaOf(subject, ventricles.base);
  const vessels = vesselsOf(subject, ventricles);
  return {
    labelAt(lps, heart) {
      const wallOfVessel = { found: false };
      for (const vessel of vessels) {
        const outside = outsideCapsule(vessel, lps);
        if (outside < 0) return vessel.tissue;
        if (outside < vessel.wall) wallOfVessel.found = true;
      }
      return atrial(atria, heart) ?? (wallOfVessel.found ? TISSUE.vesselWall : undefined);
    },
  };
}

/** The roofs stay where they are while the base comes down in systole: so the atria fill. */
function atriaOf(subject: Subject, base: number): readonly Ellipsoid[] {
  const size = subject.heartScale;
  const roof = (subject.cavityLength / 2 + 46) * size;
  const half = (roof - base) / 2 + 1;
  const middle = (roof + base) / 2;
  const right = subject.rightVentricleScale * size;
  return [
    { tissue: TISSUE.leftAtrium, centre: [6 * size, 4 * size, middle], halfAxes: [29 * size, 25 * size, half] },
    {
      tissue: TISSUE.rightAtrium,
      centre: [-45 * right, 17 * right, middle + 3 * size],
      halfAxes: [25 * right, 27 * right, half + 2 * size],
    },
  ];
}

function atrial(atria: readonly Ellipsoid[], point: Lps): Tissue | undefined {
  let nearest: number = ATRIAL_FAT;
  let tissue: Tissue | undefined;
  for (const { centre, halfAxes, tissue: blood } of atria) {
    const a = (point[0] - centre[0]) / halfAxes[0];
    const b = (point[1] - centre[1]) / halfAxes[1];
    const c = (point[2] - centre[2]) / halfAxes[2];
    const outside = (Math.sqrt(a * a + b * b + c * c) - 1) * halfAxes[0];
    if (outside < nearest) {
      nearest = outside;
      tissue = blood;
    }
  }
  if (tissue === undefined) return undefined;
  if (nearest < 0) return tissue;
  return nearest < ATRIAL_WALL ? TISSUE.rightVentricularWall : TISSUE.epicardialFat;
}

function outsideCapsule({ from, along, lengthSquared, radius }: Capsule, p: Lps): number {
  const x = p[0] - from[0];
  const y = p[1] - from[1];
  const z = p[2] - from[2];
  const t = Math.max(0, Math.min(1, (x * along[0] + y * along[1] + z * along[2]) / lengthSquared));
  const dx = x - t * along[0];
  const dy = y - t * along[1];
  const dz = z - t * along[2];
  return Math.sqrt(dx * dx + dy * dy + dz * dz) - radius;
}

function vesselsOf(subject: Subject, { base, outerRadius }: { base: number; outerRadius: number }): readonly Capsule[] {
  const {
    heartCentre: [, heartY, heartZ],
    spineY,
    heartScale: size,
  } = subject;
  const inHeart = (u: number, v: number, w: number) => fromHeart(subject, [u, v, w]);
  const at = (x: number, y: number, z: number): Lps => [x * size, heartY + y * size, heartZ + z * size];
  const descending = (z: number): Lps => [25, spineY - 13, heartZ + z];
  const root = inHeart(-9 * size, -10 * size, base - 2);
  const sinus = inHeart(-13 * size, -13 * size, base + 22 * size);
  const outflow = inHeart(-0.8 * outerRadius, -0.62 * outerRadius, 0.55 * base);
  const pulmonaryValve = inHeart(-0.12 * outerRadius, -1.12 * outerRadius, base + 10 * size);
  const trunk = at(20, 20, 68);
  return [
    tube(TISSUE.aorta, [root, sinus], 13.5 * size),
    tube(TISSUE.aorta, [sinus, at(-14, 8, 84)], 14 * size),
    tube(TISSUE.aorta, [at(-14, 8, 84), descending(94)], 12.5 * size),
    tube(TISSUE.aorta, [descending(94), descending(-260)], 10.5 * size),
    tube(TISSUE.rightVentricle, [outflow, pulmonaryValve], 13 * size, 3),
    tube(TISSUE.pulmonaryArtery, [pulmonaryValve, trunk], 12.5 * size),
    tube(TISSUE.pulmonaryArtery, [trunk, at(-58, 40, 62)], 9.5 * size),
    tube(TISSUE.pulmonaryArtery, [trunk, at(62, 48, 66)], 9.5 * size),
    tube(TISSUE.vein, [at(-36, 24, 28), at(-30, 20, 170)], 9 * size),
    tube(TISSUE.vein, [at(-40, 22, 0), [-26, spineY - 28, heartZ - 120]], 11 * size),
    tube(TISSUE.leftAtrium, [at(-8, 48, 26), at(-62, 62, 20)], 6.5 * size),
    tube(TISSUE.leftAtrium, [at(4, 48, 26), at(68, 66, 22)], 6.5 * size),
  ];
}

function tube(tissue: Tissue, [from, to]: readonly [Lps, Lps], radius: number, wall = 1.8): Capsule {
  const along = addScaled(to, from, -1);
  return { tissue, from, along, lengthSquared: dot(along, along), radius, wall };
}

function fromHeart({ heartCentre, lateral, inferior, longAxis }: Subject, [u, v, w]: Lps): Lps {
  return addScaled(addScaled(addScaled(heartCentre, lateral, u), inferior, v), longAxis, w);
}
